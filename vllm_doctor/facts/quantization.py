"""What was quantized, what vLLM read of it, and what the weights would take if it read nothing."""

from __future__ import annotations

import re

from vllm_doctor.facts.types import Facts, declare, derived
from vllm_doctor.patterns import pattern

ASKED = declare(
    "quant.asked",
    "text",
    "the method that --quantization asks for; none where a launch is known and does not",
)
LOADED = declare("quant.loaded", "flag", "whether the engine quantizes: by its config line, or by --quantization")
CLAIM = declare(
    "quant.claim", "text", "the quantization that the model's name claims, when it names one that vLLM reads"
)
UNREAD = declare(
    "quant.unread", "flag", "whether the name claims a quantization and the engine's config line shows none"
)
ELSEWHERE = declare(
    "quant.config_elsewhere",
    "flag",
    "whether --hf-config-path names an unquantized repo for a quantized model",
)
TOKENIZER = declare("quant.tokenizer_with_config", "flag", "whether --tokenizer names what --hf-config-path names")
METHOD = declare("quant.method", "text", "the method that a message names")
CONFIG_METHOD = declare(
    "quant.config_method", "text", "the method of the checkpoint's config, as a message or the files tell"
)
TENSOR = declare("quant.tensor", "text", "the quantized tensor that found no place", "first")
NEEDS_CONFIG = declare(
    "quant.needs_checkpoint_config",
    "flag",
    "whether the method asked for works only with a config of the checkpoint",
)
DIFFERS = declare("quant.differs", "flag", "whether --quantization differs from the method of the checkpoint's config")
NAME_DIFFERS = declare("quant.name_differs", "flag", "whether --quantization differs from what the model's name claims")
PARAMETERS = declare("quant.parameters", "text", "the parameters that the model's name claims, as written: 24B")
BYTES = declare("quant.bytes_per_parameter", "int", "bytes of one unquantized weight at the dtype of the launch")
UNQUANTIZED = declare(
    "quant.unquantized_gib", "gib", "the weights without quantization: parameters by the name x bytes each"
)
FULL_SIZE = declare(
    "quant.weights_are_unquantized",
    "flag",
    "whether the weights that were loaded are as large as unquantized ones",
)

# `get_config_filenames` and `__init__` of vllm/model_executor/layers/quantization/*.py, 0.4.1 to 0.33.0:
# these either look for a file of the checkpoint or cannot be made without its config. Methods that quantize
# while they load (fp8, bitsandbytes, experts_int8, rtn, mxfp8, ...) are not among them.
_CHECKPOINT_METHODS = frozenset(
    [
        "aqlm",
        "auto-round",
        "auto_awq",
        "auto_gptq",
        "awq",
        "awq_marlin",
        "bitblas",
        "compressed-tensors",
        "cpu_awq",
        "cpu_gptq",
        "deepspeedfp",
        "fbgemm_fp8",
        "gptq",
        "gptq_bitblas",
        "gptq_marlin",
        "gptq_marlin_24",
        "hqq",
        "marlin",
        "modelopt",
        "modelopt_fp4",
        "modelopt_mixed",
        "modelopt_mxfp8",
        "moe_wna16",
        "nvfp4",
        "petit_nvfp4",
        "qqq",
        "quark",
        "squeezellm",
    ]
)

# `_verify_quantization` (vllm/config.py to 0.10.0, vllm/config/model.py from 0.11.0) compares names, after
_FULL_PRECISION_NAME = pattern(r"unquantized|dequant|(?<![a-z0-9])(?:bf16|fp?16|fp32)(?![a-z0-9])", re.I)
_ACCEPTED: dict[str, frozenset[str]] = {
    "awq": frozenset({"awq", "awq_marlin", "auto_awq"}),
    "gptq": frozenset({"gptq", "gptq_marlin", "auto_gptq"}),
    "fp8": frozenset({"fp8"}),
    "compressed-tensors": frozenset({"compressed-tensors"}),
    "bitsandbytes": frozenset({"bitsandbytes"}),
}
_COMPARED = frozenset().union(*_ACCEPTED.values())
_FULL_PRECISION_NAME = pattern(r"unquantized|dequant|(?<![a-z0-9])(?:bf16|fp?16|fp32)(?![a-z0-9])", re.I)
_NOT_READ = ("none", "gguf", "exl2", "mlx")


def _given(facts: Facts, name: str) -> str | None:
    """A text argument as it was given; what only the engine's config line says does not count."""
    fact = facts.read.get(f"args.{name}")
    return None if fact is None or str(fact.value).lower() in ("none", "") else str(fact.value)


def _launch_known(facts: Facts) -> bool:
    return any(name.startswith("args.") for name in facts.read)


@derived(ASKED)
def asked(facts: Facts) -> str | None:
    """`--quantization`, in the spelling that vLLM compares."""
    given = _given(facts, "quantization")
    if given:
        return given.lower().replace("compressed_tensors", "compressed-tensors")
    return "none" if _launch_known(facts) else None


@derived(LOADED)
def loaded(facts: Facts) -> bool | None:
    """The config line is the engine's own word; without it, an explicit method counts as read."""
    line = facts.text("config.quantization")
    if line is not None:
        return line.lower() != "none"
    return True if _given(facts, "quantization") else None


@derived(CLAIM)
def claim(facts: Facts) -> str | None:
    """The name's word, unless it only says that the weights are small, or names no format of vLLM's."""
    said = facts.text("model.name_says_quantized")
    return None if said is None or said in (*_NOT_READ, "unknown") else said


def _name_claims(facts: Facts) -> bool | None:
    said, name = facts.text("model.name_says_quantized"), facts.text("model.name")
    if said is None or name is None:
        return None
    return said not in _NOT_READ and not _FULL_PRECISION_NAME.search(name)


@derived(UNREAD)
def unread(facts: Facts) -> bool | None:
    """True needs both: a name that claims a quantization, and the engine's `quantization=None`."""
    claims, has = _name_claims(facts), facts.get(LOADED)
    return None if claims is None or has is None else claims and not has


@derived(ELSEWHERE)
def config_elsewhere(facts: Facts) -> bool | None:
    """Whether a quantized model takes its config from another repo, whose name claims no quantization.

    `--hf-config-path` is since 0.8.0; for GGUF files it is the right thing to give.
    """
    from vllm_doctor.model.names import looks_quantized

    path, model = _given(facts, "hf_config_path"), facts.text("model.name")
    if not path or not model:
        return False if _launch_known(facts) else None
    method = facts.text("model.quant_method")
    quantized = method not in _NOT_READ if method else _name_claims(facts)
    return bool(quantized) and path.rstrip("/") != model.rstrip("/") and looks_quantized(path) is None


@derived(TOKENIZER)
def tokenizer_with_config(facts: Facts) -> bool | None:
    """A tokenizer that was named together with the other repo's config."""
    tokenizer, path = _given(facts, "tokenizer"), _given(facts, "hf_config_path")
    return None if tokenizer is None or path is None else tokenizer.rstrip("/") == path.rstrip("/")


@derived(CONFIG_METHOD)
def config_method(facts: Facts) -> str | None:
    """The method in the files of the checkpoint, where they are known."""
    method = facts.text("model.quant_method")
    return method if method and method != "none" else None


@derived(NEEDS_CONFIG)
def needs_checkpoint_config(facts: Facts) -> bool | None:
    """Whether the method cannot quantize while it loads. INC could in 0.10.0 to 0.14.1, so it is left out."""
    method = facts.text(ASKED)
    return None if method is None else method in _CHECKPOINT_METHODS


@derived(DIFFERS)
def differs(facts: Facts) -> bool | None:
    """Only for methods whose accepted names are the same in all releases; unknown for the rest."""
    method, accepted = facts.text(ASKED), _ACCEPTED.get(facts.text("model.quant_method") or "")
    return None if method is None or accepted is None else method in _COMPARED - accepted


@derived(NAME_DIFFERS)
def name_differs(facts: Facts) -> bool | None:
    """By the name alone; compressed-tensors checkpoints are called AWQ, GPTQ or FP8 too."""
    method, accepted = facts.text(ASKED), _ACCEPTED.get(facts.text(CLAIM) or "")
    if method is None or accepted is None or facts.get("model.files_known") is True:
        return None
    return method in _COMPARED - accepted - {"compressed-tensors"}


@derived(PARAMETERS)
def parameters(facts: Facts) -> str | None:
    """24e9 as "24B", as model cards write it."""
    count = facts.number("model.parameters_in_name")
    return None if count is None else f"{count / 1e9:.3g}B"


@derived(BYTES)
def bytes_per_parameter(facts: Facts) -> int:
    """Four for float32, else two: every other dtype that vLLM takes is half as wide."""
    return 4 if facts.text("args.dtype") in ("float32", "float") else 2


@derived(UNQUANTIZED)
def unquantized_gib(facts: Facts) -> float | None:
    """Parameters by the name x bytes of each, in GiB; of the whole model, over all GPUs."""
    count, size = facts.number("model.parameters_in_name"), facts.number(BYTES)
    return None if count is None or size is None else round(count * size / 2**30, 2)


@derived(FULL_SIZE)
def weights_are_unquantized(facts: Facts) -> bool | None:
    """Whether "Model loading took X" is nearer to the unquantized size than any quantization would be.

    Eight bits a weight are half of it, and embeddings may stay as they are, so four fifths is the line.
    """
    whole, each, count = (
        facts.number(UNQUANTIZED),
        facts.number("memory.weights_gib"),
        facts.number("gpu.count"),
    )
    return None if whole is None or each is None else each * (count or 1) >= 0.8 * whole
