"""Which engine and model runner a release uses for a model: they profile memory in different ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from vllm_doctor.model.shape import ModelConfig

_V2_SINCE = {
    # DEFAULT_V2_MODEL_RUNNER_ARCHITECTURES in vllm/config/vllm.py of each release
    "Qwen3ForCausalLM": "0.22.0",
    "LlamaForCausalLM": "0.23.0",
    "MistralForCausalLM": "0.23.0",
    "DeepseekV2ForCausalLM": "0.24.0",
    "Qwen2MoeForCausalLM": "0.24.0",
    "GraniteMoeForCausalLM": "0.24.0",
}
_DENSE_SINCE = Version("0.25.0")
_ALL_SINCE = Version("0.29.0")


def runner(config: ModelConfig, release: str, engine: str = "") -> str:
    """The model runner: "V0" (the old engine), "V1" or "V2".

    V1 became the default engine in 0.8.0; `engine` names the other one where both were there (0.7.0 to 0.10.2).
    The second runner serves some architectures from 0.22.0, all dense ones that generate from 0.25.0, all
    from 0.29.0.
    """
    at = Version(release)
    old = engine != "V1" or at < Version("0.7.0") if at < Version("0.8.0") else engine == "V0"
    if old and at < Version("0.11.0"):
        return "V0"
    if at >= _ALL_SINCE:
        return "V2"
    if config.encoder_only:
        return "V1"
    since = _V2_SINCE.get(config.architecture)
    named = since is not None and at >= Version(since)
    dense = at >= _DENSE_SINCE and config.experts is None and config.state is None
    return "V2" if named or dense else "V1"


def counts_graphs(kind: str, release: str, vendor: str = "nvidia") -> bool:
    """Whether CUDA graphs are taken out of the budget before the KV cache gets the rest.

    VLLM_MEMORY_PROFILER_ESTIMATE_CUDAGRAPHS is on from 0.21.0 (vllm/envs.py); the second runner answers 0
    until 0.28.0 (vllm/v1/worker/gpu/model_runner.py). Before, and on other GPUs than NVIDIA's
    (vllm/v1/worker/gpu_worker.py, 0.24.0), graphs come on top of the budget.
    """
    at = Version(release)
    if vendor != "nvidia":
        return False
    return at >= Version("0.29.0") if kind == "V2" else kind == "V1" and at >= Version("0.21.0")


def has_windows(kind: str, release: str) -> bool:
    """Whether a windowed layer's cache holds only its window (the hybrid cache manager, from 0.9.2)."""
    return kind != "V0" and Version(release) >= Version("0.9.2")
