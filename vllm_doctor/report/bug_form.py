"""A diagnosis as vLLM's bug form asks for it (.github/ISSUE_TEMPLATE/400-bug-report.yml, 0.6 to 0.33).

The form's headings stay English whatever the language: its readers' searches rely on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.report import markup
from vllm_doctor.report.fixes import short_fix, why_text
from vllm_doctor.report.head import source_name
from vllm_doctor.report.layout import cut
from vllm_doctor.report.part import internal, part
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.safe import unannounced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.finding import Context, Diagnosis, Evidence, Finding
    from vllm_doctor.report.words import Language

_LINE = 400
"""Columns of a quoted line."""
_QUOTED = 40
"""Quoted lines at most."""
_MESSAGE = 40
"""Lines of an exception's message at most."""
_UNKNOWN = "not in the log"


def bug_form(diagnosis: Diagnosis, *, language: Language = "en") -> str:
    """The answers to vLLM's bug form as Markdown, ending in a newline; secrets are masked."""
    pen = Pen.of(100, False, "utf-8", language)
    parts = [
        "### Your current environment",
        *part(lambda: [markup.fence("\n".join(_environment(pen, diagnosis)))], markup.prose),
        "`python collect_env.py` tells more: run it where the server runs, and put its output here.",
        "### 🐛 Describe the bug",
        *part(lambda: _bug(pen, diagnosis), markup.prose),
        "### Before submitting a new issue...",
        "- [ ] Make sure you already searched for relevant issues, and asked the chatbot living at the bottom right "
        "corner of the documentation page.",
    ]
    return unannounced("\n\n".join(part for part in parts if part)) + "\n"


def _environment(pen: Pen, diagnosis: Diagnosis) -> Iterator[str]:
    """The environment, a line each, as far as log and launch show it."""
    facts = diagnosis.deployment
    release = facts.vllm_version or _UNKNOWN
    if facts.vllm_version is None and facts.vllm_versions:
        release = f"{facts.vllm_versions[0]} to {facts.vllm_versions[-1]}"
    source = f" (from: {facts.version_source})" if facts.version_source else ""
    yield f"vLLM                : {release}{source}"
    yield f"Engine              : {facts.engine or _UNKNOWN}"
    yield f"GPU                 : {_gpu(diagnosis)}"
    yield f"Model               : {facts.model or _UNKNOWN}"
    for one in diagnosis.sources:
        yield f"Log                 : {source_name(pen, one.name)}, {one.lines} lines"


def _gpu(diagnosis: Diagnosis) -> str:
    facts = diagnosis.deployment
    parts = [facts.gpu or "", f"{facts.gpu_total_gib:.2f} GiB" if facts.gpu_total_gib else ""]
    known = ", ".join(part for part in parts if part)
    count = f"{facts.gpu_count} x " if facts.gpu_count else ""
    return f"{count}{known}" if known else f"{facts.gpu_count or _UNKNOWN}"


def _bug(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    facts = diagnosis.deployment
    parts = []
    if facts.command:
        source = markup.prose(facts.command_source or "given")
        parts += [f"The command ({source}):", markup.fence(facts.command, "bash")]
    root = diagnosis.root_cause
    if root:
        parts += _cause(pen, root)
    else:
        parts.append(f"No known cause fits ({diagnosis.verdict}).")
        parts += _context(diagnosis.context) if diagnosis.context else []
    parts += _records(pen, diagnosis)
    return [*parts, *(f"> {markup.prose(note)}" for note in (*diagnosis.notes, *internal(diagnosis)))]


def _cause(pen: Pen, root: Finding) -> list[str]:
    """What vllm-doctor makes of it, and what was not enough or is left to do."""
    sure = "" if root.confidence == "certain" else f", {root.confidence}"
    parts = [f"**{markup.prose(root.title)}** ({markup.code(root.id)}{sure})", *markup.paragraphs(root.explanation)]
    ways = []
    for fix in root.fixes:
        why = markup.prose(why_text(pen, fix))
        ways.append(f"- {markup.code(short_fix(pen, fix))}" + (f": {why}" if why else ""))
    return [*parts, "What should help:", "\n".join(ways)] if ways else parts


def _context(context: Context) -> list[str]:
    said = f"{context.exception}: {context.message}".strip(": ").split("\n")[:_MESSAGE]
    frames = [f"  at {frame}" for frame in reversed(context.frames)]
    return ["The innermost exception:", markup.fence("\n".join([*(cut(line, _LINE) for line in said), *frames]))]


def _records(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    """The lines of the log that decide, each with its place, in the log's order."""
    root = diagnosis.root_cause
    quoted = list(root.evidence if root else diagnosis.context.records if diagnosis.context else ())
    quoted += [one for finding in diagnosis.findings if finding.role == "symptom" for one in finding.evidence]
    unique = {(one.source, one.line): one for one in quoted[:_QUOTED]}
    if not unique:
        return []
    lines = [_line(pen, unique[place]) for place in sorted(unique)]
    return ["The lines of the log that decide:", markup.fence("\n".join(lines))]


def _line(pen: Pen, evidence: Evidence) -> str:
    text = cut(" ".join(evidence.text.split("\n")), _LINE)
    return f"{source_name(pen, evidence.source)}:{evidence.line}: {text}"
