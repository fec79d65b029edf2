"""What vLLM calls a checkpoint's quantization, by release.

`quantization_methods.json` holds each value of `QUANTIZATION_METHODS` with the first and last release that
has it, read from vllm/model_executor/layers/quantization/__init__.py of 0.4.1 to 0.33.0 (null: the last one
has it still).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from vllm_doctor.model.quantization import Quantization

_DATA = Path(__file__).with_name("quantization_methods.json")


@lru_cache(maxsize=1)
def _ranges() -> dict[str, tuple[Version, Version | None]]:
    data: dict[str, list[str | None]] = json.loads(_DATA.read_text(encoding="utf-8"))
    return {
        name: (Version(first or "0"), Version(last) if last else None) for name, (first, last) in data.items()
    }


def methods(release: str) -> frozenset[str]:
    """The values that `--quantization` takes in a release; past the table's end, those of its end."""
    at = Version(release)
    return frozenset(
        name for name, (first, last) in _ranges().items() if first <= at and (last is None or at <= last)
    )


def supported_since(method: str) -> tuple[str, str | None] | None:
    """The first release that has a method and the last (None: still there), or None for a name no release
    has.
    """
    found = _ranges().get(method)
    return (str(found[0]), str(found[1]) if found[1] else None) if found else None


def vllm_name(quantization: Quantization, release: str, capability: float = 8.0) -> str:
    """The method that vLLM loads a checkpoint with when `--quantization` is not given.

    `capability` is the GPU's compute capability: the Marlin kernels need 8.0 (7.5 since 0.10.0 is not
    counted). Sources: awq_marlin.py (0.5.3), gptq_marlin.py (0.4.2), auto_awq.py (0.24.0), auto_gptq.py
    (0.22.0), inc/inc.py (0.33.0; INC takes AutoRound checkpoints since 0.16.0).
    """
    known = methods(release)
    for name in _preferred(quantization, capability):
        if name in known:
            return name
    return quantization.method


def _preferred(quantization: Quantization, capability: float) -> tuple[str, ...]:
    method = quantization.method
    if method == "awq":
        marlin = ("awq_marlin",) if capability >= 8.0 and quantization.bits == 4 else ()
        return ("auto_awq", *marlin, "awq")
    if method == "gptq":
        fits = capability >= 8.0 and quantization.bits in (4, 8) and not quantization.zero_point
        return ("auto_gptq", *(("gptq_marlin",) if fits else ()), "gptq")
    if method == "auto-round":
        return ("auto-round", "inc")
    if method == "mxfp4":
        return ("gpt_oss_mxfp4", "mxfp4")
    return (method,)
