"""A GPU or a kernel that failed: the driver's Xid, the PCI address, the library's status word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

XID = declare("gpu_fault.xid", "id", "the driver's error number (Xid)")
PCI = declare("gpu_fault.pci", "text", "the PCI address of the GPU that the driver names")
ADDRESS = declare("gpu_fault.address", "text", "the address that was touched")
WHAT = declare("gpu_fault.what", "text", "what happened, in the words of the message")
XID_MEANING = declare("gpu_fault.xid_meaning", "text", "what NVIDIA's table says of that Xid")
ASSERTION = declare(
    "gpu_fault.assertion", "text", "the assertion that did not hold on the GPU, as the kernel prints it", "first"
)
ASSERT_KIND = declare("gpu_fault.assert_kind", "text", "what it was about: index, probability or other")
KERNEL_FILE = declare("gpu_fault.file", "text", "the source file of the kernel", "first")
STATUS = declare("gpu_library.status", "text", "the status word: CUBLAS_STATUS_ALLOC_FAILED")
CALL = declare("gpu_library.call", "text", "the function of the library that failed")
NO_MEMORY = declare("gpu_library.no_memory", "flag", "whether the library found no memory for itself")
REASON = declare("allreduce.reason", "text", "what the all-reduce kernel or the peer access failed with")
SOURCE_LINE = declare("allreduce.source_line", "id", "the line of the kernel's source that failed")
NO_PEER = declare("allreduce.no_peer_access", "flag", "whether the GPUs cannot reach each other's memory at all")
SYMMETRIC = declare("allreduce.symmetric", "flag", "whether it is torch's symmetric memory that failed", "first")

# https://docs.nvidia.com/deploy/xid-errors/
_XIDS = {
    "48": "double-bit ECC error",
    "62": "internal micro-controller halt",
    "63": "row remapping of bad memory",
    "64": "row remapping failed",
    "74": "NVLink error",
    "79": "GPU has fallen off the bus",
    "92": "high rate of single-bit ECC errors",
    "94": "contained ECC error",
    "95": "uncontained ECC error",
    "119": "GSP did not answer",
    "120": "GSP error",
    "140": "unrecovered ECC error",
}


_ASSERTION = pattern(r"(?:(\S{1,200}):\d{1,6}: .{0,200})?Assertion [`'](.{3,200}?)[`'] failed")


@reader("Assertion `", "Assertion '")
def read_assertion(event: Event) -> Iterator[Fact]:
    """What a kernel prints before its assert ends it: file, block and thread, the condition (CUDA's assert())."""
    for line in event.lines:
        found = _ASSERTION.search(line.text) if "thread: [" in line.text else None
        if found:
            yield Fact(ASSERTION, found[2], line)
            if found[1]:
                yield Fact(KERNEL_FILE, found[1].rpartition("/")[2], line)


@reader("CUDASymmetricMemory")
def read_symmetric(event: Event) -> Iterator[Fact]:
    """By the source file that torch names."""
    yield Fact(SYMMETRIC, True, event.lines[0])


@derived(NO_PEER)
def no_peer_access(facts: Facts) -> bool | None:
    """By CUDA's words for it."""
    reason = facts.text(REASON)
    return None if reason is None else reason.startswith("peer access is not supported")


@derived(ASSERT_KIND)
def assert_kind(facts: Facts) -> str | None:
    """By the words of PyTorch's kernels (aten/src/ATen/native/cuda)."""
    said = facts.text(ASSERTION)
    if said is None:
        return None
    if "probability tensor" in said or "sum of probability" in said or "isnan" in said:
        return "probability"
    return "index" if any(word in said for word in ("index", "srcSelectDimSize", "ind >= 0", "vocab")) else "other"


@derived(XID_MEANING)
def xid_meaning(facts: Facts) -> str | None:
    """None for numbers that are not of the hardware."""
    return _XIDS.get(facts.text(XID) or "")


@derived(NO_MEMORY)
def no_memory(facts: Facts) -> bool | None:
    """A full GPU is reported by `cublasCreate` as ALLOC_FAILED or NOT_INITIALIZED."""
    status = facts.text(STATUS)
    return None if status is None else status.endswith(("ALLOC_FAILED", "NOT_INITIALIZED", "NOT_INITIALIZED_ERROR"))
