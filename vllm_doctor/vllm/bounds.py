"""The numbers that a release's configuration takes, which its parser does not check.

Read off the `Field(ge=…, gt=…, le=…, lt=…)` of vllm/config/*.py (0.11.1 to 0.33.0), and off the checks of
`CacheConfig._verify_args` (vllm/config.py and vllm/config/cache.py, 0.4.1 to 0.11.0).
"""

from __future__ import annotations

from vllm_doctor.values import dataclass
from vllm_doctor.vllm import options, versions


@dataclass(frozen=True, slots=True)
class Bounds:
    """From the least to the greatest number; `above`: the least itself is none of them, `below`: the greatest."""

    least: float | None = None
    greatest: float | None = None
    above: bool = False
    below: bool = False

    def hold(self, number: float) -> bool:
        """Whether a number is taken."""
        low = self.least is None or (number > self.least if self.above else number >= self.least)
        high = self.greatest is None or (number < self.greatest if self.below else number <= self.greatest)
        return low and high


_ONE, _ZERO, _SHARE = Bounds(1), Bounds(0), Bounds(0, 1, above=True)
_OPEN_SHARE, _POSITIVE = Bounds(0, 1, below=True), Bounds(0, above=True)
_LAST = "99"

_TABLE: dict[str, tuple[tuple[Bounds, str, str], ...]] = {
    "--gpu-memory-utilization": ((Bounds(None, 1), "0.4.1", "0.11.0"), (_SHARE, "0.11.1", _LAST)),
    "--cpu-offload-gb": ((_ZERO, "0.8.0", _LAST),),
    "--swap-space": ((_ZERO, "0.11.1", "0.17.1"),),
    "--max-num-seqs": ((_ONE, "0.11.1", _LAST),),
    "--max-num-batched-tokens": ((_ONE, "0.11.1", _LAST),),
    "--max-model-len": ((_POSITIVE, "0.13.0", "0.13.0"), (Bounds(-1), "0.14.0", _LAST)),
    "--max-loras": ((_ONE, "0.11.1", _LAST),),
    "--stream-interval": ((_ONE, "0.11.1", _LAST),),
    "--mm-processor-cache-gb": ((_ZERO, "0.11.1", _LAST),),
    "--video-pruning-rate": ((_OPEN_SHARE, "0.11.1", _LAST),),
    "--mamba-block-size": ((_POSITIVE, "0.11.1", _LAST),),
    "--tensor-parallel-size": ((_ONE, "0.23.0", _LAST),),
    "--pipeline-parallel-size": ((_ONE, "0.23.0", _LAST),),
    "--data-parallel-size": ((_ONE, "0.23.0", _LAST),),
    "--prefill-context-parallel-size": ((_ONE, "0.23.0", _LAST),),
    "--decode-context-parallel-size": ((_ONE, "0.23.0", _LAST),),
    "--data-parallel-size-local": ((_ZERO, "0.23.0", _LAST),),
    "--data-parallel-rank": ((_ZERO, "0.23.0", _LAST),),
    "--nnodes": ((_ONE, "0.23.0", _LAST),),
    "--node-rank": ((_ZERO, "0.23.0", _LAST),),
    "--block-size": ((_POSITIVE, "0.23.0", _LAST),),
    "--watermark": ((_OPEN_SHARE, "0.24.0", _LAST),),
    "--max-logprobs": ((Bounds(-1), "0.25.0", _LAST),),
    "--long-prefill-token-threshold": ((_ZERO, "0.25.0", _LAST),),
    "--kv-cache-metrics-sample": ((_SHARE, "0.12.0", _LAST),),
    "--shutdown-timeout": ((_ZERO, "0.18.0", _LAST),),
}


def bounds(flag: str, release: str) -> Bounds | None:
    """The bounds of an option's number in a release, where its configuration checks them."""
    found = options.option(flag, release)
    number = versions.number(release)
    for limits, first, last in _TABLE.get(found.flag, ()) if found and number is not None else ():
        low, high = versions.number(first), None if last == _LAST else versions.number(last)
        if low is not None and number is not None and low <= number and (high is None or number <= high):
            return limits
    return None
