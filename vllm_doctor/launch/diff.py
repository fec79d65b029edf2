"""What differs between two readings of a launch."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vllm_doctor.launch.options import options, positional

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Arity, Launch


def changed(before: Launch, after: Launch, arity: Arity) -> set[str]:
    """The flags (dashed) and environment variables whose values, number or order differ.

    "model" stands for the words that are no option, "program" for another program, "image" for another
    image, "container" for other options of the container.
    """
    one, two = _options(before, arity), _options(after, arity)
    names = {flag for flag in one.keys() | two.keys() if one.get(flag) != two.get(flag)}
    if not names and [flag for flag, _ in _order(before, arity)] != [flag for flag, _ in _order(after, arity)]:
        names |= set(one)
    old, new = _env(before), _env(after)
    names |= {name for name in old.keys() | new.keys() if old.get(name, False) != new.get(name, False)}
    for name, same in {
        "model": _positional(before, arity) == _positional(after, arity),
        "program": (before.program, before.kind) == (after.program, after.kind),
        "image": before.image == after.image,
        "container": before.container == after.container,
    }.items():
        if not same:
            names.add(name)
    return names


def _options(launch: Launch, arity: Arity) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for flag, values in _order(launch, arity):
        found.setdefault(flag, []).append(values)
    return found


def _order(launch: Launch, arity: Arity) -> list[tuple[str, tuple[str, ...]]]:
    return [(option.flag, option.values) for option in options(launch, arity)]


def _positional(launch: Launch, arity: Arity) -> Counter[str]:
    return Counter(word.value for word in positional(launch, arity))


def _env(launch: Launch) -> dict[str, str | None]:
    return {variable.name: variable.value for variable in launch.env}
