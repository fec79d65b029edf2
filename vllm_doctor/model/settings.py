"""What of a launch decides its memory, and the answer of an estimate: plain data."""

from __future__ import annotations

from typing import Literal

from vllm_doctor.values import dataclass


@dataclass(frozen=True, slots=True)
class LaunchSettings:
    """The settings of a launch as vLLM would have them, defaults filled in by the caller.

    `max_model_len` None means the model's own. `engine` is "V0" only where the old engine is asked for.
    `graph_sizes` is the number of captured batch sizes where the launch names them. `data_parallel` replicas share
    the experts of a mixture. `cpu_offload_gib` is per
    GPU. `draft_bytes` are weights of a speculative model on each GPU, `draft_kv_bytes` its cache for a token.
    `memory_in_use_gib` is what others hold on the card. `kv_cache_memory_bytes` replaces the budget.
    """

    release: str
    gpu_memory_utilization: float
    max_num_seqs: int
    max_num_batched_tokens: int
    max_model_len: int | None = None
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    data_parallel: int = 1
    kv_cache_dtype: str = "auto"
    dtype: str = "auto"
    quantization: str | None = None
    enforce_eager: bool = False
    block_size: int = 16
    engine: str = ""
    graph_sizes: int | None = None
    cpu_offload_gib: float = 0.0
    max_loras: int = 0
    max_lora_rank: int = 16
    draft_bytes: int = 0
    draft_kv_bytes: int = 0
    kv_cache_memory_bytes: int | None = None
    memory_in_use_gib: float = 0.0
    windowed: bool = True
    """False with --disable-hybrid-kv-cache-manager."""
    encoder: bool = True
    """False when images and sound are switched off, so that no encoder is profiled."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of a launch on its fullest GPU, in GiB.

    `kv_cache_gib` is what is left for the cache (negative: so much is missing before any cache),
    `kv_cache_tokens` what it holds, `kv_needed_gib` what one request of `max_model_len` needs. `margin_gib`
    is what remains above that need; `fits` is "yes" when it is at least `kept_gib`, "tight" when it is not
    negative. `longest_max_model_len` is 0 when no request fits, and None when the model's build is not known.
    """

    weights_gib: float
    activation_gib: float
    cuda_graph_gib: float
    overhead_gib: float
    kv_cache_gib: float
    budget_gib: float
    kv_cache_tokens: int
    kv_needed_gib: float
    max_model_len: int
    fits: Literal["yes", "tight", "no", "unknown"]
    margin_gib: float
    kept_gib: float
    longest_max_model_len: int | None
    assumptions: tuple[str, ...] = ()
    loading_gib: float = 0.0
    """The peak while the weights are loaded: more than they take in the end where they are quantized then."""
