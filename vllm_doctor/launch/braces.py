"""Brace expansion, as bash does it before anything else: `{a,b}c` is `ac bc`; quotes keep braces and commas."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = pattern(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|\$\{[^}]*\}|.""", re.DOTALL)
_MOST = 64


def expanded(raw: str) -> list[str]:
    """The raw words that bash makes of one; itself where it has no braces with a comma."""
    found = _expanded(_PART.findall(raw)) if "{" in raw and "," in raw else None
    return found or [raw]


def _expanded(parts: list[str]) -> list[str]:
    done: list[str] = []
    waiting = [(0, parts)]
    while waiting and len(done) + len(waiting) <= _MOST:
        start, now = waiting.pop(0)
        cut = next(_groups(now, start), None)
        if cut is None:
            done.append("".join(now))
            continue
        first, commas, last = cut
        edges = [first, *commas, last]
        made = [(first, [*now[:first], *now[one + 1 : two], *now[last + 1 :]]) for one, two in pairwise(edges)]
        waiting = [*made, *waiting]
    return done if not waiting else []


def _groups(parts: list[str], start: int) -> Iterator[tuple[int, list[int], int]]:
    """The braces from `start` on that hold a comma: where they open, the commas, where they close.

    A closing brace with no comma before it closes nothing (bash, braces.c, brace_gobble_text).
    """
    for first in range(start, len(parts)):
        if parts[first] != "{" or (first == 0 and parts[1:2] == ["}"]):
            continue
        depth, commas = 0, []
        for at in range(first + 1, len(parts)):
            if parts[at] == "," and not depth:
                commas.append(at)
            elif parts[at] == "}" and not depth and commas:
                yield first, commas, at
                break
            elif parts[at] == "{" or (parts[at] == "}" and depth):
                depth += 1 if parts[at] == "{" else -1
