"""How the weights of a model are quantized, from its config, and what vLLM calls that.

Sources: vllm/config.py `_verify_quantization` (0.4.1 to 0.10.0), vllm/config/model.py (from 0.11.0),
vllm/transformers_utils/model_arch_config_convertor.py `_normalize_quantization_config` (0.24.0) and the
`override_quantization_method` of each class in vllm/model_executor/layers/quantization.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.model.fields import Fields
from vllm_doctor.model.names import looks_quantized as looks_quantized
from vllm_doctor.model.names import parameters_in_name as parameters_in_name
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Quantization:
    """How weights are stored.

    `method` is the config's `quant_method`, spelled as vLLM does. `bits` is the size of one quantized weight,
    without scales. `group_size` weights share a scale of `scale_bits` and, with `zero_point`, a zero of
    `bits`; 0 means a scale per channel or tensor. `block` is a two-dimensional block (FP8). `skipped` are
    the modules that stay as they are, as written. `lm_head` is true when the output layer is quantized too.
    `kv_cache` is the KV cache scheme that the checkpoint brings ("fp8"), or "". `experts_only` is true for
    formats that leave attention and dense layers alone (gpt-oss's MXFP4). `packing` names an AutoRound
    export's layout.
    """

    method: str
    bits: float
    group_size: int = 0
    scale_bits: int = 16
    zero_point: bool = False
    skipped: tuple[str, ...] = ()
    lm_head: bool = False
    kv_cache: str = ""
    experts_only: bool = False
    packing: str = ""
    known: bool = True

    @property
    def bytes_per_weight(self) -> float:
        """Bytes of one quantized weight with its share of scales and zeros."""
        extra = self.scale_bits + (self.bits if self.zero_point else 0)
        return (self.bits + (extra / self.group_size if self.group_size else 0)) / 8


def _positive(fields: Fields, *names: str, default: int) -> int:
    """A group size; -1 in a config means one scale per channel."""
    value = next((fields.data[name] for name in names if fields.data.get(name) is not None), default)
    return 0 if value == -1 else Fields({names[0]: value}, fields.where).integer(names[0])


def _skipped(fields: Fields) -> tuple[str, ...]:
    names = (
        "modules_to_not_convert",
        "ignored_layers",
        "ignore",
        "exclude_modules",
        "llm_int8_skip_modules",
        "exclude",
    )
    return fields.texts(*names)


def _awq(fields: Fields) -> Quantization:
    return Quantization(
        "awq",
        _bits(fields, 4, "bits", "w_bit"),
        _positive(fields, "group_size", "q_group_size", default=128),
        zero_point=fields.flag("zero_point", default=True),
    )


def _bits(fields: Fields, default: int, *names: str) -> int:
    """Bits of a weight, which lie between 1 and 16 or the config is of no use."""
    bits = fields.integer(*names, default=default)
    return bits if 1 <= bits <= 16 else default


def _gptq(fields: Fields) -> Quantization:
    group = _positive(fields, "group_size", default=128)
    symmetric = fields.flag("sym", default=True)
    return Quantization(
        "gptq", _bits(fields, 4, "bits"), group, zero_point=not symmetric, lm_head=fields.flag("lm_head")
    )


def _auto_round(fields: Fields) -> Quantization:
    base = _gptq(fields)
    return replace(
        base, method="auto-round", packing=fields.text("packing_format", default="auto_round:auto_gptq")
    )


def _fp8(fields: Fields) -> Quantization:
    block = fields.integers("weight_block_size")
    size = block[0] * block[1] if len(block) == 2 else 0
    return Quantization("fp8", 8, size, scale_bits=32)


def _bitsandbytes(fields: Fields) -> Quantization:
    # NF4 keeps an absmax for each 64 weights: vllm's loader keeps it in float32 (bitsandbytes_loader.py,
    # 0.8.0).
    if fields.flag("load_in_8bit"):
        return Quantization("bitsandbytes", 8)
    return Quantization("bitsandbytes", 4, 64, scale_bits=32)


def _compressed_tensors(fields: Fields) -> Quantization:
    groups = fields.section("config_groups")
    first = next((groups.section(name) for name in groups.data), Fields({}, fields.where))
    weights = first.section("weights")
    bits = _bits(weights, 8, "num_bits")
    group = _positive(weights, "group_size", default=0)
    floating = weights.text("type") == "float"
    nvfp4 = floating and bits == 4
    return Quantization(
        "compressed-tensors",
        bits,
        group or (16 if nvfp4 else 0),
        scale_bits=8 if nvfp4 else 16,
        zero_point=not weights.flag("symmetric", default=True),
        kv_cache="fp8" if fields.has("kv_cache_scheme") else "",
    )


_MODELOPT = {
    # quant_algo: (name in vLLM, bits, group, bits of a scale)
    "FP8": ("modelopt", 8, 0, 32),
    "NVFP4": ("modelopt_fp4", 4, 16, 8),
    "NVFP4_AWQ": ("modelopt_fp4", 4, 16, 8),
    "W4A16_NVFP4": ("modelopt_fp4", 4, 16, 8),
    "MXFP8": ("modelopt_mxfp8", 8, 32, 8),
    "FP8_PER_CHANNEL_PER_TOKEN": ("modelopt", 8, 0, 32),
    "FP8_PB_WO": ("modelopt", 8, 16384, 32),
    "MIXED_PRECISION": ("modelopt_mixed", 8, 16, 8),
    "W4A16_AWQ": ("modelopt", 4, 128, 16),
}


def _modelopt(fields: Fields) -> Quantization:
    inner = fields.section("quantization") if fields.has("quantization") else fields
    algorithm = inner.text("quant_algo", default="FP8").upper()
    method, bits, group, scale = _MODELOPT.get(algorithm, ("modelopt", 8, 0, 32))
    return Quantization(
        method,
        bits,
        _positive(inner, "group_size", default=group) if group else 0,
        scale_bits=scale,
        skipped=_skipped(inner),
        kv_cache=inner.text("kv_cache_quant_algo").lower(),
        known=algorithm in _MODELOPT and algorithm != "MIXED_PRECISION",
    )


def _mxfp4(fields: Fields) -> Quantization:
    # gpt-oss quantizes the experts alone (vllm/model_executor/layers/quantization/mxfp4.py, 0.10.1).
    return Quantization("mxfp4", 4, 32, scale_bits=8, experts_only=True)


def _torchao(fields: Fields) -> Quantization:
    kind = str(fields.data.get("quant_type"))[:2000].lower()
    bits = 4 if "int4" in kind or "uint4" in kind else 8
    return Quantization("torchao", bits, 128 if bits == 4 else 0)


def _quark(fields: Fields) -> Quantization:
    weight = fields.section("global_quant_config").section("weight")
    kind = weight.text("dtype", default="fp8_e4m3").lower()
    bits = 4 if "4" in kind.split("_")[0] else 8
    group = _positive(weight, "group_size", default=0)
    return Quantization(
        "quark", bits, group, scale_bits=8 if kind == "fp4" else 16, skipped=fields.texts("exclude")
    )


_READERS: dict[str, Callable[[Fields], Quantization]] = {
    "awq": _awq,
    "gptq": _gptq,
    "gptq_marlin": _gptq,
    "marlin": _gptq,
    "auto-round": _auto_round,
    "intel/auto-round": _auto_round,
    "fp8": _fp8,
    "fbgemm_fp8": lambda fields: replace(_fp8(fields), method="fbgemm_fp8"),
    "bitsandbytes": _bitsandbytes,
    "compressed-tensors": _compressed_tensors,
    "modelopt": _modelopt,
    "modelopt_fp4": _modelopt,
    "modelopt_mixed": _modelopt,
    "mxfp4": _mxfp4,
    "mxfp8": lambda fields: Quantization("mxfp8", 8, 32, scale_bits=8),
    "torchao": _torchao,
    "quark": _quark,
    "gguf": lambda fields: Quantization("gguf", 4, 32, known=False),
    "aqlm": lambda fields: Quantization("aqlm", 2, known=False),
    "hqq": lambda fields: Quantization("hqq", 4, 64, zero_point=True),
    "experts_int8": lambda fields: Quantization("experts_int8", 8, experts_only=True),
    "deepspeedfp": lambda fields: Quantization("deepspeedfp", _bits(fields, 8, "bits")),
    "fp_quant": lambda fields: Quantization("fp_quant", 4, 16, scale_bits=8),
}

ON_LOAD: Mapping[str, Quantization] = {
    # `--quantization` values that quantize unquantized weights while they load.
    "fp8": Quantization("fp8", 8, scale_bits=32),
    "fp8_per_tensor": Quantization("fp8", 8, scale_bits=32),
    "fp8_per_block": Quantization("fp8", 8, 16384, scale_bits=32),
    "fp8_per_channel": Quantization("fp8", 8, scale_bits=32),
    "ptpc_fp8": Quantization("ptpc_fp8", 8),
    "bitsandbytes": Quantization("bitsandbytes", 4, 64, scale_bits=32),
    "mxfp8": Quantization("mxfp8", 8, 32, scale_bits=8),
    "experts_int8": Quantization("experts_int8", 8, experts_only=True),
    "int8_per_channel_weight_only": Quantization("int8_per_channel_weight_only", 8),
    "nvfp4_per_token": Quantization("nvfp4_per_token", 4, 16, scale_bits=8),
    "rtn": Quantization("rtn", 8, 128),
    "torchao": Quantization("torchao", 8),
}


def read_quantization(config: Mapping[str, object], where: str = "config.json") -> Quantization | None:
    """The quantization that a config.json states, or None.

    It is looked for where vLLM looks: `quantization_config`, `compression_config`, then the same in
    `text_config`. A method that is not known here comes back with `known=False` and 16 bits, never guessed.

    Raises:
        InputError: a value has the wrong type.
    """
    fields = Fields(config, where)
    for place in (fields, fields.section("text_config")):
        if place.has("quantization_config", "compression_config"):
            return from_section(place.section("quantization_config", "compression_config"))
    return None


def from_section(section: Fields) -> Quantization:
    """The quantization in a `quantization_config`, `quantize_config.json` or `hf_quant_config.json`."""
    method = section.text("quant_method").lower().replace("compressed_tensors", "compressed-tensors")
    if not method:
        method = _unnamed(section)
    reader = _READERS.get(method)
    if reader is None:
        return Quantization(method or "unnamed", 16, known=False)
    found = reader(section)
    return found if found.skipped else replace(found, skipped=_skipped(section))


def _unnamed(section: Fields) -> str:
    """The method of a section that names none: ModelOpt says so by its producer, GPTQ by its keys."""
    if section.section("producer").text("name") == "modelopt" or section.has("quant_algo", "quantization"):
        return "modelopt"
    if section.has("bits", "w_bit"):
        return "awq" if section.has("zero_point", "w_bit") else "gptq"
    return "compressed-tensors" if section.has("config_groups") else ""
