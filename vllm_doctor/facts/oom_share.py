"""Whose memory was missing: of this launch, or of another process on the same GPU; and what would fit."""

from __future__ import annotations

from math import ceil

from vllm_doctor.facts import gpu_memory, oom
from vllm_doctor.facts.asked import gpus_per_replica
from vllm_doctor.facts.fit import WEIGHTS as FIT_WEIGHTS
from vllm_doctor.facts.fit import WEIGHTS_EXCEED as FIT_EXCEED
from vllm_doctor.facts.oom_phase import PHASE
from vllm_doctor.facts.types import Facts, declare, derived

HELD_BY = declare("oom.held_by", "text", "who holds what was missing: other (another process), or own (this launch)")
MISSING = declare("oom.missing_gib", "gib", "what was asked for less what was free")
FRAGMENTED = declare("oom.fragmented", "flag", "torch had reserved more than was asked for, in pieces too small")
EXCEED = declare("oom.weights_exceed_budget", "flag", "the weights alone are larger than the share of one GPU")
NEED_EXCEEDS = declare("oom.need_exceeds_budget", "flag", "the size of the weights is known and is larger")
FULL = declare("oom.weights_exceed_card", "flag", "the weights alone do not fit one whole GPU")
GPUS = declare("oom.gpus_needed", "int", "the GPUs (a power of two) over which the weights fit the share")
OFFLOAD = declare("oom.offload_gib", "int", "GiB, the part of the weights that would have to stay in host memory")
CAPACITY = declare(
    "oom.four_bit_gib", "gib", "the weights per GPU at four bit with group scales, by their size at sixteen"
)

FITTING = declare("oom.fitting_utilization", "float", "a gpu_memory_utilization that holds the weights")

LEAST_OTHER = 1.0
"""GiB from which another process counts: the contexts of a launch's own ranks take less."""
FILL = 0.85
"""Of the share, what weights may take so that activations and some KV cache still fit."""
FOUR_BIT = 0.3
"""Of sixteen bit: four bit, scales and zero points per 128, and embeddings that stay as they are."""


@derived(MISSING)
def missing(facts: Facts) -> float | None:
    """What was asked for less what was free."""
    tried, free = facts.number(oom.TRIED), facts.number(oom.FREE)
    return round(max(0.0, tried - free), 6) if tried is not None and free is not None else None


@derived(HELD_BY)
def held_by(facts: Facts) -> str | None:
    """Another process, when it holds what was missing and this launch had not yet taken its own share.

    Before anything is loaded (phase "device") a full card is always another's.
    """
    if oom.DEVICE not in facts:
        return None
    if facts.text(PHASE) == "device":
        return "other"
    other, lacking = facts.number(oom.OTHER) or 0.0, facts.number(MISSING)
    if lacking is None or other < max(lacking, LEAST_OTHER) or facts.get(EXCEED):
        return "own"
    return "own" if _above_share(facts) else "other"


def _above_share(facts: Facts) -> bool:
    own, share = facts.number(oom.OWN), facts.number(gpu_memory.BUDGET)
    return own is not None and share is not None and own + (facts.number(oom.TRIED) or 0.0) > share


@derived(EXCEED)
def exceed(facts: Facts) -> bool | None:
    """By the memory sum, by the weights' size, or because loading had passed the share already."""
    by_sum = facts.get(FIT_EXCEED)
    if by_sum is not None:
        return bool(by_sum)
    if facts.get(NEED_EXCEEDS):
        return True
    return True if facts.text(PHASE) == "weights" and _above_share(facts) else None


@derived(NEED_EXCEEDS)
def need_exceeds(facts: Facts) -> bool | None:
    """By the size of the weights alone."""
    need, share = facts.number(gpu_memory.NEED_BY_NAME), facts.number(gpu_memory.BUDGET)
    return need > share if need is not None and share is not None else None


@derived(FULL)
def exceed_card(facts: Facts) -> bool | None:
    """Whether no share of one GPU can hold the weights."""
    need, card = facts.number(gpu_memory.NEED_BY_NAME), facts.number(gpu_memory.TOTAL)
    return need > card if need is not None and card is not None else None


@derived(FRAGMENTED)
def fragmented(facts: Facts) -> bool | None:
    """Whether what torch kept unused would have been enough."""
    unused, tried = facts.number(oom.UNUSED), facts.number(oom.TRIED)
    return unused >= tried if unused is not None and tried is not None else None


@derived(GPUS)
def gpus_needed(facts: Facts) -> int | None:
    """The GPUs in use, doubled until the weights take no more than `FILL` of the share."""
    need, share = facts.number(gpu_memory.NEED_BY_NAME), facts.number(gpu_memory.BUDGET)
    split = gpus_per_replica(facts)
    if not need or not share:
        return None
    count = split
    while need * split / count > share * FILL and count < 64 * split:
        count *= 2
    return count if count > split and need * split / count <= share * FILL else None


@derived(OFFLOAD)
def offload(facts: Facts) -> int | None:
    """Whole GiB that `--cpu-offload-gb` would have to take."""
    need, share = facts.number(gpu_memory.NEED_BY_NAME), facts.number(gpu_memory.BUDGET)
    over = ceil(need - share * FILL) if need and share else 0
    return over if over > 0 else None


@derived(CAPACITY)
def four_bit(facts: Facts) -> float | None:
    """The weights at four bit, when they are at sixteen now and would then fit."""
    need, share = facts.number(gpu_memory.NEED_BY_NAME), facts.number(gpu_memory.BUDGET)
    if (
        not need
        or not share
        or gpu_memory.quantization_asked(facts) != "none"
        or facts.text("model.quant_method") not in (None, "none")
    ):
        return None
    small = round(need * FOUR_BIT, 1)
    return small if small <= share * FILL else None


@derived(FITTING)
def fitting_utilization(facts: Facts) -> float | None:
    """A share that holds the weights with room beside them, when one GPU has it; by the memory sum alone.

    While weights are loaded the share limits nothing, so a log of that is no reason to raise it.
    """
    need, card = facts.number(FIT_WEIGHTS), facts.number(gpu_memory.TOTAL)
    share = facts.number(gpu_memory.UTILIZATION)
    if not need or not card or not share:
        return None
    wanted = gpu_memory.up(need / FILL / card)
    left = facts.number(gpu_memory.FREE)
    return wanted if share < wanted <= 0.98 and (left is None or wanted * card <= left) else None
