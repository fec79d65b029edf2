"""The memory sum of a start as the log tells it: the card, the share asked for, and what each part took."""

from __future__ import annotations

import re
from math import ceil, floor
from typing import TYPE_CHECKING

from vllm_doctor.facts import oom
from vllm_doctor.facts.asked import asked_number, gpus_per_replica
from vllm_doctor.facts.fit import BUDGET as FIT_BUDGET
from vllm_doctor.facts.fit import KV_AVAILABLE as FIT_KV
from vllm_doctor.facts.fit import WEIGHTS as FIT_WEIGHTS
from vllm_doctor.facts.types import Fact, Facts, declare, derived, parse, reader
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vllm_doctor.log.types import Event, Line

TOTAL = declare("memory.total_gib", "gib", "memory of one GPU", "first")
LEAST = declare("memory.least_total_gib", "gib", "what the GPU has at the least, where its memory is unknown")
FREE = declare("memory.free_gib", "gib", "what was free on the GPU when the start began", "min")
UTILIZATION = declare("memory.utilization", "float", "the share of the GPU asked for, gpu_memory_utilization", "first")
BUDGET = declare("memory.budget_gib", "gib", "that share in GiB", "first")
WEIGHTS = declare("memory.weights_gib", "gib", "what the loaded weights took of one GPU", "max")
NON_TORCH = declare("memory.non_torch_gib", "gib", "what was taken outside torch (NCCL, contexts)", "max")
ACTIVATIONS = declare("memory.activations_gib", "gib", "what the profile run took at its peak", "max")
GRAPHS = declare("memory.graphs_gib", "gib", "what the captured CUDA graphs took", "max")
KV = declare("memory.kv_gib", "gib", "what was left for the KV cache; may be negative", "min")
REST = declare("memory.rest_gib", "gib", "activations and all else: the budget less weights and KV cache")
USED = declare("memory.used_gib", "gib", "what everything but the KV cache takes of one GPU")
NEED_BY_NAME = declare("memory.weights_need_gib", "gib", "the weights per GPU by the model's config, files or name")
BY_NAME = declare("memory.weights_by_name", "flag", "the weights' size is guessed from the model's name")
PARAMETERS = declare("memory.parameters", "text", "the parameters that the model's name claims, in billions: 24B")
HELD = declare("memory.held_gib", "gib", "what others held of the GPU when the start began")
NODE = declare("memory.node", "id", "the node of host memory that the CPU backend runs on")
ATTENTION = declare("gpu.flash_attention", "int", "the version of FlashAttention; 3 runs on Hopper only", "first")
FP8_KV = declare("gpu.runs_fp8_kv", "flag", "whether the GPU computes attention with an eight-bit KV cache")

RESERVE = 0.3
"""GiB beside a sum: what two starts of one command differ by."""

_GIB = r"(-?[\d.]{1,20})"
# vllm/v1/worker/{gpu_worker,utils}.py, 0.9.1 to 0.33.0; `on startup.` (0.10.2 on) is said of a good start
_STARTUP = pattern(
    rf"Free memory on device (?:\S{{1,40}} )?\({_GIB}/{_GIB} GiB\) on startup"
    r"(?: is less than desired GPU memory utilization|\. Desired GPU memory utilization is"
    r"| is less than the engine's budget after excluding external process's weights)"
    rf" \({_GIB}, {_GIB} GiB\)"
)
# vllm/v1/worker/cpu_worker.py, 0.20.0 to 0.33.0: the share is one of a node's memory there
_NODE = pattern(
    rf"Available memory on node (\d{{1,4}}) \({_GIB}/{_GIB} GiB\) on"
    rf" (?:startup is less than desired CPU memory utilization \({_GIB}, {_GIB} GiB\)"
    rf"|kv cache allocation is less than requested memory for kv \({_GIB}/{_GIB} GiB\))"
)
# vllm/worker/worker.py, 0.6.5 to 0.10.2
_SHARE = pattern(rf"total_gpu_memory \({_GIB}GiB\) x gpu_memory_utilization \({_GIB}\) = {_GIB}GiB")
_PARTS = (
    (WEIGHTS, pattern(rf"model weights take {_GIB}GiB")),
    (NON_TORCH, pattern(rf"non_torch_memory takes {_GIB}GiB")),
    (ACTIVATIONS, pattern(rf"PyTorch activation peak memory takes {_GIB}GiB")),
    (KV, pattern(rf"the rest of the memory reserved for KV Cache is {_GIB}GiB")),
)
# vllm/worker/worker.py, 0.6.4
_RESULTS = (
    (TOTAL, pattern(rf"Memory profiling results: total_gpu_memory={_GIB}GiB")),
    (KV, pattern(rf"Memory profiling results: .{{0,400}}kv_cache_size={_GIB}GiB")),
)
# vllm/worker/model_runner.py (0.4.1 to 0.9.2), vllm/v1/worker/gpu_model_runner.py and gpu/model_runner.py
_LOADED = pattern(rf"(?:Model loading|Loading model weights) took {_GIB} (?:GiB|GB)\b")
_LEFT = pattern(rf"Available KV cache memory: {_GIB} GiB")
_CAPTURED = pattern(rf"Graph capturing finished in \S{{1,12}} secs, took {_GIB} GiB")


@reader(
    "Free memory on device",
    "Available memory on node",
    "total_gpu_memory",
    "loading took",
    "model weights t",
    "Available KV cache memory",
    "Graph capturing finished",
)
def read_sum(event: Event) -> Iterator[Fact]:
    """What a record says of the card, the share and its parts."""
    text = " ".join(event.message[:4_000].split())
    if found := _STARTUP.search(text):
        yield from _facts(zip((FREE, TOTAL, UTILIZATION, BUDGET), found.groups(), strict=True), event)
    if found := _NODE.search(text):
        yield Fact(NODE, found[1], event.lines[0])
        names = (FREE, TOTAL, UTILIZATION, BUDGET, KV, BUDGET)
        yield from _facts([(name, said) for name, said in zip(names, found.groups()[1:], strict=True) if said], event)
    if found := _SHARE.search(text):
        yield from _facts(zip((TOTAL, UTILIZATION, BUDGET), found.groups(), strict=True), event)
    for name, words in (*_PARTS, *_RESULTS, (WEIGHTS, _LOADED), (KV, _LEFT), (GRAPHS, _CAPTURED)):
        if found := words.search(text):
            yield from _facts([(name, found[1])], event)


def _facts(pairs: Iterable[tuple[str, str]], event: Event) -> Iterator[Fact]:
    for name, text in pairs:
        value = parse("float", text)
        if value is not None:
            yield Fact(name, value, line_of(event, text))


def line_of(event: Event, words: str) -> Line:
    """The line of an event that holds some words; its first one where they stand on none."""
    return next((line for line in event.lines if words in line.text), event.lines[0])


@derived(TOTAL)
def total(facts: Facts) -> float | None:
    """The card by its out-of-memory sentence, or as given."""
    return facts.number(oom.TOTAL) or facts.number("gpu.total_gib")


@derived(LEAST)
def least_total(facts: Facts) -> float | None:
    """The card, or what it has at the least: its share held the weights, and what was left for the cache."""
    known = facts.number(TOTAL)
    parts = [facts.number(name) for name in (WEIGHTS, KV, UTILIZATION)]
    if known is not None or None in parts:
        return known
    loaded, left, share = (part or 0.0 for part in parts)
    return round((loaded + left) / share, 2) if share and loaded + left > 0 else None


@derived(FREE)
def free(facts: Facts) -> float | None:
    """What was free, as given, or what another process left."""
    others = facts.number(oom.OTHER)
    if others and (card := facts.number(TOTAL)):
        return round(card - others, 2)
    return facts.number("gpu.free_gib")


@derived(HELD)
def held(facts: Facts) -> float | None:
    """What was not free at the start."""
    card, left = facts.number(TOTAL), facts.number(FREE)
    return round(card - left, 2) if card is not None and left is not None else None


@derived(UTILIZATION)
def utilization(facts: Facts) -> float | None:
    """The share as given, or the release's default."""
    return asked_number(facts, "gpu_memory_utilization") or facts.number("gpu.memory_utilization")


@derived(BUDGET)
def budget(facts: Facts) -> float | None:
    """The share of the card in GiB."""
    card, share = facts.number(TOTAL), facts.number(UTILIZATION)
    return facts.number(FIT_BUDGET) or (round(card * share, 2) if card and share else None)


@derived(WEIGHTS)
def weights(facts: Facts) -> float | None:
    """The loaded weights, where another reader has them."""
    return facts.number("weights.gib")


@derived(KV)
def kv(facts: Facts) -> float | None:
    """By the memory sum."""
    return facts.number(FIT_KV)


@derived(REST)
def rest(facts: Facts) -> float | None:
    """What the budget holds beside weights and KV cache, when that is something."""
    parts = [facts.number(name) for name in (BUDGET, WEIGHTS, KV)]
    if None in parts:
        return None
    left = round(parts[0] - parts[1] - parts[2], 2)  # type: ignore[operator]
    return left if left > 0 else None


@derived(USED)
def used(facts: Facts) -> float | None:
    """The budget less the KV cache, or the parts added up; None when only the weights are known."""
    share, left = facts.number(BUDGET), facts.number(KV)
    if share is not None and left is not None:
        return round(share - left, 2)
    parts = [facts.number(name) for name in (WEIGHTS, NON_TORCH, ACTIVATIONS)]
    return round(sum(part for part in parts if part), 2) if parts[0] and parts[2] else None


@derived(NEED_BY_NAME)
def weights_need(facts: Facts) -> float | None:
    """Weights per GPU: by the config's sum, else the files, else two bytes for each parameter of the name."""
    by_sum = facts.number(FIT_WEIGHTS)
    if by_sum is not None:
        return by_sum
    files, named = facts.number("model.weights_gib"), facts.number("model.parameters_in_name")
    split = gpus_per_replica(facts)
    if files:
        return round(files / split, 2)
    if (
        not named
        or quantization_asked(facts) != "none"
        or facts.text("model.name_says_quantized") not in (None, "none")
    ):
        return None
    width = 4 if str(facts.text("args.dtype")).removeprefix("torch.") in ("float32", "float") else 2
    return round(named * width / 2**30 / split, 2)


@derived(PARAMETERS)
def parameters(facts: Facts) -> str | None:
    """In billions, as names say it."""
    named = facts.number("model.parameters_in_name")
    return f"{named / 1e9:g}B" if named else None


@derived(BY_NAME)
def weights_by_name(facts: Facts) -> bool:
    """Whether nothing but the name tells how large the weights are."""
    return NEED_BY_NAME in facts and FIT_WEIGHTS not in facts and "model.weights_gib" not in facts


def quantization_asked(facts: Facts) -> str:
    """The quantization of the launch or of the engine's config line, in small letters; "none" without one."""
    return (facts.text("args.quantization") or facts.text("config.quantization") or "none").lower()


def up(share: float) -> float:
    """A share of the card rounded up to 0.01."""
    return ceil(round(share * 100, 6)) / 100


def down(share: float) -> float:
    """A share of the card rounded down to 0.01."""
    return floor(round(share * 100, 6)) / 100


# Compute capability 8.9 and later (NVIDIA Ada, Hopper, Blackwell); AMD CDNA 3 and later
_FP8_GPUS = pattern(
    r"\b(?:H100|H200|H20|H800|GH200|L4|L40S?|L20|B100|B200|B300|GB200|GB300|MI3\d\d\w?"
    r"|RTX (?:40|50)\d\d|RTX (?:PRO )?\d{4} (?:Ada|Blackwell))\b"
)


@reader("Using FlashAttention version ")
def read_attention(event: Event) -> Iterator[Fact]:
    """vllm/v1/attention/backends/flash_attn.py (0.17.0 to 0.33.0)."""
    if found := re.search(r"Using FlashAttention version (\d)\b", event.message):
        yield Fact(ATTENTION, int(found[1]), event.lines[0])


@derived(FP8_KV)
def runs_fp8_kv(facts: Facts) -> bool | None:
    """By the GPU's name, or by the kernels that it runs."""
    name = facts.text("gpu.name")
    if facts.number(ATTENTION) == 3:
        return True
    return bool(_FP8_GPUS.search(name)) if name else None
