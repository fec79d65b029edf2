"""Facts of an environment variable of a launch: whether its releases read it, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.option_ignored import given
from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.placeholders import is_open
from vllm_doctor.vllm.moving.formats import called
from vllm_doctor.vllm.near import distance
from vllm_doctor.vllm.successors import successor
from vllm_doctor.vllm.switches import misread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch, Variable

VALUE = declare("variable.value", "text", "the environment variable's value, where it is known")
FATE = declare(
    "variable.fate",
    "text",
    "what becomes of a VLLM_ variable: gone (no longer read), needless (gone, and what it asks for is what is done), "
    "not-yet, misspelt, misread (its value means the contrary), or refused (the launch asks vLLM to fail on it)",
)
SINCE = declare("variable.ignored_since", "id", "the release since which the variable is not read")
FIRST = declare("variable.first", "id", "the first release that reads the variable")
RELEASE = declare("variable.release", "id", "the release that the launch is for")
NEAREST = declare("variable.nearest", "text", "the variable that was meant")
MEANT = declare("variable.meant", "text", "how the value must be written")
FLAG = declare("variable.flag", "text", "the option that took the variable's place")
FLAG_VALUE = declare("variable.flag_value", "text", "the value of that option")

_PREFIX = "VLLM_"
_LEAST_CUT, _LEAST_WORD, _MOST_SLIPS = 3, 5, 2
_PLUGINS = ("hpu", "neuron", "tpu", "xpu", "openvino", "contiguous_pa", "delayed_sampling")
_REFUSING = "--fail-on-environ-validation"


def of_fate(variable: Variable, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    """What every release of the set does with the variable; nothing where one reads it as it is meant."""
    name, value = variable.name, variable.value
    if value is not None and not is_open(value):
        yield Fact(VALUE, value)
    if not name.startswith(_PREFIX) or not releases:
        return
    fate = [*_unread(variable, launch, releases), *_misread(variable, releases)]
    if fate and len(releases) == 1:
        yield Fact(RELEASE, releases[0])
    yield from fate


def _misread(variable: Variable, releases: Sequence[str]) -> Iterator[Fact]:
    ways = {misread(variable.name, variable.value or "", release) for release in releases}
    if len(ways) == 1 and (meant := ways.pop()) is not None:
        yield Fact(FATE, "misread")
        if meant:
            yield Fact(MEANT, meant)


def _unread(variable: Variable, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    name = variable.name
    if any(vllm.variable(name, release) for release in releases):
        return
    where = vllm.variable_history(name)
    if where is None:
        yield from _of_unknown(variable, launch, releases)
    elif not _of_plugin(name, where.last):
        since = {vllm.ignored_since(name, release) for release in releases}
        if len(since) == 1 and (gone := since.pop()):
            yield from _of_gone(variable, launch, releases, gone)
        elif first := next((first for first, _ in where.spans if _after(first, releases[-1])), None):
            yield from _of_coming(variable, launch, first)


def _of_unknown(variable: Variable, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    near = vllm.nearest_variable(variable.name, releases[-1])
    meant = next((one for one in near if _is_slip(variable.name, one)), None)
    fate = _refused(launch) or ("misspelt" if meant and not _used(variable.name, launch.text) else None)
    if fate:
        yield Fact(FATE, fate)
        if meant:
            yield Fact(NEAREST, meant)


def _of_gone(variable: Variable, launch: Launch, releases: Sequence[str], since: str) -> Iterator[Fact]:
    yield Fact(FATE, _refused(launch) or ("needless" if _done(variable, "1") else "gone"))
    yield Fact(SINCE, since)
    where = vllm.variable_history(variable.name)
    flag = where.renamed if where else None
    if flag and given(launch, flag.partition(".")[0]) is False:
        yield Fact(FLAG, flag)
        if text := _as_option(variable, flag, releases):
            yield Fact(FLAG_VALUE, text)


def _of_coming(variable: Variable, launch: Launch, first: str) -> Iterator[Fact]:
    done = _done(variable, "0")
    if _used(variable.name, launch.text) and not done:
        return  # the text reads it itself: it is the user's own
    yield Fact(FATE, _refused(launch) or ("needless" if done else "not-yet"))
    yield Fact(FIRST, first)


def _is_slip(name: str, meant: str) -> bool:
    """Whether a name is another one with one word cut short, drawn out or mistyped, and none of its own.

    Short words are no slips of each other: TP and DP, V0 and V1, KEYS and KEY are meant as they are.
    """
    if name.replace("_", "") == meant.replace("_", ""):
        return True
    one, two = name.split("_"), meant.split("_")
    apart = [pair for pair in zip(one, two, strict=False) if pair[0] != pair[1]]
    if len(one) != len(two) or len(apart) != 1:
        return False
    short, long = sorted(apart[0], key=len)
    if long.startswith(short):
        return len(short) >= _LEAST_CUT and long != short + "S"
    return len(short) >= _LEAST_WORD and distance(short, long, _MOST_SLIPS) <= _MOST_SLIPS


def _of_plugin(name: str, last: str) -> bool:
    """Whether the code that reads a variable moved to a plugin with its hardware: it may still be read."""
    told = vllm.variable(name, last)
    return told is not None and any(word in f"{name} {told.file}".lower() for word in _PLUGINS)


def _as_option(variable: Variable, flag: str, releases: Sequence[str]) -> str | None:
    """The value that the option takes for the variable's; None where it needs more, or knows no such name."""
    told = successor(variable.name)
    if told is None or told.also or not variable.value or "$" in variable.value:
        return None
    if flag != "--attention-backend":
        return variable.value
    known = [vllm.names("attention-backends", release) for release in releases]
    ways = (variable.value, *called(flag, variable.value))
    return next((name for name in ways if all(name in names for names in known)), None)


def _done(variable: Variable, asked: str) -> bool:
    """Whether it asks for the engine that there is anyhow: V1 since 0.11.1, V0 before 0.6.4."""
    return variable.name == "VLLM_USE_V1" and variable.value == asked


def _after(one: str, other: str) -> bool:
    every = vllm.releases()
    return every.index(one) > every.index(other)


def _refused(launch: Launch) -> str | None:
    """vllm/envs.py validate_environ, vllm/platforms/interface.py (0.17.0 to 0.33.0)."""
    return "refused" if given(launch, _REFUSING) else None


def _used(name: str, text: str) -> bool:
    """Whether the text itself reads the variable: then it is the user's own."""
    return any(f"{mark}{name}" in text for mark in ("$", "${", "$(", "$$"))
