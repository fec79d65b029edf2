"""What `check` found as workflow commands of GitHub Actions, which become annotations of the changed lines.

The escapes are those of `@actions/core` (toolkit/packages/core/src/command.ts): without them a message could start a
command of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.masking import mask
from vllm_doctor.report.fixes import short_fix, why_text
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.safe import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.finding import Finding, Review
    from vllm_doctor.report.words import Language

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def review_github(review: Review, *, language: Language = "en") -> str:
    """One workflow command a line: each finding, then each note; "" where there is nothing to say."""
    pen = Pen.of(100, False, "utf-8", language)
    lines = [_command(pen, finding, file, line) for finding, file, line in _found(review)]
    at: dict[str, object] = {"file": _path(review.file)} if review.file else {}
    lines += [_line("notice", at | {"title": "vllm-doctor"}, pen.say(note)) for note in review.notes]
    return "".join(f"{line}\n" for line in lines)


def _found(review: Review) -> Iterator[tuple[Finding, str, int]]:
    for launch in review.launches:
        for finding in launch.findings:
            yield finding, launch.file or review.file, launch.line
    for finding in review.findings:
        yield finding, review.file, 1


def _command(pen: Pen, finding: Finding, file: str, line: int) -> str:
    where: dict[str, object] = {"file": _path(file)} if file else {}
    where["line"] = line
    if region := finding.region:
        where |= {"line": region.line, "endLine": region.end_line}
        if region.end_line == region.line:  # columns of several lines are dropped with a complaint (runner, AddIssue)
            where |= {"col": region.col, "endColumn": region.end_col}
    where["title"] = pen.say(f"{finding.title} ({finding.id})")
    return _line(_COMMANDS[finding.severity], where, _message(pen, finding))


def _message(pen: Pen, finding: Finding) -> str:
    parts = [pen.say(part) for part in finding.explanation.split("\n\n") if part.strip()]
    for fix in finding.fixes[:1]:
        parts += [short_fix(pen, fix), why_text(pen, fix)]
    return "\n".join(part for part in parts if part) or pen.say(finding.title)


def _line(command: str, where: dict[str, object], message: str) -> str:
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in where.items())
    return f"::{command} {properties}::{_data(message)}"


def _path(file: str) -> str:
    return clean(mask(file)).replace("\\", "/").removeprefix("./")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
