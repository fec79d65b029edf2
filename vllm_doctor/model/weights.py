"""How many bytes the weights of a model take, whole or on one GPU.

These are the weights alone. What vLLM logs as "Model loading took" holds a little more (rotary tables,
repacked zeros), which `memory.py` adds.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from vllm_doctor.model import parameters
from vllm_doctor.model.quantization import ON_LOAD, Quantization
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.model.parameters import Count
    from vllm_doctor.model.shape import ModelConfig, Tensors

DTYPE_BYTES = {
    "float32": 4,
    "float": 4,
    "float16": 2,
    "half": 2,
    "bfloat16": 2,
    "float64": 8,
    "fp8": 1,
    "float8_e4m3fn": 1,
}
_FLOATS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a model that one GPU holds: of `tensor_parallel` ranks, the layers `first` to `last`.

    Experts are shared out over `expert_ranks`, the data-parallel ranks too, whether they are split by expert or by
    width (FusedMoEParallelConfig.make of fused_moe/config.py, 0.9.2 and 0.24.0).
    """

    tensor_parallel: int = 1
    first: int = 0
    last: int | None = None
    data_parallel: int = 1

    @property
    def expert_ranks(self) -> int:
        """Over how many GPUs the routed experts of a layer are shared out."""
        return self.tensor_parallel * self.data_parallel


def dtype_bytes(config: ModelConfig, dtype: str = "auto") -> int:
    """Bytes of an unquantized weight. "auto" keeps the checkpoint's type, but loads float32 as 16 bits.

    Source: `_get_and_verify_dtype` in vllm/config.py (0.4.1) and vllm/config/model.py (0.24.0).
    """
    if dtype.removeprefix("torch.") == "auto":
        size = DTYPE_BYTES.get(config.dtype.removeprefix("torch."), 2)
        return 2 if size > 2 and not config.encoder_only else size
    return DTYPE_BYTES.get(dtype.removeprefix("torch."), 2)


def effective_quantization(config: ModelConfig, asked: str | None = None) -> Quantization | None:
    """The checkpoint's quantization, or the one that `--quantization` makes of plain weights while
    loading.
    """
    return config.quantization or (ON_LOAD.get(asked) if asked else None)


def weight_bytes(config: ModelConfig, quantized: bool = True, dtype: str = "auto") -> int:
    """Bytes of all weights on one GPU; with `quantized=False` as if they were not quantized.

    0 where neither headers nor a known module list tell.
    """
    if quantized and config.files.tensors is not None:
        return loaded_bytes(config, config.files.tensors, dtype)
    return share_bytes(config, Share(), config.quantization if quantized else None, dtype)


def loaded_bytes(config: ModelConfig, tensors: Tensors, dtype: str = "auto") -> int:
    """Bytes in memory of what the headers list: plain floats turn into the dtype, packed types stay."""
    size = dtype_bytes(config, dtype)
    scales = config.quantization is not None
    return sum(
        amount if kind not in _FLOATS or (scales and kind == "F32") else amount // _FLOATS[kind] * size
        for kind, amount in tensors.bytes_by_type.items()
    )


def share_bytes(
    config: ModelConfig, share: Share, quantization: Quantization | None, dtype: str = "auto"
) -> int:
    """Bytes that one GPU holds of the model, from the module list. 0 for an unknown one."""
    if not config.known:
        return 0
    plain = dtype_bytes(config, dtype)
    last = len(config.layers) if share.last is None else share.last
    layers = config.layers[share.first : last]
    size = sum(
        _layer_bytes(config, parameters.layer(config, one), share, quantization, plain, one.kv_heads)
        for one in layers
    )
    tp = share.tensor_parallel
    at_start = ceil(parameters.embedding(config) / tp) + parameters.tower(config) if share.first == 0 else 0
    needs_copy = config.tied and share.first > 0
    head = parameters.embedding(config) if needs_copy else parameters.output_layer(config)
    at_end = (
        ceil(head / tp) * _head_ratio(quantization, plain) + config.hidden
        if last == len(config.layers)
        else 0
    )
    return int(size + (at_start + at_end) * plain)


def _head_ratio(quantization: Quantization | None, plain: int) -> float:
    return quantization.bytes_per_weight / plain if quantization and quantization.lm_head else 1.0


def _layer_bytes(
    config: ModelConfig,
    count: Count,
    share: Share,
    quantization: Quantization | None,
    plain: int,
    kv_heads: int,
) -> float:
    tp = share.tensor_parallel
    repeated = max(1, tp // kv_heads) if kv_heads else 1
    dense = count.linear / tp + count.kv * repeated / tp + count.replicated
    packed = quantization.bytes_per_weight if quantization else float(plain)
    for_dense = (
        float(plain)
        if quantization and (quantization.experts_only or _skips_attention(quantization))
        else packed
    )
    absorbed = count.absorbed / tp * plain
    return dense * for_dense + count.experts / share.expert_ranks * packed + count.small * plain + absorbed


def _skips_attention(quantization: Quantization) -> bool:
    """Whether everything but the experts is left alone ("re:.*self_attn.*" among the skipped modules)."""
    named = " ".join(quantization.skipped[:200])
    return "self_attn" in named and "re:" in named
