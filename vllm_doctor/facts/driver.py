"""The NVIDIA driver, as messages and nvidia-smi tell of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = declare("driver.code", "id", "the driver's CUDA version as cudaDriverGetVersion counts: 12080", "first")
CUDA = declare("driver.cuda", "text", "the newest CUDA version that the driver supports")
VERSION = declare("driver.version", "text", "the driver's own version", "first")
WANTED = declare("driver.wanted_cuda", "text", "the CUDA version that the container or build needs", "first")
CUDA_13 = declare("driver.too_old_for_13", "flag", "whether the driver knows CUDA 12 at most")

# nvidia-smi's first table, since driver 418
_SMI = pattern(r"Driver Version: (\d{3}[\d.]{1,12})\s{1,20}CUDA Version: (\d{1,2}\.\d)")


@reader("Driver Version:")
def read_smi(event: Event) -> Iterator[Fact]:
    """The versions in the head of nvidia-smi."""
    if isinstance(event, Record) and (found := _SMI.search(event.message)):
        yield Fact(VERSION, found[1], event.lines[0])
        yield Fact("driver.smi_cuda", found[2], event.lines[0])


declare("driver.smi_cuda", "text", "the CUDA version that nvidia-smi shows", "first")


@derived(CUDA)
def cuda_of_driver(facts: Facts) -> str | None:
    """12080 is CUDA 12.8 (CUDA Runtime API, cudaDriverGetVersion: 1000 * major + 10 * minor)."""
    code = facts.text(CODE) or ""
    if re.fullmatch(r"\d{4,6}", code):
        return f"{int(code) // 1000}.{int(code) % 1000 // 10}"
    return facts.text("driver.smi_cuda")


@derived(CUDA_13)
def knows_no_cuda_13(facts: Facts) -> bool | None:
    """Whether a build for CUDA 12 would run where one for CUDA 13 does not."""
    cuda = facts.text(CUDA)
    return int(cuda.partition(".")[0]) == 12 if cuda else None
