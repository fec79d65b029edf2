"""Facts of a number that vLLM's configuration refuses, after its parser has taken it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare, number
from vllm_doctor.vllm.bounds import Bounds, bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Option

LIMITS = declare("option.limits", "text", "the numbers that vLLM's configuration takes, where the option's is none")
SHARE = declare("option.as_share", "text", "a percentage, as the share that was meant")

_HUNDRED, _LEAST_PERCENT = 100, 5  # nobody means 1.5 percent of a GPU


def of_bounds(option: Option, releases: Sequence[str]) -> Iterator[Fact]:
    """What every release of the set takes instead of the option's number; nothing where one takes it."""
    value = number(option.values[-1]) if option.values else ""
    if isinstance(value, str):
        return
    last = bounds(option.flag, releases[-1]) if releases else None
    if last is None or last.hold(value):
        return
    others = (bounds(option.flag, release) for release in releases[:-1])
    if any(limits is None or limits.hold(value) for limits in others):
        return
    yield Fact(LIMITS, _said(last))
    if last.greatest == 1 and _LEAST_PERCENT <= value <= _HUNDRED:
        yield Fact(SHARE, f"{value / _HUNDRED:g}")


def _said(limits: Bounds) -> str:
    low = "" if limits.least is None else f"{'greater than' if limits.above else 'at least'} {limits.least:g}"
    high = "" if limits.greatest is None else f"{'less than' if limits.below else 'at most'} {limits.greatest:g}"
    return " and ".join(part for part in (low, high) if part)
