"""How much a step computes at once, and smaller settings of it: activations and CUDA graphs grow with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts import gpu_memory, oom
from vllm_doctor.facts.asked import asked_number
from vllm_doctor.facts.kv_cache import MAX_LEN
from vllm_doctor.facts.oom_phase import DUMMY, MULTIMODAL
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

TOKENS = declare("batch.tokens", "int", "max_num_batched_tokens: tokens of one step", "first")
FEWER_TOKENS = declare("batch.fewer_tokens", "int", "a max_num_batched_tokens of a quarter, where chunks allow it")
FEWER_SEQS = declare("batch.fewer_seqs", "int", "a max_num_seqs of a quarter")
CHUNK = declare("batch.chunk_tokens", "int", "tokens of a step once long prompts are computed in chunks (V0)")
LOWER = declare("batch.lower_utilization", "float", "a gpu_memory_utilization that leaves room beside the KV cache")

FEW_SEQS = 32
"""For a model of one GPU where nothing tells how many requests run at once."""
CHUNK_OF_V0 = 2048
"""What V0 takes for very long contexts by itself (vllm/config.py, 0.6.4 on)."""
LEAST_DEFAULT = 0.9
"""The default share up to 0.19.1; 0.92 since: where nothing else is known, what is below both is lower."""
LOWER_BY = 0.05
"""Of the card: more than CUDA graphs and the activations of one step take as a rule."""

# vllm/config/scheduler.py and its predecessors, 0.4.2 to 0.33.0
_CHUNKED = pattern(r"Chunked prefill is enabled with max_num_batched_tokens=(\d{1,9})")


@reader("Chunked prefill is enabled")
def read_tokens(event: Event) -> Iterator[Fact]:
    """The tokens of one step, where prompts are computed in chunks."""
    if found := _CHUNKED.search(event.message):
        yield Fact(TOKENS, int(found[1]), event.lines[0])


@derived(FEWER_TOKENS)
def fewer_tokens(facts: Facts) -> int | None:
    """A quarter, at least 512 and one for each request; None where a prompt is not computed in chunks."""
    chunked = TOKENS in facts or facts.text("engine.kind") == "V1"
    if not chunked or facts.text("args.enable_chunked_prefill") == "False":
        return None
    now = asked_number(facts, "max_num_batched_tokens") or facts.number(TOKENS) or 4096
    fewer = int(max(512, now // 4, asked_number(facts, "max_num_seqs") or 0))
    return fewer if fewer < now else None


@derived(CHUNK)
def chunk_tokens(facts: Facts) -> int | None:
    """V0 computes a prompt as a whole unless told otherwise; None for short ones and images."""
    length, seqs = facts.number(MAX_LEN), asked_number(facts, "max_num_seqs") or 0
    whole = facts.text("engine.kind") == "V0" and TOKENS not in facts and MULTIMODAL not in facts
    if not whole or facts.text("args.enable_chunked_prefill") in ("True", "False"):
        return None
    return CHUNK_OF_V0 if length and length >= 2 * CHUNK_OF_V0 and seqs <= CHUNK_OF_V0 else None


@derived(FEWER_SEQS)
def fewer_seqs(facts: Facts) -> int | None:
    """A quarter of the requests that run at once, as given or as the dummy run had them."""
    now = asked_number(facts, "max_num_seqs") or facts.number(DUMMY)
    if now is None:
        return FEW_SEQS
    return int(now // 4) if now >= 4 else None


@derived(LOWER)
def lower_utilization(facts: Facts) -> float | None:
    """The share less what was missing, at least a twentieth of the card; None where too little is left."""
    card, share = facts.number(gpu_memory.TOTAL), facts.number(gpu_memory.UTILIZATION) or LEAST_DEFAULT
    less = LOWER_BY
    if card:
        less = max(less, ((facts.number(oom.TRIED) or 0.0) + gpu_memory.RESERVE) / card)
    lower = gpu_memory.down(share - less)
    return lower if lower >= 0.1 and _holds(facts, lower, share - lower) else None


def _holds(facts: Facts, lower: float, less: float) -> bool:
    """Whether weights and half of the KV cache, or an eighth beside the weights, still fit a lower share."""
    card = facts.number(gpu_memory.TOTAL)
    if not card:
        return True
    cache = facts.number(gpu_memory.KV)
    if cache is not None:
        return less * card <= cache / 2
    weights = facts.number(gpu_memory.WEIGHTS) or facts.number(gpu_memory.NEED_BY_NAME)
    return weights is None or weights * 1.125 <= lower * card
