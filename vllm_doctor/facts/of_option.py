"""Facts of one option or variable of a launch, by what vLLM's releases know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.argument_errors import errors_at, errors_of, program_of
from vllm_doctor.facts.config_given import of_config_file
from vllm_doctor.facts.of_errors import FLAG, VALUE, of_errors
from vllm_doctor.facts.option_bounds import of_bounds
from vllm_doctor.facts.option_history import of_abbreviated, of_deprecated
from vllm_doctor.facts.option_ignored import of_ignored
from vllm_doctor.facts.option_repeated import of_repeated
from vllm_doctor.facts.option_swallowed import of_swallowed
from vllm_doctor.facts.types import Fact, Facts, declare
from vllm_doctor.facts.variable_fate import of_fate
from vllm_doctor.launch.options import options
from vllm_doctor.vllm.any_release import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch, Option, Variable
    from vllm_doctor.text import Span

NEEDLESS = declare("option.needless", "text", "why the option changes nothing: default, or one-gpu")
VARIABLE = declare("variable.name", "text", "the environment variable's name")

# written to be seen, though they are the defaults
_DELIBERATE = ("--host", "--port", "--seed", "--served-model-name")


def of_option(option: Option, launch: Launch, facts: Facts, releases: Sequence[str]) -> Iterator[Fact]:
    """The facts of one option in the releases that the launch may run in."""
    yield Fact(FLAG, option.written)
    if option.values:
        yield Fact(VALUE, " ".join(option.values))
    if why := _needless(option, launch, facts, releases):
        yield Fact(NEEDLESS, why)
    yield from of_ignored(option, launch, releases)
    yield from of_repeated(option, launch, releases, program_of(launch, releases))
    yield from of_config_file(option, launch, releases)
    if wrong := errors_at(option, errors_of(launch, releases)):
        yield from of_errors(wrong, launch.argv, releases, program_of(launch, releases))
        return
    yield from of_bounds(option, releases)
    yield from of_swallowed(option, launch, releases)
    yield from of_deprecated(option, launch, releases, program_of(launch, releases))
    if launch.program in ("vllm serve", "api_server"):
        yield from of_abbreviated(option, releases, program_of(launch, releases))


def of_words(launch: Launch, releases: Sequence[str]) -> Iterator[tuple[tuple[Fact, ...], Span]]:
    """The same facts of each rejected word that belongs to no option, and of a model that is missing."""
    held = {
        error.index
        for option in options(launch, lambda flag: vllm.arity(flag, None))
        for error in errors_at(option, errors_of(launch, releases))
    }
    for error in errors_of(launch, releases):
        if error.index not in held:
            span = launch.words[error.index].span if error.index < len(launch.words) else launch.span
            yield tuple(of_errors([error], launch.argv, releases, program_of(launch, releases))), span


def of_variable(variable: Variable, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    """The facts of one environment variable."""
    yield Fact(VARIABLE, variable.name)
    yield from of_fate(variable, launch, releases)


def _needless(option: Option, launch: Launch, facts: Facts, releases: Sequence[str]) -> str | None:
    flag = canonical(option.flag)
    if flag is None or flag in _DELIBERATE or len(option.values) != 1 or "$" in option.values[0]:
        return None
    if flag == "--distributed-executor-backend" and option.values[0] == "mp" and facts.get("gpu.count") == 1:
        return "one-gpu"
    known = False
    for release in reversed(releases):  # most options are in the newest one, and differ there
        if info := vllm.option(flag, release):
            known = True
            if info.default is None or str(info.default) != option.values[0]:
                return None
    return "default" if known else None
