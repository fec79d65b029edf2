"""The attention backend that was asked for, and why none of them, or not that one, takes this model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

BACKEND = declare("attention.backend", "text", "the attention backend that was asked for or taken")
REASON = declare("attention.reason", "text", "why it is refused, as the message says")
REFUSED_FOR = declare("attention.refused_for", "text", "kv-cache-dtype where that alone stands in the way, else other")
HEAD = declare("attention.head_size", "int", "the head size that is not supported")
SIZES = declare("attention.head_sizes", "text", "the head sizes that are")
MEANT = declare("attention.meant", "text", "the backend of this release that was meant, where the name is another's")
UNKNOWN = declare("attention.unknown", "text", "a backend that the launch names and this release does not have")
IN_ENV = declare("attention.by_variable", "flag", "whether VLLM_ATTENTION_BACKEND names it")
NEEDED = declare("attention.needed", "text", "the backend of this release that has what the model needs")
WAS_ASKED = declare("attention.was_asked", "flag", "whether the backend was named by the launch, not chosen by vLLM")
SINKS = declare("attention.lacks_sinks", "flag", "whether the model's attention sinks are what no backend here has")
KV = declare("attention.kv_dtype", "text", "the KV-cache dtype that no backend, or not this one, takes")
NEWER = declare("attention.needs_newer_gpu", "flag", "whether Triton says that the GPU lacks the kernel's fp8 type")
OLD_GPU = declare("attention.old_gpu_for_fp8", "flag", "whether the GPU cannot compute in the eight-bit float of fp8")

# vllm/v1/attention/backends/registry.py and before: names that moved with the engines
_RENAMED = {
    "FLASH_ATTN_VLLM_V1": "FLASH_ATTN", "FLASHINFER_VLLM_V1": "FLASHINFER", "TRITON_ATTN_VLLM_V1": "TRITON_ATTN",
    "FLASHMLA_VLLM_V1": "FLASHMLA", "TRITON_MLA_VLLM_V1": "TRITON_MLA", "CUTLASS_MLA_VLLM_V1": "CUTLASS_MLA",
    "FLASH_ATTENTION": "FLASH_ATTN", "FLASHATTN": "FLASH_ATTN", "FLASH_ATTENTION_2": "FLASH_ATTN",
    "FLASH_ATTN_2": "FLASH_ATTN", "FLASH_ATTN_3": "FLASH_ATTN", "FLASH3": "FLASH_ATTN", "FA2": "FLASH_ATTN",
    "FA3": "FLASH_ATTN", "TRITON": "TRITON_ATTN", "SDPA": "TORCH_SDPA", "FLEX": "FLEX_ATTENTION",
    "FLASH_INFER": "FLASHINFER",
}  # fmt: skip
_ALL = pattern(r"Reasons: \{(.{1,8000}?)\}(?:\.|$|\s)")
_ONE = pattern(r"(?P<name>[A-Z][A-Z0-9_]{2,60}): \[(?P<why>[^\]]{0,400})\]")
_SELECTED = pattern(
    r"Selected backend (?:AttentionBackendEnum\.)?(?P<name>\w{2,60}) is not valid for this configuration\. "
    r"Reason: \[(?P<why>[^\]]{0,400})\]"
)
_CONFIGURED = pattern(r"kv_cache_dtype=['\"]?(?P<kv>[\w]{2,30})")


@reader("No valid attention backend found", "Selected backend", "not valid for this configuration")
def read_reasons(event: Event) -> Iterator[Fact]:
    """Backends and their reasons (vllm/platforms/cuda.py get_attn_backend_cls, 0.11.1 to 0.33.0)."""
    text, line = " ".join(event.message.split()), event.lines[0]
    if found := _CONFIGURED.search(text):
        yield Fact(KV, found["kv"], line)
    if found := _SELECTED.search(text):
        why = found["why"].replace("'", "").replace('"', "")
        yield Fact(BACKEND, found["name"], line)
        yield Fact(REASON, why, line)
        yield Fact(REFUSED_FOR, "kv-cache-dtype" if why.strip() == "kv_cache_dtype not supported" else "other", line)
        return
    if found := _ALL.search(text):
        reasons = [one["why"] for one in _ONE.finditer(found[1])]
        every = bool(reasons) and all("kv_cache_dtype not supported" in why for why in reasons)
        yield Fact(REFUSED_FOR, "kv-cache-dtype" if every else "other", line)
        if reasons and len(set(reasons)) == 1:
            yield Fact(REASON, reasons[0], line)


_NAMED = (
    "Unknown attention backend",
    "Invalid attention backend",
    "for VLLM_ATTENTION_BACKEND",
    "VLLM_ATTENTION_BACKEND is set to",
    "Selected backend",
    "backend now",
)


@reader(*_NAMED)
def read_asked(event: Event) -> Iterator[Fact]:
    """Refusals that only a backend meets that was asked for."""
    yield Fact(WAS_ASKED, True, event.lines[0])


@derived(WAS_ASKED)
def was_asked(facts: Facts) -> bool | None:
    """By the launch, where no message tells."""
    return True if _asked(facts) else None


@reader("Please use Flashinfer backend", "Sinks are only supported")
def read_needed(event: Event) -> Iterator[Fact]:
    """Gemma 2's capped logits (0.5.1 to 0.7.x), gpt-oss's attention sinks on GPUs without FlashAttention 3 (0.10)."""
    if "Please use Flashinfer backend" in event.message:
        yield Fact(NEEDED, "FLASHINFER", event.lines[0])
    if "Sinks are only supported in FlashAttention 3" in event.message:
        yield Fact("attention.lacks_sinks", True, event.lines[0])


@derived(NEEDED)
def needed(facts: Facts) -> str | None:
    """Triton's kernel has sinks; its name lost its ending in 0.11."""
    from vllm_doctor import vllm

    if facts.get(SINKS) is not True:
        return None
    known = vllm.names("attention-backends", _running(facts) or "0.11.0")
    return next((name for name in ("TRITON_ATTN", "TRITON_ATTN_VLLM_V1") if name in known), None)


@reader("not supported in this architecture")
def read_triton(event: Event) -> Iterator[Fact]:
    """Triton's refusal of e4m3 (fp8e4nv) where it has e5m2 (fp8e5)."""
    text = " ".join(event.message.split())
    if "type fp8e4nv not supported" in text and "'fp8e5'" in text:
        yield Fact(NEWER, True, event.lines[0])


@derived(IN_ENV)
def by_variable(facts: Facts) -> bool | None:
    """The variable counts up to 0.14.1; later releases do not read it."""
    return True if facts.text("env.VLLM_ATTENTION_BACKEND") else None


def _asked(facts: Facts) -> str | None:
    for name in ("args.attention_backend", "env.VLLM_ATTENTION_BACKEND"):
        if text := facts.text(name):
            return text
    return None


@derived(BACKEND)
def backend(facts: Facts) -> str | None:
    """What the launch asks for, where no message names it."""
    return _asked(facts)


def _running(facts: Facts) -> str | None:
    from vllm_doctor import vllm

    running = facts.text("vllm.version")
    return None if running is None or vllm.newer_than_table(running) else running


@derived(UNKNOWN)
def unknown(facts: Facts) -> str | None:
    """Needs the release; of a variable that the release does not read nothing is said."""
    from packaging.version import InvalidVersion, Version

    from vllm_doctor import vllm

    asked = _asked(facts)
    running = _running(facts) if asked is not None else None
    if running is None or asked is None:
        return None
    try:
        unread = "args.attention_backend" not in facts and Version(running) >= Version("0.15.0")
    except InvalidVersion:
        return None
    known = vllm.names("attention-backends", running)
    return asked if known and not unread and asked.upper() not in known else None


@derived(MEANT)
def meant(facts: Facts) -> str | None:
    """Another engine's or library's name for a backend that this release has."""
    from vllm_doctor import vllm
    from vllm_doctor.facts.meant_values import nearest_choice

    asked = facts.text(BACKEND)
    if asked is None:
        return None
    release = _running(facts) or vllm.releases()[-1]
    known = vllm.names("attention-backends", release)
    if asked.upper() in known:
        return None
    renamed = _RENAMED.get(asked.upper())
    return renamed if renamed in known else nearest_choice(asked.upper(), known)


@derived(KV)
def kv_dtype(facts: Facts) -> str | None:
    """`--kv-cache-dtype`, unless it is auto."""
    given = facts.text("args.kv_cache_dtype")
    return None if given in (None, "auto") else given


@derived(OLD_GPU)
def old_gpu_for_fp8(facts: Facts) -> bool | None:
    """By the GPU that was named: e4m3 needs Ada or Hopper, and before Ampere there is no kernel at all."""
    from vllm_doctor.model.gpus import find_gpu

    if not (facts.text(KV) or "").startswith("fp8"):
        return None
    gpu = find_gpu(facts.text("gpu.name") or "")
    return gpu.capability < 8.0 if gpu and gpu.vendor == "nvidia" and gpu.capability else None
