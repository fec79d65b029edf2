"""What a quantization method asks of the GPU, the dtype and the release, and what of that is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from vllm_doctor.log.types import Event

DTYPE = declare("quant_limits.dtype", "text", "the dtype that the method does not take")
SUPPORTED = declare("quant_limits.supported", "text", "the dtypes that it takes, as the message lists them")
PROPOSED = declare("quant_limits.proposed_dtype", "text", "a --dtype that the method takes")
LEAST = declare("quant_limits.least_capability", "text", "the least compute capability, as the message writes it: 75")
HAS = declare("quant_limits.capability", "text", "the GPU's compute capability, as the message writes it: 70")
LEAST_DOTTED = declare("quant_limits.least", "text", "the least compute capability of the method: 7.5")
HAS_DOTTED = declare("quant_limits.has", "text", "the GPU's compute capability: 7.0")
TOO_OLD = declare(
    "quant_limits.gpu_too_old", "flag", "whether the GPU is older than the method's least in this release"
)
KERNEL_CHOICE = declare(
    "quant_limits.marlin_asked", "flag", "whether --quantization asks for the Marlin kernel by name"
)
LATER = declare("quant_limits.later_release", "text", "the first later release whose method runs on this GPU")
PLATFORM = declare("quant_limits.platform", "text", "the platform that does not have the method: rocm, cpu, tpu")
CHECKPOINT = declare("quant_limits.of_checkpoint", "flag", "whether the weights themselves are quantized")
UNKNOWN = declare("quant_limits.unknown", "text", "a method that this release does not know")
SINCE = declare("quant_limits.since", "text", "the first release that has the method")
UNTIL = declare("quant_limits.until", "text", "the last release that has the method, where it is gone")
MEANT = declare("quant_limits.meant", "text", "the method of this release that was probably meant")
DEPRECATED = declare(
    "quant_limits.deprecated", "flag", "whether the method is there, behind --allow-deprecated-quantization"
)
REFUSED = declare("quant_limits.dtype_refused", "flag", "whether the method by name does not take the launch's dtype")
PLUGIN = declare("quant_limits.plugin", "text", "the package that brings a method which left vLLM itself")
PLUGGED = declare(
    "quant_limits.plugged", "flag", "whether the launch's file speaks of a plugin that may bring a method"
)
UPGRADE = declare(
    "quant_limits.upgrade_to", "text", "the first release that has the method, when it is newer than this"
)

_CAPABILITY: dict[str, tuple[tuple[str, int], ...]] = {
    "aqlm": (("0.4.1", 70), ("0.4.3", 60)),
    "auto_awq": (("0.24.0", 75),),
    "awq": (("0.4.1", 75),),
    "awq_marlin": (("0.5.3", 80), ("0.14.0", 75)),
    "bitsandbytes": (("0.5.0", 70),),
    "experts_int8": (("0.5.5", 80),),
    "fbgemm_fp8": (("0.5.3", 80),),
    "fp8": (("0.4.1", 90), ("0.4.2", 89), ("0.5.1", 80), ("0.14.0", 75)),
    "fp_quant": (("0.11.1", 100),),
    "gptq_marlin": (("0.4.2", 80), ("0.14.0", 75)),
    "gptq_marlin_24": (("0.4.3", 80),),
    "hqq": (("0.6.5", 80),),
    "marlin": (("0.4.1", 80),),
    "modelopt": (("0.6.1", 89), ("0.27.0", 80)),
    "modelopt_fp4": (("0.9.0", 80), ("0.14.0", 75)),
    "moe_wna16": (("0.7.1", 70),),
    "mxfp4": (("0.10.1", 80),),
    "torchao": (("0.8.4", 75),),
}
"""`get_min_capability` of vllm/model_executor/layers/quantization/*.py, 0.4.1 to 0.33.0, by first release."""

_HALF_ONLY = {"awq": "0.24.0", "gptq": "0.22.0", "marlin": "0.11.0", "gptq_marlin_24": "0.16.0", "qqq": "0.11.0"}
"""Methods whose `get_supported_act_dtypes` is float16 alone, and the release from which they are gone."""

_MARLIN = ("awq_marlin", "gptq_marlin", "marlin")


def _version(text: str | None) -> Version | None:
    if not text:
        return None
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None


def _dotted(number: int) -> str:
    return f"{number // 10}.{number % 10}"


def _number(text: str | None) -> int | None:
    """75, "75" and "7.5" are 75."""
    plain = (text or "").replace(".", "")
    return int(plain) if re.fullmatch(r"\d{2,3}", plain) else None


def _method(facts: Facts) -> str | None:
    for name in ("quant.asked", "model.quant_method"):
        method = facts.text(name)
        if method and method != "none":
            return method
    return None


def _least(facts: Facts) -> int | None:
    """The method's least capability in the release that runs; unknown where releases differ and none is known."""
    steps = _CAPABILITY.get(_method(facts) or "", ())
    if not steps:
        return None
    running = _version(facts.text("vllm.version"))
    if running is None:
        return min((least for _, least in steps), default=None)
    fits = [least for first, least in steps if (since := _version(first)) and since <= running]
    return fits[-1] if fits else None


@reader("is deprecated and will be removed in future versions of vLLM. To bypass")
def read_deprecated(event: Event) -> Iterator[Fact]:
    """The name is passed as a second argument to ValueError, so it stands behind the sentence (0.14.0 on)."""
    text = " ".join(event.message.split())
    if "To bypass, set `--allow-deprecated-quantization`" in text:
        yield Fact(DEPRECATED, True, event.lines[0])
        if found := re.search(r"quantization`\.', '([\w-]{1,60})'\)", text):
            yield Fact("quant.method", found[1], event.lines[0])


@reader("Only bf16 high precision output types")
def read_scaled_mm(event: Event) -> Iterator[Fact]:
    """The one dtype that torch._scaled_mm gives back where each row has its scale."""
    yield Fact(SUPPORTED, "[torch.bfloat16]", event.lines[0])


@derived(PROPOSED)
def proposed_dtype(facts: Facts) -> str | None:
    """The one dtype that the method takes, or what vLLM then picks by itself."""
    taken = {name for name in re.findall(r"torch\.(\w+)", facts.text(SUPPORTED) or "") if "float" in name}
    if {"float16", "bfloat16"} <= taken:
        return "auto"
    return next((name for name in ("float16", "bfloat16", "float32") if name in taken), None)


@derived(LEAST_DOTTED)
def least(facts: Facts) -> str | None:
    """By the message, else by the method and the release."""
    number = _number(facts.text(LEAST)) or _least(facts)
    return _dotted(number) if number else None


@derived(HAS_DOTTED)
def has(facts: Facts) -> str | None:
    """By the message, else by the GPU that was named."""
    if number := _number(facts.text(HAS)):
        return _dotted(number)
    from vllm_doctor.model.gpus import find_gpu

    gpu = find_gpu(facts.text("gpu.name") or "")
    return f"{gpu.capability:.1f}" if gpu and gpu.capability and gpu.vendor == "nvidia" else None


@derived(TOO_OLD)
def gpu_too_old(facts: Facts) -> bool | None:
    """Needs a GPU that is known and a method of the table."""
    least_ = _least(facts)
    has_ = None if least_ is None else _number(facts.text(HAS_DOTTED))
    return None if least_ is None or has_ is None else has_ < least_


@derived(KERNEL_CHOICE)
def marlin_asked(facts: Facts) -> bool | None:
    """Marlin is taken by itself where it runs, so the name is never needed."""
    asked = facts.text("quant.asked")
    return None if asked is None else asked in _MARLIN


@derived(LATER)
def later_release(facts: Facts) -> str | None:
    """None where the release that runs is not known, or no later one is kinder to this GPU."""
    method = facts.text("quant.method") or _method(facts)
    running, has_ = _version(facts.text("vllm.version")), _number(facts.text(HAS_DOTTED))
    if running is None or has_ is None:
        return None
    for first, least_ in _CAPABILITY.get(method or "", ()):
        since = _version(first)
        if since and since > running and least_ <= has_:
            return first
    return None


@derived(CHECKPOINT)
def of_checkpoint(facts: Facts) -> bool | None:
    """By the config where it is known, else by the name, else by a method that only reads quantized weights."""
    method = facts.text("model.quant_method")
    if method is not None:
        return method != "none"
    if facts.text("quant.claim"):
        return True
    return True if facts.get("quant.needs_checkpoint_config") is True else None


@derived(REFUSED)
def dtype_refused(facts: Facts) -> bool | None:
    """Only for a method that --quantization names: one that vLLM picks by itself takes what the GPU computes in."""
    gone = _version(_HALF_ONLY.get(facts.text("quant.asked") or ""))
    running = None if gone is None else _version(facts.text("vllm.version"))
    if gone is None or running is None or running >= gone:
        return None
    dtype = facts.text("args.dtype") or "auto"
    used = facts.text("model.dtype") if dtype == "auto" else dtype
    return None if used is None else used in ("bfloat16", "float32", "float")


@derived(UNKNOWN)
def unknown_method(facts: Facts) -> str | None:
    """What --quantization or the checkpoint asks for, when no release that it may be has it."""
    method = _method(facts)
    if method is None:
        return None
    from vllm_doctor import vllm
    from vllm_doctor.model.methods import supported_since

    running = facts.text("vllm.version")
    if running is None:
        return None if supported_since(method) else method
    known = (*vllm.names("quantizations", running), *vllm.names("deprecated-quantizations", running))
    return method if known and not vllm.newer_than_table(running) and method not in known else None


@derived(PLUGIN)
def plugin(facts: Facts) -> str | None:
    """From 0.28.0 on bitsandbytes is a plugin (docs/features/quantization/bnb.md)."""
    return "vllm-bnb-plugin" if facts.text(UNKNOWN) == "bitsandbytes" and facts.text(UNTIL) else None


def _unknown(facts: Facts) -> str | None:
    return facts.text("quant.method") or facts.text(UNKNOWN)


@derived(SINCE)
def since(facts: Facts) -> str | None:
    """None for a name that no release has."""
    from vllm_doctor.model.methods import supported_since

    found = supported_since(_unknown(facts) or "")
    return found[0] if found else None


@derived(UNTIL)
def until(facts: Facts) -> str | None:
    """None for a method that the newest release of the table still has."""
    from vllm_doctor.model.methods import supported_since

    found = supported_since(_unknown(facts) or "")
    return found[1] if found else None


@derived(UPGRADE)
def upgrade_to(facts: Facts) -> str | None:
    """Only where the release that runs is known and older than the method."""
    first, running = facts.text(SINCE), facts.text("vllm.version")
    found, now = _version(first), _version(running)
    return first if found and now and now < found and facts.text(UNTIL) is None else None


@derived(MEANT)
def meant(facts: Facts) -> str | None:
    """A method of this release that is much like the unknown one, where one stands out."""
    from vllm_doctor import vllm
    from vllm_doctor.facts.meant_values import nearest_choice

    wrong = facts.text("quant.asked")
    if wrong in (None, "none") or wrong != _unknown(facts) or facts.text(SINCE):
        return None
    release = facts.text("vllm.version") or vllm.releases()[-1]
    known = vllm.names("quantizations", release)
    plain = {re.sub(r"[-_ .]", "", name): name for name in known}
    whole = plain.get(re.sub(r"[-_ .]", "", str(wrong))) or nearest_choice(str(wrong), known)
    # awq_gemm, gptq_exllama, fp8_e4m3: a method with the name of one of its kernels or formats
    return whole or max(
        (name for name in known if re.match(re.escape(name) + "[-_]", str(wrong))), key=len, default=None
    )
