"""Whether a launch fits its GPU, in figures and words, with the commands that would."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from vllm_doctor.engine.repair import Workbench, edited
from vllm_doctor.engine.rule_parts import EditSpec
from vllm_doctor.finding import Fix
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.facts.sum import Sum
    from vllm_doctor.facts.ways import Price, Way
    from vllm_doctor.model.gpus import Gpu
    from vllm_doctor.model.settings import Memory

MEASURED = (("NVIDIA H200", "0.24"),)
"""The GPUs, and the vLLM release, with which launches were measured (tests/model/data/memory.json)."""

_PRICES: dict[str, dict[Price, str]] = {
    "en": {
        "share": "takes {more} GiB more of the GPU",
        "batch": "{batch}",
        "eager": "no CUDA graphs: every step is slower",
        "length": "requests longer than {length:,} tokens are refused",
        "cache": "the KV cache at eight bit: a little quality",
        "precision": "weights made FP8 while loading: a little quality",
        "four-bit": "weights made four bit while loading: some quality and speed; needs the bitsandbytes package",
        "gpus": "{gpus} GPUs in place of {before}",
        "offload": "{offload:g} GiB of weights stay in host memory: many times slower",
    },
    "zh": {
        "share": "多占 {more} GiB 显存",
        "batch": "{batch}",
        "eager": "不用 CUDA 图：每一步都更慢",
        "length": "超过 {length:,} 个 token 的请求会被拒绝",
        "cache": "KV 缓存为 8 位：质量略降",
        "precision": "加载时把权重转为 FP8：质量略降",
        "four-bit": "加载时把权重转为 4 位：质量与速度有所下降；需要 bitsandbytes 包",
        "gpus": "用 {gpus} 张 GPU，而不是 {before} 张",
        "offload": "{offload:g} GiB 权重留在内存：慢很多",
    },
}
_BATCH = {
    "en": ("long prompts are computed in smaller steps", "fewer requests run at once"),
    "zh": ("长提示词分更小的步计算", "同时运行的请求更少"),
}
_SAID = {
    "en": {
        "needs": "{need:.1f} GiB of each GPU for a request of {length:,} tokens; the launch may use {budget:.1f} GiB.",
        "asks": "The launch asks for {asked} GPUs; there are {there}.",
        "gpus": "--tensor-parallel-size {gpus}: over {gpus} such GPUs it fits.",
        "card": "A larger GPU: {card} ({gib:g} GiB) is the smallest on which it fits as it is.",
        "checkpoint": "A quantized checkpoint of the model (AWQ, GPTQ, FP8), where there is one.",
        "check": "needs {need:.1f} of {budget:.1f} GiB",
    },
    "zh": {
        "needs": "一个 {length:,} token 的请求在每张 GPU 上需要 {need:.1f} GiB；本次启动可用 {budget:.1f} GiB。",
        "asks": "启动需要 {asked} 张 GPU；现有 {there} 张。",
        "gpus": "--tensor-parallel-size {gpus}：用 {gpus} 张这样的 GPU 就放得下。",
        "card": "更大的 GPU：{card}（{gib:g} GiB）是放得下的最小型号。",
        "checkpoint": "若有，使用该模型的量化版本（AWQ、GPTQ、FP8）。",
        "check": "需要 {budget:.1f} GiB 中的 {need:.1f} GiB",
    },
}


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a launch fits one of its GPUs (the fullest), GiB each.

    The figures are None where the weights are not known; `fits` is then "unknown" and `missing` says what is
    missing. `kv_cache_gib` is what is left for the cache, negative where weights and activations alone are too
    much. `margin_gib` is what remains above the cache that one request of `max_model_len` needs. `measured` is true
    where launches of this GPU and release were measured. `fixes` make it fit, the least first.
    """

    weights_gib: float | None = None
    activation_gib: float | None = None
    cuda_graph_gib: float | None = None
    overhead_gib: float | None = None
    kv_cache_gib: float | None = None
    budget_gib: float | None = None
    kv_cache_tokens: int | None = None
    fits: Literal["yes", "tight", "no", "unknown"] = "unknown"
    margin_gib: float | None = None
    longest_max_model_len: int | None = None
    assumptions: tuple[str, ...] = ()
    max_model_len: int | None = None
    kv_needed_gib: float | None = None
    concurrency: float | None = None
    model: str | None = None
    vllm_version: str | None = None
    gpu: str = ""
    gpu_total_gib: float = 0.0
    gpus: int = 1
    gpu_memory_utilization: float | None = None
    measured: bool = False
    fixes: tuple[Fix, ...] = ()
    needs: str | None = None
    options: tuple[str, ...] = field(default_factory=tuple)
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What would make a launch fit: ways, the GPUs over which it would, the smallest card that would do."""

    ways: tuple[Way, ...] = ()
    gpus: int | None = None
    card: Gpu | None = None
    there: int | None = None
    """How many GPUs there are, where that was said."""


def fit_of(found: Sum, offer: Offer, bench: Workbench, model: str | None) -> Fit:
    """The answer for a sum; the launch and its releases are the bench's."""
    memory, settings = found.memory, found.settings
    asked = settings.tensor_parallel * settings.pipeline_parallel * settings.data_parallel
    short = offer.there is not None and asked > offer.there
    fixes = () if short else tuple(fix for way in offer.ways if (fix := _fix(way, found, bench)))
    fits = "no" if short else memory.fits
    return Fit(
        **_figures(memory),
        fits=fits,
        assumptions=memory.assumptions,
        model=model,
        vllm_version=settings.release,
        gpu=found.gpu.name,
        gpu_total_gib=found.gpu.gib,
        gpus=asked,
        gpu_memory_utilization=settings.gpu_memory_utilization,
        measured=any(name == found.gpu.name and settings.release.startswith(at) for name, at in MEASURED),
        fixes=fixes,
        needs=_needs(found, offer, bench.language, short) if fits == "no" and not fixes else None,
        options=_options(found, offer, bench.language) if fits == "no" and not short else (),
        missing=memory.assumptions[0] if memory.fits == "unknown" and memory.assumptions else None,
    )


def _figures(memory: Memory) -> dict[str, Any]:
    """The sum's figures, rounded as vLLM logs them; none where the weights are not known."""
    if memory.fits == "unknown":
        return {}
    names = ("weights", "activation", "cuda_graph", "overhead", "kv_cache", "budget", "margin", "kv_needed")
    figures: dict[str, Any] = {f"{name}_gib": round(getattr(memory, f"{name}_gib"), 2) for name in names}
    tokens, length = memory.kv_cache_tokens, memory.max_model_len
    return figures | {
        "kv_cache_tokens": tokens,
        "longest_max_model_len": memory.longest_max_model_len,
        "max_model_len": length,
        "concurrency": round(tokens / length, 2) if length else None,
    }


def needed_gib(memory: Memory) -> float:
    """What a launch needs of a GPU's share: all beside the cache, and one request of full length."""
    return memory.budget_gib - memory.margin_gib


def _fix(way: Way, before: Sum, bench: Workbench) -> Fix | None:
    """A way as a fix of the launch; None where a release of the set rejects the new command."""
    memory = way.found.memory
    edits = [EditSpec("set", flag, to) for flag, to in way.changes]
    check = _SAID[bench.language]["check"].format(need=needed_gib(memory), budget=memory.budget_gib)
    return edited(Fix(effect=way.effect, why=_price(way, before, bench.language), checks=(check,)), edits, bench)


def _price(way: Way, before: Sum, language: str) -> str:
    memory, settings = way.found.memory, way.found.settings
    smaller_steps = settings.max_num_batched_tokens < before.settings.max_num_batched_tokens
    figures = {
        "more": f"{memory.budget_gib - before.memory.budget_gib:.1f}",
        "batch": _BATCH[language][0 if smaller_steps else 1],
        "length": memory.max_model_len,
        "gpus": settings.tensor_parallel * settings.pipeline_parallel,
        "before": before.settings.tensor_parallel * before.settings.pipeline_parallel,
        "offload": settings.cpu_offload_gib,
    }
    joint = "；" if language == "zh" else "; "
    return joint.join(_PRICES[language][price].format(**figures) for price in way.prices)


def _needs(found: Sum, offer: Offer, language: str, short: bool) -> str:
    memory, settings = found.memory, found.settings
    if short:
        asked = settings.tensor_parallel * settings.pipeline_parallel * settings.data_parallel
        return _SAID[language]["asks"].format(asked=asked, there=offer.there)
    return _SAID[language]["needs"].format(
        need=needed_gib(memory), length=memory.max_model_len, budget=memory.budget_gib
    )


def _options(found: Sum, offer: Offer, language: str) -> tuple[str, ...]:
    said: Sequence[tuple[str, object]] = (
        ("gpus", offer.gpus),
        ("card", offer.card),
        ("checkpoint", found.config.quantization is None and found.settings.quantization is None),
    )
    figures = {
        "gpus": offer.gpus,
        "card": offer.card.name if offer.card else "",
        "gib": offer.card.gib if offer.card else 0,
    }
    return tuple(_SAID[language][key].format(**figures) for key, known in said if known)
