"""Several logs of one deployment (ranks, pods): one diagnosis of them all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.finding import Deployment, Diagnosis, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.engine.catalogue import Catalogue

_VERDICTS = ("failed", "unknown-failure", "incomplete", "warned", "healthy")
_CONFIDENCE = ("certain", "likely", "possible")


def merge(answers: Sequence[Diagnosis], catalogue: Catalogue) -> Diagnosis:
    """One answer: the surest root cause that no other log's cause explains; of equals the first log's.

    The causes of the other logs follow, as symptoms where the chosen one excludes them. Each finding's evidence
    names its log.
    """
    verdict = min((answer.verdict for answer in answers), key=_VERDICTS.index)
    roots = [answer.root_cause for answer in answers if answer.root_cause and answer.verdict == verdict]
    standing = [root for root in roots if not any(_explains(other, root, catalogue) for other in roots)] or roots
    root = min(standing, key=lambda finding: _CONFIDENCE.index(finding.confidence), default=None)
    chosen = next((answer for answer in answers if root and answer.root_cause is root), answers[0])
    return Diagnosis(
        sources=tuple(source for answer in answers for source in answer.sources),
        verdict=verdict,
        root_cause=root,
        findings=_findings(answers, root, catalogue),
        attempts=tuple(attempt for answer in answers for attempt in answer.attempts),
        deployment=_deployment([chosen, *answers]),
        context=None if root else next((answer.context for answer in answers if answer.context), None),
        notes=tuple(dict.fromkeys(note for answer in answers for note in answer.notes)),
    )


def _explains(strong: Finding, weak: Finding, catalogue: Catalogue) -> bool:
    if strong.id == weak.id:
        return False
    one, other = catalogue.rules.get(strong.rule), catalogue.rules.get(weak.rule)
    return bool(one and weak.id in one.excludes) or bool(other and strong.id in other.excluded_by)


def _findings(answers: Sequence[Diagnosis], root: Finding | None, catalogue: Catalogue) -> tuple[Finding, ...]:
    found: dict[str, Finding] = {root.id: root} if root else {}
    for answer in answers:
        for finding in answer.findings:
            explained = root and finding.role == "cause" and _explains(root, finding, catalogue)
            found.setdefault(finding.id, replace(finding, role="symptom", fixes=()) if explained else finding)
    return tuple(sorted(found.values(), key=lambda finding: ("cause", "symptom", "note").index(finding.role)))


def _deployment(answers: Sequence[Diagnosis]) -> Deployment:
    """The first answer's, its gaps filled from the others."""
    merged = answers[0].deployment
    for answer in answers[1:]:
        for name in Deployment.__dataclass_fields__:
            if getattr(merged, name) in (None, ()):
                merged = replace(merged, **{name: getattr(answer.deployment, name)})
    return merged
