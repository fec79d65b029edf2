"""Facts of one option or variable of a launch, by what vLLM's releases know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vllm_doctor import vllm
from vllm_doctor.vllm.any_release import canonical
from vllm_doctor.facts.types import Fact, Facts, declare
from vllm_doctor.launch.types import Launch, Option, Variable

FLAG = declare("option.flag", "text", "the option's flag, as the launch spells it")
VALUE = declare("option.value", "text", "the option's value as given")
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


def of_variable(variable: Variable, releases: Sequence[str]) -> Iterator[Fact]:
    """The facts of one environment variable."""
    yield Fact(VARIABLE, variable.name)


def _needless(option: Option, launch: Launch, facts: Facts, releases: Sequence[str]) -> str | None:
    flag = canonical(option.flag)
    if flag is None or flag in _DELIBERATE or len(option.values) != 1 or "$" in option.values[0]:
        return None
    if flag == "--distributed-executor-backend" and option.values[0] == "mp" and facts.get("gpu.count") == 1:
        return "one-gpu"
    defaults = [vllm.default(flag, release) for release in releases if vllm.option(flag, release)]
    given = option.values[0]
    same = bool(defaults) and all(default is not None and str(default) == given for default in defaults)
    return "default" if same else None
