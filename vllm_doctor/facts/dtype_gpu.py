"""Whether the GPU computes in the dtype that was asked for."""

from __future__ import annotations

import re

from vllm_doctor.facts.types import Facts, declare, derived
from vllm_doctor.patterns import pattern

GPU = declare("dtype_gpu.gpu", "text", "the GPU that does not compute in bfloat16")
HAS = declare("dtype_gpu.capability", "text", "its compute capability: 7.5")
LEAST = declare("dtype_gpu.least", "text", "the compute capability from which GPUs have it, as the message says")
LACKS = declare("dtype_gpu.lacks_bf16", "flag", "whether the launch computes in bfloat16 on a GPU that cannot")
PROPOSED = declare("dtype_gpu.proposed", "text", "the --dtype to use: half, or float32 for models that half breaks")

# _FLOAT16_NOT_SUPPORTED_MODELS (vllm/config.py, vllm/config/model.py, 0.9.1 to 0.33.0)
_NOT_IN_HALF = pattern(r"gemma[-_]?[23](?!\d)|glm[-_]?4(?![\d.v])|plamo[-_]?2", re.I)


def _gpu_lacks_bf16(facts: Facts) -> bool | None:
    from vllm_doctor.model.gpus import find_gpu

    gpu = find_gpu(facts.text("gpu.name") or "")
    return None if gpu is None or gpu.bf16 is None else not gpu.bf16


@derived(GPU)
def gpu_name(facts: Facts) -> str | None:
    """The GPU that the user named, where no message names it."""
    return facts.text("gpu.name")


@derived(HAS)
def capability(facts: Facts) -> str | None:
    """By the table of GPUs, where no message says it."""
    from vllm_doctor.model.gpus import find_gpu

    gpu = find_gpu(facts.text("gpu.name") or "")
    return f"{gpu.capability:.1f}" if gpu and gpu.capability and gpu.vendor == "nvidia" else None


@derived(LACKS)
def lacks_bf16(facts: Facts) -> bool | None:
    """An explicit bfloat16 always; the model's own only before 0.9.1, which falls back to float16 by itself."""
    from packaging.version import InvalidVersion, Version

    lacking = _gpu_lacks_bf16(facts)
    if lacking is not True:
        return lacking
    given = facts.text("args.dtype") or "auto"
    if given != "auto":
        return given == "bfloat16"
    running = facts.text("vllm.version")
    try:
        falls_back = running is None or Version(running) >= Version("0.9.1")
    except InvalidVersion:
        return None
    return False if falls_back else facts.text("model.dtype") == "bfloat16"


@derived(PROPOSED)
def proposed(facts: Facts) -> str:
    """Float16 has the range of most models, not of these."""
    text = f"{facts.text('model.name') or ''} {facts.text('model.type') or ''}"
    return "float32" if _NOT_IN_HALF.search(text) else "half"
