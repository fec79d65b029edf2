"""Variables that switch something on or off, and read fewer words for it than people write.

Each is read off vllm/envs.py of every release: `== "1"`, `.lower() == "true"`, or `bool(...)` of the text itself.
"""

from __future__ import annotations

from vllm_doctor.vllm import versions

_ONES = frozenset({"1"})
_TRUES = frozenset({"true"})
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})

# what switches it on, and from which release to which
_STRICT: dict[str, tuple[frozenset[str], str, str]] = {
    "VLLM_USE_MODELSCOPE": (_TRUES, "0.4.1", "0.27.1"),
    "VLLM_DEBUG_LOG_API_SERVER_RESPONSE": (_TRUES, "0.9.1", "0.33.0"),
    "VLLM_DO_NOT_TRACK": (_ONES, "0.4.2", "0.33.0"),
    "VLLM_NO_USAGE_STATS": (_ONES, "0.4.1", "0.33.0"),
    "VLLM_SKIP_P2P_CHECK": (_ONES, "0.6.3", "0.33.0"),
    "VLLM_MARLIN_USE_ATOMIC_ADD": (_ONES, "0.8.0", "0.33.0"),
    "VLLM_V0_USE_OUTLINES_CACHE": (_ONES, "0.8.0", "0.11.0"),
    "VLLM_V1_USE_OUTLINES_CACHE": (_ONES, "0.10.0", "0.33.0"),
    "VLLM_DISABLE_FLASHINFER_PREFILL": (_ONES, "0.11.0", "0.14.1"),
    "VLLM_FORCE_AOT_LOAD": (_ONES, "0.11.1", "0.33.0"),
    "VLLM_USE_BREAKABLE_CUDAGRAPH": (_ONES, "0.22.0", "0.33.0"),
}
# bool(os.getenv(...)): any text but an empty one switches these on
_LAX: dict[str, tuple[str, str]] = {"VLLM_KEEP_ALIVE_ON_ENGINE_DEATH": ("0.5.5", "0.11.0")}


def misread(name: str, value: str, release: str) -> str | None:
    """What to write where a release reads the value of a switch as the contrary of what it says; else None.

    "" stands for: leave the variable away.
    """
    said = value.strip().lower()
    if name in _STRICT and said in _YES:
        on, first, last = _STRICT[name]
        return None if said in on or not _between(release, first, last) else _written(on)
    if name in _LAX and said in _NO and _between(release, *_LAX[name]):
        return ""
    return None


def _written(on: frozenset[str]) -> str:
    return "True" if on is _TRUES else "1"


def _between(release: str, first: str, last: str) -> bool:
    number = versions.number(release)
    low, high = versions.number(first), versions.number(last)
    return number is not None and low is not None and high is not None and low <= number <= high
