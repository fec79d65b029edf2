"""How many tokens of KV cache a start had room for, and how many one request needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts import gpu_memory
from vllm_doctor.facts.asked import asked_number
from vllm_doctor.facts.fit import KV_AVAILABLE, KV_NEEDED
from vllm_doctor.facts.fit import LONGEST as FIT_LONGEST
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LEN = declare("kv_cache.max_len", "int", "the length that was asked for or derived, max_model_len", "first")
NEEDED = declare("kv_cache.needed_gib", "gib", "KV cache that one request of that length needs", "first")
SPACE = declare("kv_cache.free_gib", "gib", "what is left for the KV cache", "min")
ESTIMATE = declare("kv_cache.estimate_len", "int", "the longest request by vLLM's own estimate", "min")
TOKENS = declare("kv_cache.tokens", "int", "tokens that the whole KV cache holds", "min")
BLOCKS = declare("kv_cache.blocks", "int", "blocks of the KV cache on the GPU", "min")
LONGEST = declare("kv_cache.longest_len", "int", "the longest request that fits, in tokens")
PROPOSED = declare("kv_cache.proposed_len", "int", "a max_model_len to set: the longest less 2 %, rounded down to 256")
PROPOSED_GIB = declare("kv_cache.proposed_gib", "gib", "KV cache that a request of the proposed length needs")
TOKEN_KIB = declare("kv_cache.token_kib", "float", "KV cache of one token, KiB")
LACKING = declare("kv_cache.lacking_gib", "gib", "KV cache needed less what is left")
NO_GRAPHS = declare("kv_cache.graphs_are_less", "flag", "more is missing than CUDA graphs take as a rule")
FITTING = declare("kv_cache.fitting_utilization", "float", "a gpu_memory_utilization at which the full length fits")
EXTRA = declare("kv_cache.extra_gib", "gib", "what that share takes more of the GPU")
FP8_FITS = declare("kv_cache.fp8_fits", "flag", "the full length fits once the KV cache is kept at eight bit")
FP8_LEN = declare("kv_cache.fp8_len", "int", "a max_model_len that fits once the KV cache is at eight bit")
MORE = declare("kv_cache.spare_utilization", "float", "a gpu_memory_utilization that leaves something for the KV cache")
TRY = declare("kv_cache.try_utilization", "float", "a larger share to try where no sum is known")
ROOM = declare("kv_cache.weights_leave_room", "flag", "the loaded weights take less than nine tenths of the share")
LEAST_SHARE = declare("kv_cache.least_utilization", "float", "the share above which vLLM says that a cache is left")
VARIABLE = declare("kv_cache.space_variable", "text", "the variable that sets the cache's size off the GPU", "first")
SPACE_GIB = declare("kv_cache.space_gib", "int", "GiB of host memory for the KV cache, twice what it is now")

MARGIN, STEP, HIGHEST = 0.98, 256, 0.98
"""A length is the estimate less 2 %, in steps of 256; a share of the card is never set above 0.98."""
TRIED = 0.95
"""The share that vLLM's "try increasing" is answered with where nothing can be added up."""
LOWEST_PART = 0.05
"""Of the card: a KV cache that is worth a start."""
LEAST_LEN = 16
"""Below one block no server is of use."""

# vllm/worker/worker.py raise_if_cache_size_invalid, 0.4.1 to 0.10.2; cpu_worker.py, openvino_worker.py
_STORED = pattern(
    r"max seq len \((\d{1,12})\) is larger than the maximum number of tokens"
    r" that can be stored in KV cache \((\d{1,12})\)"
)
# vllm/v1/core/kv_cache_utils.py, 0.7.0 to 0.32.0, kv_cache_planning.py, 0.33.0
_REQUEST = pattern(
    r"max seq len \((\d{1,12})\), \((-?[\d.]{1,20}) Gi?B KV cache is needed, which is larger than the"
    r" available KV cache memory \((-?[\d.]{1,20}) Gi?B\)"
)
_ESTIMATE = pattern(r"the estimated maximum model length is (\d{1,12})")
# vllm/v1/worker/cpu_worker.py, 0.33.0
_MORE_THAN = pattern(r"To resolve: increase `--gpu-memory-utilization` to more than (\d\.\d{1,4})")
# vllm/worker/cpu_worker.py (0.4.1 to 0.9.2), openvino_worker.py (0.5.1 to 0.8.1)
_VARIABLE = pattern(r"Try increasing `(VLLM_(?:CPU|OPENVINO)_KVCACHE_SPACE)`")
# vllm/executor/*_executor.py (0.4.1 to 0.7.3), executor_base.py `# cuda blocks` (0.7.3 to 0.10.2)
_BLOCKS = pattern(r"# (?:GPU|cuda|rocm|hip|xpu|hpu|NPU|npu|TPU|tpu) blocks: (\d{1,12})")
# vllm/v1/core/kv_cache_utils.py; the device's name leads since 0.30.0
_SIZE = pattern(r"\b\w{2,8} KV cache size: ([\d,]{1,15}) tokens")


@reader(
    "_KVCACHE_SPACE`",
    "leaving none for the KV cache",
    "stored in KV cache",
    "KV cache is needed",
    "estimated maximum model length",
    " blocks: ",
    "KV cache size: ",
)
def read_cache(event: Event) -> Iterator[Fact]:
    """What a record or an error says of the KV cache's size."""
    links = list(event.chain()) if isinstance(event, Traceback) else [event]
    line = event.raised[0] if isinstance(event, Traceback) and event.raised else event.lines[0]
    text = " ".join(" ".join(link.message[:8_000].split()) for link in links)
    if found := _STORED.search(text):
        yield Fact(MAX_LEN, int(found[1]), line)
        yield Fact(TOKENS, int(found[2]), line)
        yield Fact(ESTIMATE, int(found[2]), line)
    if found := _REQUEST.search(text):
        yield Fact(MAX_LEN, int(found[1]), line)
        yield Fact(NEEDED, float(found[2]), line)
        yield Fact(SPACE, float(found[3]), line)
    if found := _MORE_THAN.search(text):
        yield Fact(LEAST_SHARE, float(found[1]), line)
    if found := _VARIABLE.search(text):
        yield Fact(VARIABLE, found[1], line)
    for name, words in ((ESTIMATE, _ESTIMATE), (BLOCKS, _BLOCKS), (TOKENS, _SIZE)):
        if found := words.search(text):
            yield Fact(name, int(found[1].replace(",", "")), line)


@derived(MAX_LEN)
def max_len(facts: Facts) -> int | None:
    """The length as given."""
    given = asked_number(facts, "max_model_len")
    return int(given) if given else None


@derived(NEEDED)
def needed(facts: Facts) -> float | None:
    """By the memory sum."""
    return facts.number(KV_NEEDED)


@derived(SPACE)
def space(facts: Facts) -> float | None:
    """By the memory sum, or by what the profile run left."""
    by_sum = facts.number(KV_AVAILABLE)
    return by_sum if by_sum is not None else facts.number(gpu_memory.KV)


@derived(TOKENS)
def tokens(facts: Facts) -> int | None:
    """Blocks times block size (V0's default is 16 tokens)."""
    blocks = facts.number(BLOCKS)
    return int(blocks * (asked_number(facts, "block_size") or 16)) if blocks else None


@derived(TOKEN_KIB)
def token_kib(facts: Facts) -> float | None:
    """The need of one request, by its length."""
    need, length = facts.number(NEEDED), facts.number(MAX_LEN)
    return round(need * 2**20 / length, 2) if need and length else None


@derived(LACKING)
def lacking(facts: Facts) -> float | None:
    """What is missing for one request of full length."""
    need, left = facts.number(NEEDED), facts.number(SPACE)
    return round(need - left, 2) if need is not None and left is not None else None


@derived(NO_GRAPHS)
def graphs_are_less(facts: Facts) -> bool | None:
    """Whether going without CUDA graphs is no way out: they take up to two GiB."""
    lack = facts.number(LACKING)
    return lack > 2.0 if lack is not None else None


@derived(LONGEST)
def longest(facts: Facts) -> int | None:
    """The estimate of vLLM or of the sum, else the length by the share of the need that is left."""
    own = facts.number(ESTIMATE) or facts.number(FIT_LONGEST)
    if own:
        return int(own)
    need, left, length = facts.number(NEEDED), facts.number(SPACE), facts.number(MAX_LEN)
    return int(left / need * length) if need and left and length and 0 < left < need else None


@derived(PROPOSED)
def proposed(facts: Facts) -> int | None:
    """A round length under the longest, and under what was asked for."""
    most, asked = facts.number(LONGEST), facts.number(MAX_LEN)
    length = round_length(int(most)) if most else None
    return None if length is None or (asked is not None and length >= asked) else length


def round_length(most: int) -> int | None:
    """`most` less 2 %, rounded down to 256; short ones to 16, the smallest block; None below one block.

    >>> round_length(16944), round_length(400), round_length(12)
    (16384, 384, None)
    """
    length = int(most * MARGIN)
    length -= length % (STEP if length >= 2 * STEP else LEAST_LEN)
    return length if length >= LEAST_LEN else None


@derived(PROPOSED_GIB)
def proposed_gib(facts: Facts) -> float | None:
    """The need of the proposed length."""
    per_token, length = facts.number(TOKEN_KIB), facts.number(PROPOSED)
    return round(per_token * length / 2**20, 2) if per_token and length else None


@derived(FITTING)
def fitting_utilization(facts: Facts) -> float | None:
    """The share plus what is missing; None when that is more than 0.98 of the card or than what is free."""
    lack = facts.number(LACKING)
    return _raised(facts, lack + gpu_memory.RESERVE) if lack is not None and lack > 0 else None


@derived(MORE)
def spare_utilization(facts: Facts) -> float | None:
    """The share at which a KV cache of a twentieth of the card, at least one GiB, is left beside all else."""
    left, card = facts.number(gpu_memory.KV), facts.number(gpu_memory.LEAST)
    used, share = facts.number(gpu_memory.USED), facts.number(gpu_memory.BUDGET)
    if left is None and used is not None and share is not None:
        left = share - used
    least = facts.number(LEAST_SHARE)
    if least is not None:
        return min(HIGHEST, gpu_memory.up(least + LOWEST_PART)) if least < HIGHEST - LOWEST_PART else None
    if left is None or card is None:
        return None
    return _raised(facts, max(1.0, card * LOWEST_PART) - left)


@derived(SPACE_GIB)
def space_gib(facts: Facts) -> int | None:
    """Twice the variable's value, or twice the four GiB that vLLM takes without one."""
    name = facts.text(VARIABLE)
    given = facts.text(f"env.{name}") if name else None
    if name is None:
        return None
    return 2 * int(given) if given and given.isdecimal() and 0 < int(given[:9]) < 10_000 else 8


@derived(TRY)
def try_utilization(facts: Facts) -> float | None:
    """0.95, unless a sum or the weights' size tells that it does not help."""
    share, card = facts.number(gpu_memory.UTILIZATION) or 0.9, facts.number(gpu_memory.TOTAL)
    weights = facts.number(gpu_memory.WEIGHTS) or facts.number(gpu_memory.NEED_BY_NAME)
    summed = gpu_memory.USED in facts or (gpu_memory.KV in facts and gpu_memory.LEAST in facts)
    if VARIABLE in facts or share >= TRIED or (summed and gpu_memory.LEAST in facts):
        return None
    left = facts.number(gpu_memory.FREE)
    if card and ((left is not None and left < TRIED * card) or (weights and weights * 1.05 > TRIED * card)):
        return None
    return TRIED


@derived(ROOM)
def weights_leave_room(facts: Facts) -> bool | None:
    """Whether smaller activations can make room; not where much is missing and no weights are known."""
    weights = facts.number(gpu_memory.WEIGHTS) or facts.number(gpu_memory.NEED_BY_NAME)
    share = facts.number(gpu_memory.BUDGET)
    if weights and share:
        return weights < 0.9 * share
    return False if gpu_memory.KV in facts else None


def _raised(facts: Facts, more: float) -> float | None:
    """The share that is larger by `more` GiB, when the card has it (of a larger card less would do)."""
    card, share = facts.number(gpu_memory.LEAST), facts.number(gpu_memory.UTILIZATION)
    left = facts.number(gpu_memory.FREE)
    if not card or not share:
        return None
    wanted = gpu_memory.up(share + more / card)
    fits = share < wanted <= HIGHEST and (left is None or wanted * card <= left)
    return wanted if fits else None


@derived(EXTRA)
def extra(facts: Facts) -> float | None:
    """What the fitting share takes more, in GiB."""
    wanted, share, card = (facts.number(name) for name in (FITTING, gpu_memory.UTILIZATION, gpu_memory.LEAST))
    return round((wanted - share) * card, 1) if wanted and share and card else None


@derived(FP8_LEN)
def fp8_len(facts: Facts) -> int | None:
    """Twice the longest, made round; None where the full length fits then, or the cache is small already."""
    most = facts.number(LONGEST)
    return round_length(2 * int(most)) if most and facts.get(FP8_FITS) is False else None


@derived(FP8_FITS)
def fp8_fits(facts: Facts) -> bool | None:
    """Whether half the need is there; None where the KV cache is not at sixteen bit now."""
    need, left = facts.number(NEEDED), facts.number(SPACE)
    kind = facts.text("args.kv_cache_dtype") or facts.text("config.kv_cache_dtype") or "auto"
    if not need or not left or kind not in ("auto", "bfloat16", "float16"):
        return None
    return need / 2 <= left * MARGIN
