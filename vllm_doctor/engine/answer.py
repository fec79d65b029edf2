"""From the attempts of a log to one diagnosis: the last failure counts, and a good start after it softens it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.contain import contained
from vllm_doctor.engine import context
from vllm_doctor.engine.analysis import Analysis, findings_of
from vllm_doctor.engine.over_lines import masked_over_lines
from vllm_doctor.engine.repair import without_secrets
from vllm_doctor.facts.releases import release_set
from vllm_doctor.finding import AttemptSummary, Deployment, Diagnosis, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.facts import Facts
    from vllm_doctor.log.types import Log

AROUND = 5
_OTHERS = 3
FAILED = ("failed", "unknown-failure")


def answer(log: Log, analyses: Sequence[Analysis], catalogue: Catalogue) -> Diagnosis:
    """The diagnosis of one log."""
    chosen = attempt_answered(analyses)
    found = findings_of(chosen, log.name, catalogue)
    decision = chosen.decision
    root = found[0] if decision.root else None
    made = Diagnosis(
        sources=(Source(log.name, log.lines, log.bytes),),
        verdict=_verdict(analyses, chosen),
        root_cause=root,
        findings=found,
        attempts=_summaries(analyses),
        deployment=contained("the deployment", lambda: deployment(chosen), Deployment()),
        context=None if root else contained("the context", lambda: context.of(chosen, log.name), None),
        notes=(*log.notes, *_skipped(analyses, chosen)),
    )
    return masked_over_lines(made, chosen.attempt.events)


def _skipped(analyses: Sequence[Analysis], chosen: Analysis) -> list[str]:
    """What was left out for want of time: all of the attempt answered for, a little of the others."""
    others = [what for analysis in reversed(analyses) if analysis is not chosen for what in analysis.skipped]
    return list(dict.fromkeys((*chosen.skipped, *others[:_OTHERS])))


def attempt_answered(analyses: Sequence[Analysis]) -> Analysis:
    """The attempt that is answered for: the last that failed, else the last that says anything."""
    for verdicts in (FAILED, ("warned",), ("healthy",)):
        found = [analysis for analysis in analyses if analysis.decision.verdict in verdicts]
        if found:
            return found[-1]
    return analyses[-1]


def _verdict(analyses: Sequence[Analysis], chosen: Analysis) -> Verdict:
    verdict = chosen.decision.verdict
    later = analyses[analyses.index(chosen) + 1 :]
    good = any(analysis.decision.verdict in ("healthy", "warned") for analysis in later)
    return "warned" if verdict in FAILED and good else verdict


def _summaries(analyses: Sequence[Analysis]) -> tuple[AttemptSummary, ...]:
    """One line an attempt; equal ones in a row are folded."""
    rows: list[AttemptSummary] = []
    for analysis in analyses:
        root, attempt = analysis.decision.root, analysis.attempt
        id_ = root.rule.shown if root else None
        first = attempt.since or attempt.first_line
        row = AttemptSummary(first, attempt.last_line, analysis.decision.verdict, id_, attempt.repeats)
        if rows and (rows[-1].verdict, rows[-1].root_cause) == (row.verdict, id_):
            rows[-1] = replace(rows[-1], last_line=row.last_line, repeats=rows[-1].repeats + row.repeats)
        else:
            rows.append(row)
    return tuple(rows)


def deployment(analysis: Analysis) -> Deployment:
    """What is known of the deployment."""
    facts, known = analysis.facts, analysis.known
    count = facts.number("gpu.count")
    shown = without_secrets(known.launch) if known else None
    narrowed = not analysis.release and 0 < len(analysis.releases) < len(release_set(None))
    return Deployment(
        vllm_version=analysis.release,
        vllm_versions=analysis.releases if analysis.release or narrowed else (),
        version_source="evidence" if narrowed else analysis.release_source,
        model=facts.text("model.name"),
        engine=facts.text("engine.kind"),
        gpu=facts.text("gpu.name"),
        gpu_total_gib=_gib(facts, "memory.total_gib"),
        gpu_count=int(count) if count else None,
        command=shown.span.of(shown.text) if shown else None,
        command_source=known.source if known else None,
    )


def _gib(facts: Facts, name: str) -> float | None:
    value = facts.number(name)
    return None if value is None else round(value, 2)
