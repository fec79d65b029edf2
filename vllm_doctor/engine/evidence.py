"""The lines that prove a finding: each quoted from one physical line, where it stands verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.finding import Evidence
from vllm_doctor.log.types import Event, Line, Piece, Traceback
from vllm_doctor.masking import mask_pieces
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vllm_doctor.engine.match import Match
    from vllm_doctor.facts import Facts

MAX_QUOTE = 400
# vLLM's header in all its forms: `ERROR 04-07 09:53:02 [core.py:515] `, before 0.8 `ERROR 04-07 09:53:02 core.py:515] `
_HEADER = pattern(r"^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL|FATAL)\s[\d: .,/-]{8,30}\[?[\w./-]+:\d+\] ?")


def of_match(match: Match, source: str) -> list[Evidence]:
    """The line on which the signature was seen."""
    line = _seen(match.event, match.literal) if match.event else match.line
    return [quote(line, source, match.literal)] if line else []


def of_figures(facts: Facts, names: Iterable[str], source: str, but: Iterable[int] = ()) -> list[Evidence]:
    """The lines on which the facts of figures were read, each once, in the order of the log."""
    lines = {line.number: line for name in names if (line := facts.line(name))}
    return [quote(lines[number], source, kind="figure") for number in sorted(lines) if number not in set(but)]


def of_event(event: Event, source: str) -> Evidence:
    """The line that says what an event is: the exception of a traceback, the first line of a record.

    Pydantic's exception says only how many errors there are; the next line says which.
    """
    if not isinstance(event, Traceback) or not event.raised:
        return quote(event.lines[0], source)
    counted = event.exception.endswith("ValidationError") and len(event.raised) > 1
    return quote(event.raised[1 if counted else 0], source)


def quote(line: Line, source: str, literal: str = "", kind: str = "match") -> Evidence:
    """A line less its header, cut to the piece of it that stands on one physical line and says most."""
    texts = mask_pieces([piece.text for piece in line.pieces])
    pieces = [
        Piece(piece.line, _HEADER.sub("", text) if not index else text)
        for index, (piece, text) in enumerate(zip(line.pieces, texts, strict=True))
    ]
    telling = [piece for piece in pieces if literal and literal in piece.text] or pieces
    best = max(telling, key=lambda piece: len(piece.text.strip()))
    return Evidence(source, best.line, best.text.strip()[:MAX_QUOTE], "figure" if kind == "figure" else "match")


def _seen(event: Event, literal: str) -> Line:
    """The line of an event that holds the literal, else the one that says what the event is."""
    lines = event.lines
    if isinstance(event, Traceback):
        lines = tuple(line for link in event.chain() for line in (link.raised or link.lines[-1:]))
    found = next((line for line in lines if literal and literal in line.text), None)
    return found or _wrapped(lines, literal) or (lines[0] if lines else event.lines[0])


def _wrapped(lines: tuple[Line, ...], literal: str) -> Line | None:
    """The first line of a message that a terminal wrapped in the middle of the literal."""
    head = " ".join(literal.split()[:2])
    return next((line for line in lines if head and head in line.text), None)
