"""What to change in a launch so that it fits, the smallest changes first, each reckoned anew and with its price.

A length is the longest less 2 %, rounded down to 256; a share is rounded up to 0.01; all else must leave what
`fits` keeps. A change that is not enough by itself is tried together with a shorter length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil
from typing import TYPE_CHECKING, Literal, TypeAlias

from packaging.version import Version

from vllm_doctor import vllm
from vllm_doctor.facts import fit
from vllm_doctor.facts.kv_cache import HIGHEST, round_length
from vllm_doctor.facts.settings import flag
from vllm_doctor.facts.types import Fact, Facts, number
from vllm_doctor.model.gpus import gpus as all_gpus
from vllm_doctor.model.runner import counts_graphs, runner
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.facts.sum import Sum
    from vllm_doctor.finding import Effect
    from vllm_doctor.model.gpus import Gpu

Price: TypeAlias = Literal["share", "batch", "eager", "length", "cache", "precision", "four-bit", "gpus", "offload"]
Change: TypeAlias = tuple[str, str | None]
"""A flag and its new value; None for a flag without one."""
Reckon: TypeAlias = Callable[[Facts], "Sum"]

LEAST_LEN = 256
"""Below this a shorter length is no way out."""
WORTH = 1.25
"""By so much a combination must lengthen what a shorter length alone gives."""
BESIDE = 0.5
"""GiB of a card that no share may take: the driver and the contexts of the launch's own processes."""
_STEPS = (4096, 2048, 1024, 512)
_REQUESTS = (256, 128, 64, 32)
_GPUS = (2, 4, 8, 16)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make a launch fit: what to set, what it costs, and the sum after it."""

    changes: tuple[Change, ...]
    prices: tuple[Price, ...]
    found: Sum
    effect: Effect = "costs"


def ways(facts: Facts, now: Sum, reckon: Reckon, most_gpus: int | None = None) -> list[Way]:
    """The ways that lead to a fitting launch, none where it fits already or its weights are not known.

    `reckon` makes the sum for other facts; `most_gpus` is how many GPUs there are (None: not said).
    """
    if now.memory.fits in ("yes", "unknown"):
        return []
    trial = _Trial(facts, now, reckon)
    found: list[Way] = []
    shortest = trial.shorter((), ())
    for lever in _levers(trial, most_gpus):
        way = trial.best(lever, shortest)
        if way is not None:
            found.append(way)
    if shortest is not None:
        found.insert(1 if found and found[0].effect == "same" else 0, shortest)
    # a shorter length is reckoned from the figures, and the words may ask for it otherwise ("auto" before 0.14)
    return [way for way in found if way.found.memory.margin_gib >= 0]


def smallest_card(now: Sum, fits: Callable[[Gpu], bool]) -> Gpu | None:
    """The smallest GPU of the same maker on which the launch fits as it is; None where none does."""
    others = (gpu for gpu in all_gpus() if gpu.vendor == now.gpu.vendor and "shared" not in gpu.note)
    larger = sorted((gpu for gpu in others if gpu.gib > now.gpu.gib), key=lambda gpu: gpu.gib)
    return next((gpu for gpu in larger if fits(gpu)), None)


@dataclass(frozen=True, slots=True)
class _Lever:
    """Values of one option, the mildest first; `changes` makes the words of one."""

    price: Price
    values: tuple[tuple[Change, ...], ...]
    effect: Effect = "costs"


@dataclass(frozen=True, slots=True)
class _Trial:
    """A launch that does not fit, and how others of its kind are reckoned."""

    facts: Facts
    now: Sum
    reckon: Reckon

    def after(self, changes: tuple[Change, ...]) -> Sum:
        """The sum after some changes."""
        return self.reckon(self.facts.having(Fact(_name(flag), "True" if to is None else to) for flag, to in changes))

    def shorter(self, changes: tuple[Change, ...], prices: tuple[Price, ...]) -> Way | None:
        """The changes with a shorter length, where one of use fits then; on V0 with prompts in chunks if need be."""
        v0 = self.now.settings.engine == "V0" and "args.enable_chunked_prefill" not in self.facts
        for more in ((), (("--enable-chunked-prefill", None),)) if v0 else ((),):
            longest = self.after((*changes, *more)).memory.longest_max_model_len
            length = round_length(longest) if longest else None
            if length is None or not LEAST_LEN <= length < self.now.memory.max_model_len:
                continue
            whole: tuple[Change, ...] = (*changes, ("--max-model-len", str(length)), *more)
            found = self.after(whole)
            if found.memory.margin_gib >= 0:
                return Way(whole, (*prices, "length"), found)
        return None

    def best(self, lever: _Lever, shortest: Way | None) -> Way | None:
        """The mildest value that is enough, else the last one with a shorter length, where that gains something."""
        fitting = self._mildest(lever)
        if fitting is not None:
            return fitting
        if not lever.values or lever.price in ("batch", "eager"):
            return None
        combined = self.shorter(lever.values[-1], (lever.price,))
        if combined is None:
            return None
        gained = shortest is None or combined.found.memory.max_model_len >= WORTH * shortest.found.memory.max_model_len
        return combined if gained else None

    def _mildest(self, lever: _Lever) -> Way | None:
        """The first value at which the launch fits, halving the list: each value frees more than the one before."""
        low, high = 0, len(lever.values)
        best = None
        while low < high:
            middle = (low + high) // 2
            found = self.after(lever.values[middle])
            if found.memory.fits == "yes":
                best, high = Way(lever.values[middle], (lever.price,), found, lever.effect), middle
            else:
                low = middle + 1
        return best


def _name(flag: str) -> str:
    return "args." + flag.lstrip("-").replace("-", "_")


def _levers(trial: _Trial, most_gpus: int | None) -> Iterator[_Lever]:
    yield from _share(trial)
    yield from _batch(trial)
    yield from _graphs(trial)
    yield from _cache(trial)
    yield from _precision(trial)
    yield from _more_gpus(trial, most_gpus)
    yield from _offload(trial)


def _share(trial: _Trial) -> Iterator[_Lever]:
    """Larger shares of the card, up to what its driver leaves."""
    settings, card = trial.now.settings, trial.now.gpu.gib
    if settings.kv_cache_memory_bytes is not None:
        return
    first = int(settings.gpu_memory_utilization * 100 + 1e-6) + 1
    last = int(100 * min(HIGHEST, 1 - BESIDE / card)) if card > 1 else 0
    shares = [f"{share / 100:.2f}".rstrip("0") for share in range(first, last + 1)]
    asked = "args.gpu_memory_utilization" in trial.facts
    values = tuple((("--gpu-memory-utilization", share),) for share in shares)
    yield _Lever("share", values, "costs" if asked else "same")


def _batch(trial: _Trial) -> Iterator[_Lever]:
    """Smaller steps, where prompts are computed in chunks; then fewer requests at once."""
    settings = trial.now.settings
    chunked = settings.engine == "V1" or settings.max_num_batched_tokens < trial.now.memory.max_model_len
    least = settings.max_num_seqs if "args.max_num_seqs" in trial.facts else 0
    if chunked and trial.facts.text("args.enable_chunked_prefill") != "False":
        steps = [step for step in _STEPS if least <= step < settings.max_num_batched_tokens]
        yield _Lever("batch", tuple((("--max-num-batched-tokens", str(step)),) for step in steps))
    fewer = [count for count in _REQUESTS if count < settings.max_num_seqs]
    yield _Lever("batch", tuple((("--max-num-seqs", str(count)),) for count in fewer))


def _graphs(trial: _Trial) -> Iterator[_Lever]:
    """No CUDA graphs, where the release takes them out of the share."""
    settings = trial.now.settings
    kind = runner(trial.now.config, settings.release, settings.engine)
    if not settings.enforce_eager and counts_graphs(kind, settings.release, trial.now.gpu.vendor):
        yield _Lever("eager", ((("--enforce-eager", None),),))


def _cache(trial: _Trial) -> Iterator[_Lever]:
    """An eight-bit cache, on GPUs that compute in FP8."""
    settings = trial.now.settings
    runs = "fp8" in vllm.kv_cache_dtypes(settings.release) and Version(settings.release) >= Version("0.10.0")
    if settings.kv_cache_dtype == "auto" and trial.now.gpu.fp8 and runs:
        yield _Lever("cache", ((("--kv-cache-dtype", "fp8"),),))


def _precision(trial: _Trial) -> Iterator[_Lever]:
    """Weights made smaller while they are loaded, where the checkpoint is not quantized."""
    settings, config, gpu = trial.now.settings, trial.now.config, trial.now.gpu
    if config.quantization is not None or settings.quantization is not None or gpu.vendor != "nvidia":
        return
    known = vllm.names("quantizations", settings.release)
    if "fp8" in known and gpu.capability >= 8.0 and Version(settings.release) >= Version("0.6.0"):
        yield _Lever("precision", ((("--quantization", "fp8"),),))
    plain = config.experts is None and settings.tensor_parallel == 1
    if "bitsandbytes" in known and plain and Version(settings.release) >= Version("0.8.0"):
        yield _Lever("four-bit", ((("--quantization", "bitsandbytes"),),))


def _more_gpus(trial: _Trial, most: int | None) -> Iterator[_Lever]:
    """More tensor-parallel ranks, whose number must divide the attention heads."""
    settings, heads = trial.now.settings, trial.now.config.heads
    counts = [count for count in _GPUS if count > settings.tensor_parallel and heads and heads % count == 0]
    if most is not None:
        counts = [count for count in counts if count * settings.pipeline_parallel <= most]
    yield _Lever("gpus", tuple((("--tensor-parallel-size", str(count)),) for count in counts))


def _offload(trial: _Trial) -> Iterator[_Lever]:
    """Some of the weights in host memory, at most half of them."""
    settings, memory = trial.now.settings, trial.now.memory
    if settings.cpu_offload_gib or flag(trial.facts, "enable_lora") or Version(settings.release) < Version("0.5.3"):
        return
    whole = max(1, ceil(memory.kept_gib - memory.margin_gib))
    least = max(1, ceil(memory.kept_gib - memory.kv_cache_gib)) if memory.kv_cache_gib <= 0 else whole
    sizes = [size for size in dict.fromkeys((least, whole)) if size <= memory.weights_gib / 2]
    yield _Lever("offload", tuple((("--cpu-offload-gb", str(size)),) for size in sizes))


def of_ways(found: list[Way], card: Gpu | None) -> Iterator[Fact]:
    """The changes as facts, for the fixes and options of rules; `card` is the smallest that would do."""
    for way in found:
        changed = dict(way.changes)
        to = [number(value or "") for _, value in way.changes]
        if way.prices == ("share",):
            yield from (Fact(name, to[0]) for name in ("kv_cache.fitting_utilization", "kv_cache.spare_utilization"))
        elif way.prices == ("share", "length"):
            yield from (Fact(fit.JOINT_SHARE, to[0]), Fact(fit.JOINT_LEN, to[1]))
        elif way.prices == ("batch",):
            yield Fact(fit.TOKENS if "--max-num-batched-tokens" in changed else fit.SEQS, to[0])
        elif way.prices == ("length",) and "--enable-chunked-prefill" in changed:
            yield Fact(fit.CHUNKED_LEN, to[0])
        elif way.prices == ("gpus",):
            yield Fact(fit.GPUS, to[0])
        elif way.prices[0] == "precision":
            yield Fact(fit.FP8_GIB, round(way.found.memory.weights_gib, 2))
    if card is not None:
        yield Fact(fit.CARD, card.name)
