"""The data files, read once and only when asked for."""

from __future__ import annotations

import json
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def load(name: str) -> dict[str, Any]:
    """A data file by name: options, keys, variables, names, successors, dialects."""
    data: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return data


def at(steps: list[list[Any]] | None, number: int) -> Any:
    """The value of a history at a release number; None before its first step."""
    if not steps:
        return None
    place = bisect_right(steps, number, key=lambda step: step[0])
    return steps[place - 1][1] if place else None


def within(ranges: list[list[int]], number: int) -> bool:
    """Whether a release number lies in one of the ranges."""
    return any(first <= number <= last for first, last in ranges)


def joined(*many: list[list[int]]) -> list[list[int]]:
    """The union of lists of ranges."""
    found: list[list[int]] = []
    for first, last in sorted(pair for ranges in many for pair in ranges):
        if found and first <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    return found
