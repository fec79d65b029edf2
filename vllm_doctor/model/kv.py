"""How many bytes of KV cache a token takes, and how much a request.

Source: vllm/v1/kv_cache_interface.py (0.24.0), `page_size_bytes` and `max_memory_usage_bytes` of each kind of
cache; vllm/worker/cache_engine.py for engine V0 (0.4.1 to 0.10.2). For the cache sizes that
vLLM 0.24.0 logs in eleven launches (tests/model/data/memory.json) its tokens are met within 0.01 %.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from vllm_doctor.model.weights import dtype_bytes

if TYPE_CHECKING:
    from vllm_doctor.model.shape import Layer, ModelConfig, State

MLA_FP8_BYTES = 656
"""One token of `fp8_ds_mla`: 512 fp8 values, four float32 scales, 64 bfloat16 (kv_cache_interface.py,
0.24.0).
"""

_ATTENTION = ("full", "sliding", "chunked")
_STATE = ("mamba1", "mamba2", "linear", "conv")


def kv_element_bytes(config: ModelConfig, kv_cache_dtype: str = "auto", dtype: str = "auto") -> float:
    """Bytes of one cached value.

    "auto" is the model's dtype, or fp8 where the checkpoint brings an fp8 scheme (0.9.0 and later read it).
    """
    named = kv_cache_dtype or "auto"
    if named == "auto":
        return float(dtype_bytes(config, dtype))
    if named == "nvfp4":
        return 0.5 + 1 / 16
    if named.startswith(("fp8", "int8")):
        return 1.0
    return 4.0 if named in ("float32", "float") else 2.0


def layer_token_bytes(
    config: ModelConfig,
    layer: Layer,
    kv_cache_dtype: str = "auto",
    dtype: str = "auto",
    tensor_parallel: int = 1,
) -> float:
    """Bytes that one token takes in one layer's cache on one GPU; 0 for layers that cache no token."""
    size = kv_element_bytes(config, kv_cache_dtype, dtype)
    if layer.shares_kv:
        return 0.0
    if layer.mixer == "mla" and config.mla:
        part = config.mla
        index = part.index_dim + 4 if part.index_heads else 0
        main = MLA_FP8_BYTES if kv_cache_dtype == "fp8_ds_mla" else (part.kv_rank + part.rope_dim) * size
        return main + index
    if layer.mixer not in _ATTENTION:
        return 0.0
    heads = max(1, layer.kv_heads // tensor_parallel)
    scales = 4 * heads * 2 if kv_cache_dtype.endswith("per_token_head") else 0
    return 2 * heads * layer.head_dim * size + scales


def kv_bytes_per_token(
    config: ModelConfig, kv_cache_dtype: str = "auto", dtype: str = "auto", tp: int = 1
) -> int:
    """Bytes of KV cache that one more token takes on one GPU, all layers together.

    Windowed layers count as full ones: that holds up to the window, and for every length in releases without
    a hybrid cache manager. Key-value heads are repeated when there are more ranks than heads.
    """
    return int(sum(layer_token_bytes(config, layer, kv_cache_dtype, dtype, tp) for layer in config.layers))


def state_bytes(config: ModelConfig, layer: Layer, dtype: str = "auto", tensor_parallel: int = 1) -> int:
    """Bytes of recurrent state that one request holds in a layer on one GPU (mamba_utils.py, 0.24.0).

    The state of linear attention is kept in float32 where the kernels ask for it; here in the model's dtype
    for Mamba and convolutions and float32 for gated delta nets, as `MambaStateDtypeCalculator` has it.
    """
    state = config.state
    if state is None or (layer.mixer not in _STATE and layer.hybrid not in _STATE):
        return 0
    size = dtype_bytes(config, dtype)
    return ceil(_state_elements(state) * size / tensor_parallel)


def _state_elements(state: State) -> int:
    """Values of the convolution's and the recurrence's state."""
    if state.kind == "conv":
        return state.head_dim * max(0, state.kernel - 1)
    inner = state.heads * state.head_dim
    width = (
        inner + 2 * state.key_heads * state.key_dim
        if state.key_heads
        else inner + 2 * state.groups * state.size
    )
    width = inner if state.head_dim == 1 else width
    return width * max(0, state.kernel - 1) + inner * state.size


def request_bytes(
    config: ModelConfig,
    length: int,
    *,
    kv_cache_dtype: str = "auto",
    dtype: str = "auto",
    tensor_parallel: int = 1,
    block_size: int = 16,
    batched_tokens: int = 0,
    windowed: bool = True,
    layers: tuple[Layer, ...] | None = None,
) -> int:
    """Bytes of cache that one request of `length` tokens takes on one GPU, in whole blocks.

    With `windowed`, a layer with a window holds only it and the tokens of one step; `layers` picks a stage.
    """
    chosen = config.layers if layers is None else layers
    full = ceil(length / block_size) * block_size
    window = min(full, _window_tokens(config.sliding_window, batched_tokens, length, block_size))
    size = 0.0
    for layer in chosen:
        tokens = (
            window if windowed and layer.mixer in ("sliding", "chunked") and config.sliding_window else full
        )
        size += tokens * layer_token_bytes(config, layer, kv_cache_dtype, dtype, tensor_parallel)
        size += state_bytes(config, layer, dtype, tensor_parallel)
    return int(size)


def _window_tokens(window: int, batched_tokens: int, length: int, block_size: int) -> int:
    """Tokens that a windowed layer holds: the window, one step's tokens, and one block
    (SlidingWindowSpec).
    """
    return (ceil(min(window - 1 + batched_tokens, length) / block_size) + 1) * block_size
