"""Facts of a launch that is known: its arguments and variables, and of what was said beside it.

An argument's value is the one that the release would give it (`vllm.parsed`); what that release does not know or
refuses is told as it is written.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from vllm_doctor import vllm
from vllm_doctor.facts.argument_errors import program_of
from vllm_doctor.facts.around import of_around
from vllm_doctor.facts.gguf import GGUF_PLUGIN, PLUGIN
from vllm_doctor.facts.quant_limits import PLUGGED
from vllm_doctor.facts.types import Fact, Facts, declare, number
from vllm_doctor.launch.options import options
from vllm_doctor.launch.parser import model_of
from vllm_doctor.patterns import pattern
from vllm_doctor.placeholders import is_open
from vllm_doctor.vllm.any_release import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.finding import Figure
    from vllm_doctor.launch.types import Launch

PROGRAM = declare("launch.program", "text", "vllm serve, api_server or LLM()")
OPEN = declare(
    "launch.open_options", "text", "the options whose values a variable or a reader will bring, by dest name"
)

# vllm/plugins/__init__.py: what a package registers is known by its import or entry point alone
_BRINGS_METHODS = pattern(
    r"VLLM_PLUGINS|register_quantization_config|\bimport\s+\w*plugin|vllm[-_]bnb[-_]plugin|online_quantization"
)
_LONGEST_NUMBER = 10**39
_NO_OPTIONS = ("model", "model_tag")


def arity(flag: str) -> int | str | None:
    """What follows a flag in any release that knows it."""
    return vllm.arity(flag, None)


def of_launch(launch: Launch, releases: Sequence[str] = ()) -> Iterator[Fact]:
    """`args.NAME` and `env.NAME`, the model, the program; values with variables in them are unknown.

    `releases` are those that may run it: the newest of them reads the arguments, without any the newest of all.
    """
    yield Fact(PROGRAM, launch.program)
    if given := launch.container.get("gpus"):
        yield Fact("launch.gpus", given)
    if launch.image:
        yield Fact("launch.image", launch.image)
    model = model_of(launch, arity)
    if model:
        yield Fact("args.model", model)
        if not is_open(model):
            yield Fact("model.name", model)
    release = releases[-1] if releases else vllm.releases()[-1]
    for name, value in _arguments(launch, release).items():
        yield Fact(f"args.{name}", value)
    for variable in launch.env:
        if variable.value is not None and not is_open(variable.value):
            yield Fact(f"env.{variable.name}", variable.value)
    if "gguf" in launch.text and GGUF_PLUGIN.search(launch.text):
        yield Fact(PLUGIN, True)
    if _BRINGS_METHODS.search(launch.text):
        yield Fact(PLUGGED, True)
    if unknown := sorted(_open_options(launch)):
        yield Fact(OPEN, " ".join(unknown))
    yield from of_around(launch)


def left_open(facts: Facts, *names: str) -> bool:
    """Whether one of the options is given, but nobody knows its value: then it is neither set nor left out."""
    return not set(names).isdisjoint((facts.text(OPEN) or "").split())


def _open_options(launch: Launch) -> set[str]:
    given = (option for option in options(launch, arity) if any(is_open(value) for value in option.values))
    return {_dest(option.flag) for option in given}


def _dest(flag: str) -> str:
    return (canonical(flag) or flag).lstrip("-").replace("-", "_").partition(".")[0]


def _arguments(launch: Launch, release: str) -> dict[str, Figure]:
    """The arguments but for the model, as far as they are known."""
    found = _written(launch)
    for name, value in vllm.parsed(launch.argv, release, program_of(launch, (release,))).items():
        if name in _NO_OPTIONS:
            continue
        shown = _figure(value)
        if shown is None:
            found.pop(name, None)
        else:
            found[name] = shown
    return found


def _figure(value: Any) -> Figure | None:
    """A value as a fact's: JSON as text, a list of words as words; None for nothing."""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LONGEST_NUMBER:
        return None
    if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
        return _figure(value[0]) if len(value) == 1 else " ".join(str(item) for item in value)
    return json.dumps(value) if isinstance(value, (list, dict)) else value


def _written(launch: Launch) -> dict[str, Figure]:
    """The arguments as they are written, by the names that any release has for them."""
    found: dict[str, Figure] = {}
    for option in options(launch, arity):
        name = _dest(option.flag)
        if not name.isidentifier() or name in _NO_OPTIONS:
            continue
        if not option.values:
            off = option.flag.startswith("--no-")
            found[name.removeprefix("no_") if off else name] = not off
        elif any(is_open(value) for value in option.values):
            found.pop(name, None)
        else:
            found[name] = number(option.values[-1]) if len(option.values) == 1 else " ".join(option.values)
    return found
