"""Secrets that stand over several lines of a log: each quoted line alone does not show what it is a part of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.engine.evidence import MAX_QUOTE
from vllm_doctor.log.types import Traceback
from vllm_doctor.masking import MASKED, hidden_among, mask_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vllm_doctor.finding import Diagnosis, Evidence, Finding
    from vllm_doctor.log.types import Event

_AROUND = 4
"""Lines before and after a quoted one that are looked at with it."""


def masked_over_lines(diagnosis: Diagnosis, events: Iterable[Event]) -> Diagnosis:
    """The diagnosis with each quoted line masked as what it is among the lines around it."""
    context = diagnosis.context
    quoted = [one for finding in diagnosis.findings for one in finding.evidence]
    quoted += context.records if context else ()
    lines = _lines(events, {one.line for one in quoted})
    hidden = _hidden(lines)
    if not hidden:
        return diagnosis
    if context:
        message = _message(context.message, [lines[number][0] for number in hidden])
        context = replace(context, message=message, records=_told(context.records, hidden))
    findings = tuple(_of(finding, hidden) for finding in diagnosis.findings)
    root = findings[0] if diagnosis.root_cause else None
    return replace(diagnosis, root_cause=root, findings=findings, context=context)


def hidden_lines(events: Iterable[Event], numbers: Iterable[int]) -> dict[int, str]:
    """Those of the lines, and of the ones around them, of which more is to be hidden than they show alone."""
    return _hidden(_lines(events, set(numbers)))


def _lines(events: Iterable[Event], numbers: set[int]) -> dict[int, tuple[str, bool]]:
    """The physical lines and those around them: their text, and whether they begin a record of a logger."""
    wanted = {number + away for number in numbers for away in range(-_AROUND, _AROUND + 1)}
    found: dict[int, tuple[str, bool]] = {}
    for event in events:
        headed = bool(event.level) and not isinstance(event, Traceback)
        for line in event.lines:
            for piece in line.pieces:
                if piece.line in wanted:
                    found[piece.line] = (piece.text, headed and piece.line == event.first_line)
    return found


def _hidden(lines: Mapping[int, tuple[str, bool]]) -> dict[int, str]:
    """The lines of which more is to be hidden than they show alone."""
    hidden: dict[int, str] = {}
    numbers = sorted(lines)
    at = 0
    while at < len(numbers):
        end = at + 1
        while end < len(numbers) and numbers[end] == numbers[end - 1] + 1:
            end += 1
        run = numbers[at:end]
        found = hidden_among([lines[number][0] for number in run], [lines[number][1] for number in run])
        hidden |= {run[index]: text for index, text in found.items()}
        at = end
    return hidden


def _message(message: str, hidden: Sequence[str]) -> str:
    """A message less what stands in the lines of which something is hidden; a wrapped line is joined by a blank."""
    told = []
    for line in mask_lines(message.split("\n")):
        words = mask_lines(line.split(" "), wide=0)
        told.append(MASKED if any(line in text for text in hidden) else " ".join(words))
    return "\n".join(told)


def _told(evidence: Sequence[Evidence], hidden: Mapping[int, str]) -> tuple[Evidence, ...]:
    return tuple(replace(one, text=hidden[one.line][:MAX_QUOTE]) if one.line in hidden else one for one in evidence)


def _of(finding: Finding, hidden: Mapping[int, str]) -> Finding:
    return replace(finding, evidence=_told(finding.evidence, hidden))
