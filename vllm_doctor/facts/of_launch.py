"""Facts of a launch that is known: its arguments and variables, and of what was said beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.around import of_around
from vllm_doctor.facts.types import Fact, declare, number
from vllm_doctor.launch.options import options
from vllm_doctor.launch.parser import model_of
from vllm_doctor.vllm.any_release import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.types import Launch

PROGRAM = declare("launch.program", "text", "vllm serve, api_server or LLM()")


def arity(flag: str) -> int | str | None:
    """What follows a flag in any release that knows it."""
    return vllm.arity(flag, None)


def of_launch(launch: Launch) -> Iterator[Fact]:
    """`args.NAME` and `env.NAME` as given, the model, the program; values with variables in them are unknown."""
    yield Fact(PROGRAM, launch.program)
    if given := launch.container.get("gpus"):
        yield Fact("launch.gpus", given)
    if launch.image:
        yield Fact("launch.image", launch.image)
    model = model_of(launch, arity)
    if model:
        yield Fact("args.model", model)
        if "$" not in model:
            yield Fact("model.name", model)
    for option in options(launch, arity):
        yield from _of_option(option.flag, option.values)
    for variable in launch.env:
        if variable.value is not None and "$" not in variable.value:
            yield Fact(f"env.{variable.name}", variable.value)
    yield from of_around(launch)


def _of_option(flag: str, values: tuple[str, ...]) -> Iterator[Fact]:
    name = (canonical(flag) or flag).lstrip("-").replace("-", "_").partition(".")[0]
    if not name.isidentifier():
        return
    if not values:
        off = flag.startswith("--no-")
        yield Fact(f"args.{name.removeprefix('no_') if off else name}", not off)
    elif not any("$" in value for value in values):
        yield Fact(f"args.{name}", number(values[-1]) if len(values) == 1 else " ".join(values))
