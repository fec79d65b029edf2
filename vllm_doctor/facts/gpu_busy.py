"""What another process leaves of the GPU, and the share that a launch could still have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts import gpu_memory
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Line, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

FITTING = declare("gpu_busy.fitting_utilization", "float", "a gpu_memory_utilization that fits what is free")
FITTING_GIB = declare("gpu_busy.fitting_gib", "gib", "that share in GiB")
BEFORE = declare("profiling.free_before_gib", "gib", "what was free before the profile run", "first")
AFTER = declare("profiling.free_after_gib", "gib", "what was free after the profile run", "first")
RELEASED = declare("profiling.released_gib", "gib", "how much more was free after than before")

BESIDE = 1.5
"""GiB that a launch needs beside its weights at the least: activations, contexts, some KV cache."""
LEAST_PART = 0.4
"""Of the share asked for: with less, and unknown weights, a start is not to be expected."""

# vllm/worker/worker.py 0.5.4 to 0.8.4, vllm/v1/worker/gpu_worker.py 0.6.5 to 0.9.0: bytes; 0.9.1 on: GiB
_FREE = pattern(r"Initial free memory ([\d.]{1,20})( GiB)?, current free memory ([\d.]{1,20})( GiB)?")
# vllm/worker/worker.py 0.8.5 to 0.10.2: what was used, in bytes
_IN_USE = pattern(r"Initial used memory (\d{1,20}), currently used memory (\d{1,20})")


@derived(FITTING)
def fitting_utilization(facts: Facts) -> float | None:
    """What is free, rounded down; None where the weights, or a fair part of what was asked, do not fit."""
    card, left = facts.number(gpu_memory.TOTAL), facts.number(gpu_memory.FREE)
    asked = facts.number(gpu_memory.UTILIZATION)
    if not card or left is None:
        return None
    share = gpu_memory.down((left - gpu_memory.RESERVE) / card)
    need = facts.number(gpu_memory.NEED_BY_NAME)
    enough = share * card >= need + BESIDE if need is not None else share >= LEAST_PART * (asked or 0.9)
    return share if enough and share > 0 and (asked is None or share < asked) else None


@derived(FITTING_GIB)
def fitting_gib(facts: Facts) -> float | None:
    """The fitting share of the card."""
    card, share = facts.number(gpu_memory.TOTAL), facts.number(FITTING)
    return round(card * share, 2) if card and share else None


@reader("rror in memory profiling")
def read_race(event: Event) -> Iterator[Fact]:
    """What was free before and after the profile run, where the message tells it."""
    links = list(event.chain()) if isinstance(event, Traceback) else [event]
    text = " ".join(" ".join(link.message[:4_000].split()) for link in links)
    line = event.raised[0] if isinstance(event, Traceback) and event.raised else event.lines[0]
    if found := _FREE.search(text):
        yield from _both(float(found[1]), float(found[3]), bool(found[2]), line)


def _both(before: float, after: float, gib: bool, line: Line) -> Iterator[Fact]:
    for name, size in ((BEFORE, before), (AFTER, after)):
        yield Fact(name, round(size if gib else size / 2**30, 2), line)


@reader("Initial used memory")
def read_use(event: Event) -> Iterator[Fact]:
    """The same told by what was in use: only the difference is known."""
    links = list(event.chain()) if isinstance(event, Traceback) else [event]
    if found := _IN_USE.search(" ".join(" ".join(link.message[:4_000].split()) for link in links)):
        yield Fact(RELEASED, round((int(found[1]) - int(found[2])) / 2**30, 2), event.lines[-1])


@derived(RELEASED)
def released(facts: Facts) -> float | None:
    """What others gave back meanwhile, at the least."""
    before, after = facts.number(BEFORE), facts.number(AFTER)
    return round(after - before, 2) if before is not None and after is not None else None
