"""Logs that a web page exported newest first, turned round."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from vllm_doctor.log.decode import Source

_SAMPLE = 400
_MOST_LINES = 200_000
_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
    r"|(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) (?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d"
)


def in_order(physical: Iterable[tuple[int, str]], source: Source) -> Iterator[tuple[int, str]]:
    """The lines in the order of their times: turned round when the times only ever fall.

    Numbers stay those of the file. Of a very long log that is newest first, the newest lines are kept.
    """
    lines = iter(physical)
    sample = list(islice(lines, _SAMPLE))
    if not falls(text for _, text in sample):
        yield from sample
        yield from lines
        return
    source.note("the lines stand newest first and were read from the last to the first")
    sample += islice(lines, _MOST_LINES)
    if next(lines, None) is not None:
        source.note(f"only the newest {len(sample):,} lines were read")
        for _ in lines:
            pass
    yield from reversed(sample)


def falls(texts: Iterable[str]) -> bool:
    """Whether the times at the start of lines fall throughout; times of one form are compared only."""
    stamps: list[str] = []
    form = ""
    for text in texts:
        found = _STAMP.search(text, 0, 200)
        if not found:
            continue
        stamp = found[0][-14:] if found[0][0].isalpha() else found[0][:23]
        shape = re.sub(r"\d", "0", stamp)[:14]
        form = form or shape
        if shape == form:
            stamps.append(stamp)
    pairs = list(zip(stamps, stamps[1:], strict=False))
    down = sum(later < earlier for earlier, later in pairs)
    up = sum(later > earlier for earlier, later in pairs)
    return down >= 2 and up * 20 <= down and stamps[-1] < stamps[0]
