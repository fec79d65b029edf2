"""The memory sum of a launch as facts: what it needs of its GPU, and which failure that foretells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts import fit
from vllm_doctor.facts.settings import draft_name, drafts_itself, fits_itself, settings_of
from vllm_doctor.facts.types import Fact, Facts
from vllm_doctor.model.gpus import Gpu, find_gpu
from vllm_doctor.model.memory import estimate
from vllm_doctor.model.runner import counts_graphs, runner
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.model.settings import LaunchSettings, Memory
    from vllm_doctor.model.shape import ModelConfig

DOUBT = 0.25
"""GiB by which a sum can be too high (`model.memory` and `activation.COMPILED`): a failure is foretold above it."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A launch's memory with what it was reckoned from. `assumed` is true where no release is known."""

    memory: Memory
    settings: LaunchSettings
    config: ModelConfig
    gpu: Gpu
    assumed: bool = False


def memory_sum(
    facts: Facts,
    config: ModelConfig,
    gpu: Gpu,
    releases: Sequence[str],
    draft: ModelConfig | None = None,
) -> Sum:
    """The memory of a launch in the newest of the releases that it may run in (of the table, for none)."""
    release = releases[-1] if releases else vllm.releases()[-1]
    settings = settings_of(facts, config, gpu, release, draft)
    memory = estimate(config, settings, gpu)
    if memory.margin_gib < 0 and settings.engine == "V0" and settings.max_num_batched_tokens >= memory.max_model_len:
        memory = replace(memory, longest_max_model_len=_longest_whole(facts, Sum(memory, settings, config, gpu)))
    if fits_itself(facts) and memory.longest_max_model_len:
        settings = replace(settings, max_model_len=memory.longest_max_model_len)
        memory = estimate(config, settings, gpu)
        roomy = memory.kv_cache_gib >= memory.kept_gib
        memory = replace(memory, fits="yes" if roomy else "tight")  # whatever is left is taken
    said = [*memory.assumptions, *_assumptions(facts, config, draft)]
    assumed = len(releases) != 1
    if assumed:
        why = "No vLLM release is known" if releases else "This vLLM release is newer than those known"
        said.append(f"{why}: reckoned for {release}.")
    return Sum(replace(memory, assumptions=tuple(said)), settings, config, gpu, assumed)


def _longest_whole(facts: Facts, found: Sum) -> int:
    """The longest request where a step holds a whole prompt (V0): a shorter one needs smaller activations, too."""
    low, high = 0, found.memory.max_model_len
    while high - low > 1:
        middle = (low + high) // 2
        shorter = facts.having((Fact("args.max_model_len", middle),))
        settings = settings_of(shorter, found.config, found.gpu, found.settings.release)
        low, high = (middle, high) if estimate(found.config, settings, found.gpu).margin_gib >= 0 else (low, middle)
    return low


def _assumptions(facts: Facts, config: ModelConfig, draft: ModelConfig | None) -> Iterator[str]:
    if draft_name(facts) and draft is None:
        yield "The draft model of the speculative decoding is not known and left out."
    elif drafts_itself(facts) and config.files.tensors is None:
        yield "The weights of the model's own draft layers are left out."


def of_sum(found: Sum) -> Iterator[Fact]:
    """The sum of a launch that was not run, and the failure that it foretells, if any."""
    memory = found.memory
    if not memory.weights_gib:
        return
    yield from _need(found)
    yield Fact("gpu.memory_utilization", found.settings.gpu_memory_utilization)
    yield Fact(fit.REST, round(_rest(found), 2))
    yield Fact(fit.BUDGET, round(memory.budget_gib, 2))
    yield Fact(fit.KV_AVAILABLE, round(memory.kv_cache_gib, 2))
    if memory.longest_max_model_len:
        yield Fact(fit.LONGEST, memory.longest_max_model_len)
    if found.assumed:
        yield Fact(fit.ASSUMED, found.settings.release)
    failure = foretold(found)
    if failure:
        yield Fact(fit.LACKING, round(-memory.margin_gib, 2))
        if failure == fit.WEIGHTS_EXCEED:
            yield Fact(fit.WEIGHTS, round(memory.loading_gib, 2))
        yield Fact(failure, True)


def _need(found: Sum) -> Iterator[Fact]:
    yield Fact(fit.WEIGHTS, round(found.memory.weights_gib, 2))
    yield Fact(fit.MAX_LEN, found.memory.max_model_len)
    yield Fact(fit.KV_NEEDED, round(found.memory.kv_needed_gib, 2))


def _rest(found: Sum) -> float:
    """What the budget holds beside weights and cache."""
    memory, settings = found.memory, found.settings
    kind = runner(found.config, settings.release, settings.engine)
    counted = counts_graphs(kind, settings.release, found.gpu.vendor)
    return memory.activation_gib + memory.overhead_gib + (memory.cuda_graph_gib if counted else 0.0)


def foretold(found: Sum) -> str | None:
    """The fact of the failure that the sum foretells, by the step at which vLLM meets it; None for none.

    Weights are not held to the share while they are loaded: only a card that is too small stops that.
    """
    memory, card = found.memory, found.gpu.gib
    if memory.loading_gib + memory.overhead_gib > card:
        return fit.WEIGHTS_EXCEED
    if found.config.encoder_only or memory.margin_gib >= -DOUBT:
        return None
    if memory.weights_gib + memory.overhead_gib + memory.activation_gib > card:
        return fit.PROFILE_EXCEEDS
    return fit.NO_KV if memory.kv_cache_gib <= 0 else fit.KV_TOO_SMALL


def of_log(facts: Facts, config: ModelConfig, gpu: Gpu | None, releases: Sequence[str]) -> Iterator[Fact]:
    """What the model's config adds to a log: what was needed, and the longest request for what the log has left.

    What would have failed is not foretold here: the log tells what did.
    """
    card = gpu or _shown_gpu(facts)
    left = facts.number("kv_cache.free_gib")
    told = facts if "args.max_model_len" in facts else facts.having(_length(facts))
    found = memory_sum(told, config, card or Gpu("", 0.0), releases)
    if not found.memory.weights_gib:
        return
    yield from _need(found)
    if left is not None and left > 0:
        settings = replace(found.settings, kv_cache_memory_bytes=int(left * 2**30))
        roomy = replace(found.gpu, gib=max(found.gpu.gib, 4 * (found.memory.weights_gib + left)))
        longest = estimate(config, settings, roomy).longest_max_model_len
        if longest:
            yield Fact(fit.LONGEST, longest)


def _length(facts: Facts) -> tuple[Fact, ...]:
    length = facts.number("kv_cache.max_len")
    return (Fact("args.max_model_len", int(length)),) if length else ()


def _shown_gpu(facts: Facts) -> Gpu | None:
    """The GPU by its name or its memory in the log."""
    name, total = facts.text("gpu.name"), facts.number("memory.total_gib")
    known = find_gpu(name) if name else None
    if known is not None:
        return replace(known, gib=total or known.gib)
    return Gpu(name or f"{total:g} GiB GPU", total, source="measured") if total else None
