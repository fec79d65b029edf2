"""A GPU or a kernel that failed: the driver's Xid, the PCI address, the library's status word."""

from __future__ import annotations

from vllm_doctor.facts.types import Facts, declare, derived

XID = declare("gpu_fault.xid", "id", "the driver's error number (Xid)")
PCI = declare("gpu_fault.pci", "text", "the PCI address of the GPU that the driver names")
WHAT = declare("gpu_fault.what", "text", "what happened, in the words of the message")
XID_MEANING = declare("gpu_fault.xid_meaning", "text", "what NVIDIA's table says of that Xid")
ASSERTION = declare(
    "gpu_fault.assertion", "text", "the assertion that did not hold on the GPU, as the kernel prints it"
)
KERNEL_FILE = declare("gpu_fault.file", "text", "the source file of the kernel")
STATUS = declare("gpu_library.status", "text", "the status word: CUBLAS_STATUS_ALLOC_FAILED")
CALL = declare("gpu_library.call", "text", "the function of the library that failed")
NO_MEMORY = declare("gpu_library.no_memory", "flag", "whether the library found no memory for itself")
EAGER = declare("launch.eager", "flag", "whether the launch runs without CUDA graphs")

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


@derived(XID_MEANING)
def xid_meaning(facts: Facts) -> str | None:
    """None for numbers that are not of the hardware."""
    return _XIDS.get(facts.text(XID) or "")


@derived(NO_MEMORY)
def no_memory(facts: Facts) -> bool | None:
    """A full GPU is reported by `cublasCreate` as ALLOC_FAILED or NOT_INITIALIZED."""
    status = facts.text(STATUS)
    return None if status is None else status.endswith(("ALLOC_FAILED", "NOT_INITIALIZED", "NOT_INITIALIZED_ERROR"))


@derived(EAGER)
def eager(facts: Facts) -> bool | None:
    """Only where a launch or a config line is known."""
    said = facts.text("args.enforce_eager")
    known = any(name.startswith("args.") for name in facts.read)
    return said in ("True", "true") if said is not None or known else None
