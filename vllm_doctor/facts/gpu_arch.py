"""A GPU's compute capability, and the first vLLM whose build has kernels for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

SM = declare("gpu_arch.sm", "id", "the compute capability as an architecture: 120", "first")
DOTTED = declare("gpu_arch.dotted", "text", "the compute capability as the log writes it: 12.0", "first")
CAPABILITY = declare("gpu_arch.capability", "text", "the GPU's compute capability: 12.0")
NAME = declare("gpu_arch.name", "text", "the GPU that the build does not know", "first")
BUILT = declare("gpu_arch.built", "text", "the architectures that the installed torch was built for", "first")
FIRST = declare("gpu_arch.first_release", "text", "the first vLLM release whose default build has kernels for it")
OLD = declare("gpu_arch.too_old", "flag", "whether no vLLM build has kernels for a GPU this old")

# torch 2.7.0 with CUDA 12.8 has sm_100 and sm_120 (release notes: "support for Blackwell"); vLLM 0.9.0 pins it, and
# 0.9.2 is the first whose own kernels are built for sm_120 (docker/Dockerfile torch_cuda_arch_list)
_FIRST = {100: "0.9.0", 120: "0.9.2"}
_LEAST = 70
"""vLLM's documentation asks for compute capability 7.0 (7.5 since 0.20) or higher."""

# torch/cuda/__init__.py _check_cubins (all releases), _warn_unsupported_code (2.10 on), _check_capability (before)
_UNKNOWN = pattern(r"^(.{3,80}?) with CUDA capability sm_(\d{2,3}) is not compatible")
_FOUND = pattern(r"Found GPU\d{1,3} (.{3,80}?) which is of (?:compute|cuda) capability (?:\(CC\) )?(\d{1,2})\.(\d)")
_BUILT = pattern(r"current PyTorch install supports CUDA capabilities ((?:(?:sm|compute)_\d{2,3}a? ?){1,20})")


@reader("with CUDA capability sm_", "which is of compute capability", "which is of cuda capability")
def read_unknown_gpu(event: Event) -> Iterator[Fact]:
    """The GPU that torch warns of."""
    if not isinstance(event, Record):
        return
    for text in event.message.splitlines():
        if found := _UNKNOWN.search(text.strip()):
            yield Fact(NAME, found[1], event.lines[0])
            yield Fact(SM, found[2], event.lines[0])
        elif found := _FOUND.search(text):
            yield Fact(NAME, found[1], event.lines[0])
            yield Fact(SM, found[2] + found[3], event.lines[0])


@reader("current PyTorch install supports CUDA capabilities")
def read_built(event: Event) -> Iterator[Fact]:
    """The architectures of the installed torch."""
    if found := _BUILT.search(event.message):
        yield Fact(BUILT, found[1].strip(), event.lines[0])


def _number(facts: Facts) -> int | None:
    sm = facts.text(SM) or (facts.text(DOTTED) or "").replace(".", "")
    return int(sm) if re.fullmatch(r"\d{2,3}", sm) else None


@derived(CAPABILITY)
def capability(facts: Facts) -> str | None:
    """120 is 12.0."""
    number = _number(facts)
    return f"{number // 10}.{number % 10}" if number else None


@derived(FIRST)
def first_release(facts: Facts) -> str | None:
    """None where the table does not know, or the release that runs is not older."""
    from packaging.version import InvalidVersion, Version

    number, running = _number(facts), facts.text("vllm.version")
    first = _FIRST.get(number or 0)
    try:
        return first if first and (running is None or Version(running) < Version(first)) else None
    except InvalidVersion:
        return None


@derived(OLD)
def too_old(facts: Facts) -> bool | None:
    """Whether the GPU is below what vLLM asks for."""
    number = _number(facts)
    return number < _LEAST if number else None
