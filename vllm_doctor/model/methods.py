"""What vLLM calls a checkpoint's quantization, by release.

`quantization_methods.json` holds each value of `QUANTIZATION_METHODS` with the first and last release that
has it, read from vllm/model_executor/layers/quantization/__init__.py of 0.4.1 to 0.33.0 (null: the last one
has it still).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from packaging.version import Version

_DATA = Path(__file__).with_name("quantization_methods.json")


@lru_cache(maxsize=1)
def _ranges() -> dict[str, tuple[Version, Version | None]]:
    data: dict[str, list[str | None]] = json.loads(_DATA.read_text(encoding="utf-8"))
    return {name: (Version(first or "0"), Version(last) if last else None) for name, (first, last) in data.items()}


def methods(release: str) -> frozenset[str]:
    """The values that `--quantization` takes in a release; past the table's end, those of its end."""
    at = Version(release)
    return frozenset(name for name, (first, last) in _ranges().items() if first <= at and (last is None or at <= last))


def supported_since(method: str) -> tuple[str, str | None] | None:
    """The first release that has a method and the last (None: still there), or None for a name no release
    has.
    """
    found = _ranges().get(method)
    return (str(found[0]), str(found[1]) if found[1] else None) if found else None
