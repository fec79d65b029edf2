"""What PyYAML says: the one file of the room that imports it, and only when a YAML file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_WITHOUT_LIBYAML = 200_000
_TEXT = "tag:yaml.org,2002:str"


def events(text: str) -> Iterator[Any]:
    """The events of a text, libyaml's where it is there: both give the same marks, but it bounds the depth.

    Raises:
        ValueError: the text is no YAML, or too long for the parser that is there.
    """
    loader: Any = getattr(yaml, "CSafeLoader", None)
    if loader is None:
        if len(text) > _MOST_WITHOUT_LIBYAML:
            raise ValueError("too long without libyaml")
        loader = yaml.SafeLoader
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.YAMLError as error:
        raise ValueError("no YAML") from error


def first_error(text: str) -> tuple[int, int, str] | None:
    """Where a text stops being YAML, line and column from 1, and PyYAML's words for it; None where it is YAML."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for _ in yaml.parse(text[:_MOST_WITHOUT_LIBYAML], Loader=loader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return (mark.line + 1, mark.column + 1, str(error.problem or error.context or "")) if mark else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return None


def is_string(value: str) -> bool:
    """Whether a plain scalar is a string by YAML 1.1's rules."""
    resolver: Any = yaml.resolver.Resolver()
    return bool(resolver.resolve(yaml.ScalarNode, value, (True, False)) == _TEXT)


def typed(value: str) -> Any:
    """What a plain scalar is: a number, true, false, None; itself where it is anything else."""
    try:
        found = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError, OverflowError):
        return value
    return found if found is None or isinstance(found, (bool, int, float, str)) else value
