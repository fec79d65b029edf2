"""The platform that vLLM found to run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

DETECTED = declare("platform.detected", "text", "the platform that vLLM found: cuda, rocm, cpu, ..., or none", "first")

KIND = declare("gpu.kind", "text", "the kind of device that a message speaks of: CUDA, HIP, XPU")
HIDDEN = declare("gpu.hidden", "flag", "whether a variable hides every GPU")
UNGUARDED = declare("start.unguarded", "flag", "whether a script starts vLLM again while its workers read it", "first")

# vllm/platforms/__init__.py (0.6.5 on); "Confirmed" is logged at level DEBUG
_FOUND = pattern(
    r"Automatically detected platform (\w{1,20})|Confirmed (\w{1,20}) platform is available"
    r"|Platform plugin (\S{1,60}) is activated"
)


@reader("Automatically detected platform", "platform is available", "is activated", "No platform detected")
def read_platform(event: Event) -> Iterator[Fact]:
    """The platform; "none" where vLLM says that it found none."""
    if not isinstance(event, Record):
        return
    if found := _FOUND.search(event.message):
        yield Fact(DETECTED, (found[1] or found[2] or found[3]).lower(), event.lines[0])
    elif "No platform detected" in event.message:
        yield Fact(DETECTED, "none", event.lines[0])


@reader("finished its bootstrapping phase", "freeze_support()")
def read_unguarded(event: Event) -> Iterator[Fact]:
    """What Lib/multiprocessing/spawn.py says to a script without a guard; a forked start says otherwise."""
    yield Fact(UNGUARDED, True, event.lines[0])


@derived(HIDDEN)
def hidden(facts: Facts) -> bool | None:
    """CUDA takes an empty list, -1 and what Slurm writes without a GPU (NoDevFiles) as no device."""
    given = facts.get("env.CUDA_VISIBLE_DEVICES")
    return None if given is None else str(given).strip() in ("", "-1", "NoDevFiles")
