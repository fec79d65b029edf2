"""Defaults that another release has otherwise, and that change what a launch serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.values import dataclass
from vllm_doctor.vllm import versions
from vllm_doctor.vllm.engines import Features, engine
from vllm_doctor.vllm.moving.case import Case
from vllm_doctor.vllm.moving.types import Put, Text
from vllm_doctor.vllm.table import at, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm.moving.types import Launched


@dataclass(frozen=True, slots=True)
class Shift:
    """A default that differs: what it was, what it is, and the options that bring the old one back, where any can."""

    name: str
    old: str
    new: str
    why: Text
    pin: tuple[Put, ...] = ()


def shifts(launched: Launched, old: tuple[str, ...], new: str) -> tuple[Shift, ...]:
    """The changed defaults that matter to a launch, whichever of the `old` releases it ran in.

    What differs only for some of them is left out, and so is every default that the launch itself sets.
    """
    number = versions.number(new)
    numbers = [found for found in (versions.number(one) for one in old) if found is not None]
    if number is None or not numbers:
        return ()
    found = []
    for entry in load("shifts")["shifts"]:
        each = [_shift(entry, Case(launched, before, number)) for before in numbers]
        if all(each) and len({(one.old, one.new) for one in each if one}) == 1:
            found.append(each[-1])
    return tuple(one for one in found if one is not None)


def _shift(entry: dict[str, Any], case: Case) -> Shift | None:
    before, after = _value(entry, case, case.old), _value(entry, case, case.new)
    if before == after or before is None or after is None or not _concerns(entry, case):
        return None
    pins = tuple(_pins(entry["pin"].get(before, ()), case))
    en, zh = entry["text"][after]
    return Shift(entry["name"], before, after, (en, zh), pins)


def _value(entry: dict[str, Any], case: Case, number: int) -> str | None:
    """What is done in a release: by its number, or by the engine that serves there."""
    if "engines" in entry:
        found: str | None = entry["engines"][_engine(case, number)]
        return found
    every = versions.releases()
    value: str | None = at([[every.index(first), what] for first, what in entry["steps"]], number)
    return value


def _engine(case: Case, number: int) -> str:
    asked = frozenset(_dest(one.flag, case) for one in case.launched.options)
    use = case.launched.env.get("VLLM_USE_V1") if number == case.old else None
    return engine(case.release(number), Features(use, asked))


def _dest(flag: str, case: Case) -> str:
    info = case.info(flag, case.old)
    return info.dest if info else flag


def _concerns(entry: dict[str, Any], case: Case) -> bool:
    """Whether the launch leaves it to the default, and has what it is about."""
    if (entry.get("served") and case.launched.offline) or any(_sets(flag, case) for flag in entry.get("unless", ())):
        return False
    wanted = entry.get("when", ())
    return not wanted or any(_sets(flag, case) for flag in wanted)


def _sets(flag: str, case: Case) -> bool:
    if flag == "model":
        return any(case.value(dest) is not None for dest in ("model_tag", "model"))
    return case.has(flag)


def _pins(pins: list[list[str]], case: Case) -> Iterator[Put]:
    for flag, *values in pins:
        if case.accepts(flag, *values):
            yield Put(flag, tuple(values))
            return
