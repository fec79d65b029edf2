"""Logs that a web page exported newest first, turned round."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from vllm_doctor.log.types import Attempt, Event, Line, Piece, Record, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vllm_doctor.log.decode import Source

_SAMPLE = 400
_MOST_LINES = 200_000
_STAMP = pattern(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
    r"|(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) (?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d"
)


def in_order(physical: Iterable[tuple[int, str]], source: Source) -> Iterator[tuple[int, str]]:
    """The lines in the order of their times: turned round when the times only ever fall.

    Turned lines are numbered anew from 1; `source.turned` then tells how many there are, and `as_written`
    gives them their own numbers back. Of a very long log that is newest first, the newest lines are kept.
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
    source.turned = count = len(sample)
    source.cuts = {count + 1 - number: tail for number, tail in source.cuts.items()}
    for number, (_, text) in enumerate(reversed(sample), 1):
        yield number, text


def as_written(attempts: tuple[Attempt, ...], turned: int) -> tuple[Attempt, ...]:
    """Attempts of a log that was turned round, with the line numbers of the file."""
    return tuple(
        Attempt(
            turned + 1 - attempt.last_line,
            turned + 1 - attempt.first_line,
            tuple(_numbered(event, turned) for event in attempt.events),
            attempt.served,
            attempt.repeats,
        )
        for attempt in attempts
    )


def _numbered(event: Event, turned: int) -> Event:
    if isinstance(event, Record):
        return replace(event, lines=_lines(event.lines, turned))
    cause = _numbered(event.cause, turned) if event.cause else None
    return replace(
        event,
        lines=_lines(event.lines, turned),
        raised=_lines(event.raised, turned),
        cause=cause if isinstance(cause, Traceback) else None,
    )


def _lines(lines: tuple[Line, ...], turned: int) -> tuple[Line, ...]:
    return tuple(
        replace(line, pieces=tuple(Piece(turned + 1 - piece.line, piece.text) for piece in line.pieces))
        for line in lines
    )


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
    pairs = list(pairwise(stamps))
    down = sum(later < earlier for earlier, later in pairs)
    up = sum(later > earlier for earlier, later in pairs)
    return down >= 2 and up * 20 <= down and stamps[-1] < stamps[0]
