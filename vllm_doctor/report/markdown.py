"""Answers as GitHub Markdown, ready for an issue: nothing in it can close a fence or mention anyone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.report import markup
from vllm_doctor.report.fixes import avoided, change_text, only_steps, short_fix, why_text
from vllm_doctor.report.head import gpus_text, release_text, source_name
from vllm_doctor.report.layout import cut
from vllm_doctor.report.part import internal, part
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.safe import unannounced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.finding import AttemptSummary, Diagnosis, Evidence, Finding, Fix, LaunchReview, Review
    from vllm_doctor.report.words import Language

_EVIDENCE_SHOWN = 12
_MESSAGE_LINES = 40
_LINE = 400
"""Columns of a quoted line."""


def diagnosis_markdown(diagnosis: Diagnosis, *, language: Language = "en") -> str:
    """The answer for one deployment as Markdown, ending in a newline; secrets are masked."""
    pen = Pen.of(100, False, "utf-8", language)
    root = diagnosis.root_cause
    parts = [f"## {_title(pen, diagnosis)}"]
    if diagnosis.verdict in ("warned", "healthy") and root:
        parts.append(pen.word(diagnosis.verdict))
    parts += part(lambda: _finding(pen, root) if root else _context(pen, diagnosis), markup.prose)
    parts += part(lambda: _evidence(pen, diagnosis), markup.prose)
    parts += part(lambda: [f"### {pen.word('md.deployment')}", *_deployment(pen, diagnosis)], markup.prose)
    parts += part(lambda: _attempts(pen, diagnosis.attempts), markup.prose)
    parts += [f"> {markup.prose(note)}" for note in (*diagnosis.notes, *internal(diagnosis))]
    return unannounced("\n\n".join(part for part in parts if part)) + "\n"


def review_markdown(review: Review, *, language: Language = "en") -> str:
    """What `check` found in one file or command as Markdown, ending in a newline; secrets are masked."""
    pen = Pen.of(100, False, "utf-8", language)
    parts = [] if review.launches else [f"## {markup.code(review.file or 'command')}", pen.word("no-launch")]
    for launch in review.launches:
        parts += _launch(pen, launch)
    for finding in review.findings:
        parts += _reviewed(pen, finding, command=True)
    parts += [f"> {markup.prose(note)}" for note in review.notes]
    return unannounced("\n\n".join(part for part in parts if part)) + "\n"


def _launch(pen: Pen, launch: LaunchReview) -> list[str]:
    place = f"{launch.file}:{launch.line}" if launch.file else "command"
    release = pen.word("release", release=markup.prose(launch.vllm_version)) if launch.vllm_version else ""
    said = [markup.code(one) for one in (launch.program, launch.model, launch.image) if one]
    parts = [f"## {markup.code(place)}", _bullets([*said, *([release] if release else [])])]
    for finding in launch.findings:
        parts += _reviewed(pen, finding, command=launch.fixed is None)
    if not launch.findings:
        parts.append(pen.word("launch.good"))
    if launch.fixed is not None:
        parts += [f"**{pen.word('run')}**", markup.fence(launch.fixed, "bash")]
    return parts


def _reviewed(pen: Pen, finding: Finding, *, command: bool) -> list[str]:
    """A finding of a launch; its fix as a command only where no mended launch shows it."""
    place = f" {markup.code(finding.place)}" if finding.place else ""
    title = f"### {markup.prose(finding.title)} ({markup.code(finding.id)}){place}"
    fixes = (
        finding.fixes if command else tuple(replace(fix, command=None, patch=None) for fix in finding.fixes)
    )
    # the words of a confidence speak of a log, and here is none
    return [title, *_finding(pen, replace(finding, fixes=fixes, confidence="certain"))]


def _title(pen: Pen, diagnosis: Diagnosis) -> str:
    root = diagnosis.root_cause
    if root:
        return f"{markup.prose(root.title)} ({markup.code(root.id)})"
    titles = {"healthy": "healthy", "warned": "verdict.warned", "incomplete": "incomplete"}
    return pen.word(titles.get(diagnosis.verdict, "unknown"))


def _finding(pen: Pen, finding: Finding) -> list[str]:
    parts = markup.paragraphs(finding.explanation)
    if finding.confidence != "certain":
        parts.append(pen.word(f"confidence.{finding.confidence}"))
    if finding.transient:
        parts.append(pen.word("transient"))
    if finding.fixes:
        parts += _fix(pen, finding.fixes[0])
    elif finding.needs:
        parts.append(f"{pen.word('needs')}: {markup.prose(finding.needs)}")
    if finding.options and not finding.fixes:
        parts += [pen.word("options"), _bullets([markup.prose(option) for option in finding.options])]
    rows = _changes(pen, finding.fixes[0]) if finding.fixes else []
    parts.append(_bullets([*rows, *_others(pen, finding)]))
    if finding.references:
        links = [markup.link(reference) for reference in finding.references]
        parts += [pen.word("page.references"), _bullets(links)]
    return parts


def _fix(pen: Pen, fix: Fix) -> list[str]:
    """Steps, and the command or patch in a fence."""
    parts = []
    for number, step in enumerate(fix.steps):
        where = step.where if step.where in ("server", "client", "host") else "server"
        key = "then" if number else "do" if only_steps(fix) else "first"
        parts.append(f"{pen.word(key).rstrip(':：')} ({pen.word(f'where.{where}')}):")
        parts.append(markup.fence(step.run, "bash"))
    if fix.command:
        key = {"fragment": "fragment", "rebuilt": "run.rebuilt"}.get(fix.command_kind or "", "run")
        parts += [f"**{pen.word(key)}**", markup.fence(fix.command, "bash")]
    elif fix.patch:
        parts += [
            f"**{pen.word('patch', file=markup.code(fix.file or ''))}**",
            markup.fence(fix.patch, "diff"),
        ]
    elif fix.changes:
        parts.append(f"**{pen.word('change')}**")
    return parts


def _changes(pen: Pen, fix: Fix) -> list[str]:
    """What the command changes, why, and what was checked."""
    changes = [_change(pen, fix, number) for number in range(len(fix.changes))]
    why = [] if fix.changes else [markup.prose(why_text(pen, fix))]
    checks = [f"{pen.word('checked')} {markup.prose('; '.join(fix.checks))}"] if fix.checks else []
    return [line for line in [*changes, *why, *checks] if line]


def _change(pen: Pen, fix: Fix, number: int) -> str:
    change = fix.changes[number]
    text = markup.code(change_text(pen, change))
    if change.verb in ("remove", "unsetenv"):
        text = pen.word("without", name=text)
    why = markup.prose(why_text(pen, fix)) if number == 0 else ""
    return f"{text}: {why}" if why else text


def _others(pen: Pen, finding: Finding) -> list[str]:
    lines = []
    for fix in finding.fixes[1:]:
        why = markup.prose(why_text(pen, fix))
        lines.append(f"{pen.word('or')} {markup.code(short_fix(pen, fix))}" + (f": {why}" if why else ""))
    return [*lines, *(f"{pen.word('dont')}: {markup.prose(avoided(text))}" for text in finding.avoid)]


def _context(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    """What is known without a rule."""
    context = diagnosis.context
    if context is None:
        return []
    if diagnosis.verdict == "incomplete":
        last = [pen.word("incomplete.last", step=markup.prose(context.message))] if context.message else []
        return [*last, markup.prose(pen.word("incomplete.next"))]
    said = f"{context.exception}: {context.message}".strip(": ")
    raised = "\n".join(
        [
            *(cut(line, _LINE) for line in said.split("\n")[:_MESSAGE_LINES]),
            *(f"  {pen.word('frame')} {frame}" for frame in reversed(context.frames)),
        ]
    )
    return [pen.word("unknown.innermost"), markup.fence(raised)]


def _evidence(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    """The quoted lines of the cause, or the records around an unknown failure, then those of the symptoms."""
    root, context = diagnosis.root_cause, diagnosis.context
    quoted: list[Evidence] = list(root.evidence if root else context.records if context else ())
    follows = [one.evidence[0] for one in diagnosis.findings if one.role == "symptom" and one.evidence]
    lines = [_quoted(one) for one in quoted[:_EVIDENCE_SHOWN]]
    lines += [f"{_quoted(one)}   <- {pen.word('follows')}" for one in follows[:_EVIDENCE_SHOWN]]
    return [f"### {pen.word('md.evidence')}", markup.fence("\n".join(lines))] if lines else []


def _quoted(evidence: Evidence) -> str:
    text = cut(" ".join(evidence.text.split("\n")), _LINE)
    return f"{evidence.source}:{evidence.line}: {text}"


def _deployment(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    facts = diagnosis.deployment
    names = ", ".join(markup.code(source_name(pen, source.name)) for source in diagnosis.sources)
    lines = pen.count("lines", sum(source.lines for source in diagnosis.sources))
    rows = [f"{pen.word('md.logs')}: {names} ({lines})", markup.prose(release_text(pen, facts))]
    rows.append(markup.prose(gpus_text(pen, facts)))
    if facts.model:
        rows.append(f"{pen.word('md.model')}: {markup.code(facts.model)}")
    parts = [_bullets([row for row in rows if row])]
    if facts.command:
        source = markup.prose(facts.command_source or "")
        parts += [pen.word("md.command", source=source) + ":", markup.fence(facts.command, "bash")]
    return parts


def _attempts(pen: Pen, attempts: Sequence[AttemptSummary]) -> list[str]:
    if len(attempts) < 2 and not any(attempt.repeats > 1 for attempt in attempts):
        return []
    rows = []
    for one in attempts:
        verdict = pen.word(f"verdict.{one.verdict}")
        cause = f": {markup.code(one.root_cause)}" if one.root_cause else ""
        repeats = f" ×{one.repeats}" if one.repeats > 1 else ""
        rows.append(
            pen.word("attempt", first=one.first_line, last=one.last_line, verdict=verdict) + cause + repeats
        )
    count = sum(attempt.repeats for attempt in attempts)
    return [markup.folded(pen.word("md.attempts", n=count), _bullets(rows))]


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
