"""What a moved launch says otherwise beside what was intended, each release reading its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vllm_doctor.launch.options import options, positional

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vllm_doctor.launch.types import Arity, Launch


def differing(before: Launch, after: Launch, old: Arity, new: Arity, intended: set[str]) -> list[str]:
    """The options and variables that are written otherwise and are not intended to be; "model" for words that are no
    option, "container" for the options of a container. `old` and `new` are what follows a flag in each release.
    """
    one, two = _written(before, old), _written(after, new)
    names = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)} - intended
    if sorted(word.value for word in positional(before, old)) != sorted(word.value for word in positional(after, new)):
        names.add("model")
    if before.container != after.container:
        names.add("container")
    return sorted(names)


def _written(launch: Launch, arity: Arity) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for option in options(launch, arity):
        found.setdefault(option.flag, []).append(option.values)
    for variable in launch.env:
        found.setdefault(variable.name, []).append(variable.value)
    return found


def read_otherwise(old: Mapping[str, Any], new: Mapping[str, Any], intended: set[str]) -> list[str]:
    """The options, by their names in vLLM, to which two releases give other values; `intended` ones left out."""
    names = (old.keys() & new.keys()) - intended
    return sorted(name for name in names if not _alike(old[name], new[name]))


def _alike(one: Any, two: Any) -> bool:
    """Whether two readings are the same value: 4 and 4.0, a list of one and what is in it, an object and its JSON."""
    one, two = (value[0] if isinstance(value, list) and len(value) == 1 else value for value in (one, two))
    if one == two or str(one) == str(two):
        return True
    if isinstance(two, str) and isinstance(one, dict):
        one, two = two, one
    return isinstance(one, str) and isinstance(two, dict) and _data(one) == two


def _data(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
