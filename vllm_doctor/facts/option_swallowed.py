"""Facts of an option that takes the model for one of its values, so that vLLM serves its default model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.option_ignored import given
from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.launch.options import positional
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch, Option

SWALLOWED = declare("option.swallowed", "text", "the model, which the option before it takes as its last value")
INSTEAD = declare("option.served_instead", "text", "the model that is served for want of one")

_PATH = pattern(r"(?:[\w.-]{1,96}/[\w.-]{1,96}|\.{0,2}/[^\s=]+)")


def of_swallowed(option: Option, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    """`vllm serve --served-model-name NAME MODEL`, in releases that need no model (0.8.3 to 0.16.0)."""
    if launch.program != "vllm serve" or option.glued or len(option.values) < 2 or not releases:
        return
    last = option.values[-1]
    if not _PATH.fullmatch(last) or positional(launch, lambda flag: vllm.arity(flag, None)) or given(launch, "--model"):
        return
    if any(word == "--config" or word.startswith("--config=") for word in launch.argv):
        return
    if all(vllm.habits(release).get("model") == "?" and not vllm.check(launch.argv, release) for release in releases):
        yield Fact(SWALLOWED, last)
        yield Fact(INSTEAD, str(vllm.default("--model", releases[-1]) or "its default model"))
