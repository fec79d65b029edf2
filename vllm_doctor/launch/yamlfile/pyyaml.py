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
