"""Whether a text is a vLLM log at all."""

from __future__ import annotations

from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.patterns import pattern

_WORDS = pattern(
    r"vllm serve|vllm\.entrypoints|vllm/vllm-openai|\bvllm: error|usage: vllm|api_server\.py: error"
    r"|usage: api_server|/vllm/|VLLM_[A-Z]|\bvLLM\b|vllm_worker|NCCL (?:WARN|INFO)|\(raylet\)"
    r"|Uvicorn running on|--gpu-memory-utilization|--tensor-parallel-size|--max-num-batched-tokens"
    r"|\bvllm\b.*(?:ERROR|Error|serve|engine)"
    r"|NVRM: |thread: \[\d+,\d+,\d+\] Assertion |Memory access fault by GPU|device handle for GPU"
    r"|(?:Startup|Liveness) probe failed"
)
_OFTEN = ("vllm serve", "vllm.entrypoints", "vllm/vllm-openai", "Uvicorn running on")
"""Those that most logs begin with, told without the pattern."""
_GPU = pattern(r"CUDA|ROCm|hipError|PyTorch|torch[._]|NCCL|nvidia-smi|NVIDIA|libcuda|safetensors|huggingface")
_PROCESSES = ("APIServer", "ApiServer", "EngineCore", "VllmWorker", "Worker_", "RayWorker")


def looks_like_vllm(event: Event) -> bool:
    """Whether an event is a server's: vLLM's logger, an exception, its commands; prose is none."""
    if isinstance(event, Traceback):
        return True
    if event.quotes:
        return False
    if event.file.endswith((".py", ".cpp", ".cc")) or event.process.startswith(_PROCESSES):
        return True
    if any(word in event.message[:2000] for word in _OFTEN):
        return True
    return _WORDS.search(event.message, 0, 2000) is not None or _GPU.search(event.message, 0, 2000) is not None
