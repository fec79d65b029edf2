"""The lines that prove a finding, what followed from it, and the other findings, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.report import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vllm_doctor.finding import Diagnosis, Evidence, Finding
    from vllm_doctor.report.pen import Pen

_LINES_SHOWN = 6
_OTHERS_SHOWN = 4


def evidence_lines(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    """The root cause's lines, then its symptoms with the quoted line, then other causes and notes."""
    root = diagnosis.root_cause
    others = [finding for finding in diagnosis.findings if finding is not root]
    rows = quote_rows(pen, root.evidence if root else (), named=len(diagnosis.sources) > 1)
    rows += _finding_rows(pen, "follows", [one for one in others if one.role == "symptom"])
    rows += _finding_rows(
        pen, "also", [one for one in others if one.role == "cause" and not _same(one, root)]
    )
    rows += _finding_rows(pen, "note", [one for one in others if one.role == "note"])
    return rows_lines(pen, rows)


def quote_rows(
    pen: Pen, evidence: Sequence[Evidence], *, named: bool, most: int = _LINES_SHOWN
) -> list[tuple[str, str, str]]:
    """Each quoted line as (label, text, tail), what the rule saw before the lines of figures."""
    ordered = sorted(evidence, key=lambda one: one.kind == "figure")
    rows = [(_label(pen, one, named), pen.say(one.text.strip()), "") for one in ordered[:most]]
    if len(ordered) > most:
        rows.append((pen.sign("…"), pen.word("more", n=len(ordered) - most), ""))
    return rows


def rows_lines(pen: Pen, rows: Iterable[tuple[str, str, str]]) -> list[str]:
    """Rows of label and text, each on one line of the width; the tail is never cut."""
    rows = list(rows)
    room = max((layout.columns(label) for label, _, _ in rows), default=0)
    lines = []
    for label, text, tail in rows:
        space = pen.width - 2 - room - 2 - layout.columns(tail)
        lines.append("  " + pen.paint(layout.pad(label, room), "dim") + "  " + pen.cut(text, space) + tail)
    return lines


def _label(pen: Pen, evidence: Evidence, named: bool) -> str:
    if named:
        return pen.cut(pen.say(evidence.source), pen.width // 3) + f":{evidence.line}"
    return pen.word("line", line=evidence.line)


def _finding_rows(pen: Pen, key: str, findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    rows = [_row(pen, key, finding) for finding in findings[:_OTHERS_SHOWN]]
    if len(findings) > _OTHERS_SHOWN:
        rows.append((pen.word(key), pen.word("more", n=len(findings) - _OTHERS_SHOWN), ""))
    return rows


def _row(pen: Pen, key: str, finding: Finding) -> tuple[str, str, str]:
    """A symptom is shown by the line that people saw; a cause or note by its title and id."""
    if key == "follows" and finding.evidence:
        first = finding.evidence[0]
        opening, closing = pen.word("quote", text="\0").split("\0")
        return pen.word(key), opening + pen.say(first.text.strip()), f"{closing} ({first.line})"
    at = f"{finding.evidence[0].line}, " if finding.evidence else ""
    return pen.word(key), pen.say(finding.title), f" ({at}{pen.say(finding.id)})"


def _same(finding: Finding, root: Finding | None) -> bool:
    return root is not None and finding.id == root.id
