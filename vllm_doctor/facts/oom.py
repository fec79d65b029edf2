"""The allocator's "out of memory" sentence: what was asked for, and who holds the memory.

Sources: torch c10/cuda/CUDACachingAllocator.cpp (CUDA, HIP), c10/xpu/XPUCachingAllocator.cpp, torch_npu's
NPUCachingAllocator.cpp (the older form in brackets, which torch up to 2.0 had, too).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare, parse, reader
from vllm_doctor.log.types import Event, Line, Traceback
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

DEVICE = declare("oom.device", "text", "the kind of device that ran out of memory: CUDA, HIP, XPU, NPU", "first")
GPU = declare("oom.gpu", "id", "the index of the GPU that ran out of memory, as the process counts", "first")
TRIED = declare("oom.tried_gib", "gib", "what was asked for in the allocation that failed", "first")
TOTAL = declare("oom.total_gib", "gib", "memory of the GPU that ran out of it", "first")
TRIED_WORDS = declare("oom.tried", "text", "what was asked for, as the sentence says it", "first")
FREE_WORDS = declare("oom.free", "text", "what was free, as the sentence says it", "first")
FREE = declare("oom.free_gib", "gib", "what was free on the GPU when the allocation failed", "first")
OWN = declare("oom.own_gib", "gib", "what the process that failed held of the GPU", "first")
ALLOCATED = declare("oom.allocated_gib", "gib", "what the process's tensors took", "first")
UNUSED = declare("oom.unused_gib", "gib", "what torch had reserved and not given out", "first")
POOLS = declare("oom.pools_gib", "gib", "what private pools (captured graphs) took", "first")
OTHER = declare("oom.other_gib", "gib", "what other processes held of the GPU", "first")
OTHER_PID = declare("oom.other_pid", "id", "the other process that held the most", "first")

OUT = pattern(r"\b(CUDA|HIP|XPU|NPU|MUSA|MLU|GPU)(?: driver| runtime)?(?: [Ee]rror)?\]?:? out of memory\b")
"""Needs the device's name: vLLM's hints speak of "running out of memory", Ray of "(OOM)"."""

_SIZE = r"(?P<size>[\d.]{1,20} (?:bytes|[KMGT]iB))"
_WORDS = {
    TRIED: (rf"Tried to allocate {_SIZE}",),
    TOTAL: (rf"total capaci?ty of {_SIZE}", rf"{_SIZE} total capacity"),
    FREE: (rf"of which {_SIZE} is free", rf"; {_SIZE} free"),
    ALLOCATED: (rf"memory {_SIZE} is allocated by PyTorch", rf"{_SIZE} already allocated"),
    POOLS: (rf"with {_SIZE} allocated in private pools",),
}
_PATTERNS = {name: tuple(pattern(words) for words in ways) for name, ways in _WORDS.items()}
_UNUSED = pattern(rf"{_SIZE} is reserved by PyTorch but unallocated")
_RESERVED = pattern(rf"{_SIZE} reserved in total by PyTorch")
_THIS = pattern(rf"this process has {_SIZE} memory in use")
_NAMED = pattern(rf"\bProcess (?P<pid>\d{{1,12}}) has {_SIZE} memory in use")
_INDEX = pattern(r"\b(?:GPU|NPU|XPU) (\d{1,4})(?: has a total|;)")
_CONTEXT = 1.0
"""GiB that may be in use beside tensors and named processes: contexts of drivers, libraries, other ranks."""


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds the GPU's memory, in GiB: this process (None: unknown), and each other one by its id."""

    own: float | None
    others: tuple[tuple[str, float], ...]


def sentence(message: str) -> re.Match[str] | None:
    """The place where a message says that a device is out of memory, in its words with single blanks."""
    return OUT.search(" ".join(message[:20_000].split()))


def _spoken(event: Event) -> tuple[str, Line] | None:
    """The sentence and its line: of the links of a traceback the one that tells what was asked for."""
    links = list(event.chain()) if isinstance(event, Traceback) else [event]
    said = [(found, link) for link in links if (found := sentence(link.message))]
    if not said:
        return None
    found, link = next((one for one in said if "Tried to allocate" in one[0].string), said[0])
    lines = (link.raised or link.lines) if isinstance(link, Traceback) else link.lines
    return found.string[found.start() : found.start() + 2_000], lines[0]


@reader("out of memory")
def read_sentence(event: Event) -> Iterator[Fact]:
    """Facts of an out-of-memory sentence."""
    spoken = _spoken(event)
    if spoken is None:
        return
    text, line = spoken
    yield Fact(DEVICE, re.split(r"\W", text, maxsplit=1)[0], line)
    for name, ways in ((TRIED_WORDS, _PATTERNS[TRIED]), (FREE_WORDS, _PATTERNS[FREE])):
        if found := _found(text, *ways):
            yield Fact(name, found, line)
    sizes = {name: _size(text, *ways) for name, ways in _PATTERNS.items()}
    sizes[UNUSED] = unused = _unused(text, sizes[ALLOCATED])
    held = holders(text, (sizes[ALLOCATED] or 0.0) + (unused or 0.0))
    sizes[OWN] = held.own
    sizes[OTHER] = _others(held, sizes[TOTAL], sizes[FREE])
    for name, value in sizes.items():
        if value is not None:
            yield Fact(name, value, line)
    if index := _INDEX.search(text):
        yield Fact(GPU, index[1], line)
    if held.others:
        yield Fact(OTHER_PID, max(held.others, key=lambda one: one[1])[0], line)


def holders(text: str, torch_gib: float) -> Held:
    """Who holds the memory, by the sentence. `torch_gib` is what this process's torch holds.

    In a container the driver tells process ids of the host, so that the process does not know itself in its
    list and is named as "Process N" like any other: then it is the one that holds no less than its torch
    does, and the least more.
    """
    named = [(one["pid"], _gib(one["size"])) for one in _NAMED.finditer(text)]
    this = _THIS.search(text)
    if this:
        return Held(_gib(this["size"]), tuple(named))
    able = [one for one in named if one[1] >= torch_gib - 0.05]
    if not able:
        return Held(torch_gib or None, tuple(named))
    own = min(able, key=lambda one: one[1])
    return Held(own[1], tuple(one for one in named if one != own))


def _others(held: Held, total: float | None, free: float | None) -> float | None:
    """What others hold: those named, or what the sum lacks where this process's share is known."""
    if held.others:
        return round(sum(size for _, size in held.others), 6)
    if held.own is None or total is None or free is None:
        return None
    lacking = total - free - held.own
    return round(lacking, 2) if lacking > 2 * _CONTEXT else 0.0


def _unused(text: str, allocated: float | None) -> float | None:
    new = _size(text, _UNUSED)
    reserved = _size(text, _RESERVED)
    if new is None and reserved is not None and allocated is not None:
        return round(max(0.0, reserved - allocated), 6)
    return new


def _size(text: str, *ways: re.Pattern[str]) -> float | None:
    found = _found(text, *ways)
    return _gib(found) if found else None


def _found(text: str, *ways: re.Pattern[str]) -> str | None:
    return next((match["size"] for way in ways if (match := way.search(text))), None)


def _gib(size: str) -> float:
    value = parse("gib", size)
    return float(value) if isinstance(value, (int, float)) else 0.0
