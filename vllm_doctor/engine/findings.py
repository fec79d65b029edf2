"""A match, worded: what a report shows of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.contain import contained, each
from vllm_doctor.engine import evidence
from vllm_doctor.engine.conditions import say, shown
from vllm_doctor.engine.repair import Workbench, fixes_of
from vllm_doctor.engine.rule_parts import Sentence, Text
from vllm_doctor.finding import Confidence, Evidence, Figure, Finding, Fix, Role, Severity
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.engine.match import Match
    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.facts import Facts

_NO_COMMAND: Text = {
    "en": "Your command is not in this log: give it with --command '…' or --launch FILE, "
    "and the fixed one is made from it.",
    "zh": "日志里没有启动命令：用 --command '…' 或 --launch FILE 给出，就能生成改好的命令。",
}


@dataclass(frozen=True)
class Seen:
    """How a rule was seen: in a role, with its proof, and how sure that is."""

    role: Role
    severity: Severity
    confidence: Confidence
    evidence: tuple[Evidence, ...] = ()
    place: str | None = None


def of_match(match: Match, role: Role, source: str, bench: Workbench) -> Finding:
    """The finding of a match in a log."""
    proof = tuple(each(f"the lines of {match.rule.id}", evidence.of_match, match, source))
    seen = Seen(role, match.rule.severity, match.signature.confidence, proof)
    finding = word(match.rule, match.facts, seen, bench if role == "cause" else None, bench.language)
    facts = [match.rule.figures[name] for name in finding.figures]
    lines = {item.line for item in proof}
    if match.event:
        lines |= set(range(match.event.first_line, match.event.last_line + 1))
    figures = each(f"the figures of {match.rule.id}", evidence.of_figures, match.facts, facts, source, lines)
    return replace(finding, evidence=(*proof, *figures))


def word(rule: Rule, facts: Facts, seen: Seen, bench: Workbench | None, language: str) -> Finding:
    """A rule's finding in words; with a workbench its fixes are made, and what is needed where none can be."""
    names = rule.figures
    titles, _ = say([Sentence(rule.title)], names, facts, language)
    explanation, used = say(rule.explanation, names, facts, language)
    made = contained(f"the fixes of {rule.id}", lambda: fixes_of(rule, facts, bench), ()) if bench else ()
    fixes = tuple(one.fix for one in made)
    options, in_options = say(rule.options, names, facts, language)
    avoid, in_avoid = say(rule.avoid, names, facts, language)
    needs, in_needs = say(rule.needs, names, facts, language)
    needs = _needs(needs, fixes, bench, language) if bench else []
    used |= in_options | in_avoid | in_needs
    used |= {name for one in made for name in one.used}
    return Finding(
        id=rule.shown,
        rule=rule.id,
        title=titles[0] if titles else rule.title["en"],
        severity=seen.severity,
        confidence=seen.confidence,
        transient=rule.transient,
        role=seen.role,
        explanation=" ".join(explanation),
        figures=_figures(rule, facts, used),
        evidence=seen.evidence,
        fixes=fixes,
        needs=" ".join(needs) or None,
        options=tuple(options) if bench and not _runnable(fixes) else (),
        avoid=tuple(avoid) if bench else (),
        references=rule.references,
        place=seen.place,
    )


def _figures(rule: Rule, facts: Facts, used: set[str]) -> dict[str, Figure]:
    """The figures that were said, in the rule's order."""
    return {name: shown(fact, facts[fact]) for name, fact in rule.figures.items() if name in used and fact in facts}


def _runnable(fixes: tuple[Fix, ...]) -> bool:
    return any(fix.command or fix.steps for fix in fixes)


def _needs(said: list[str], fixes: tuple[Fix, ...], bench: Workbench, language: str) -> list[str]:
    if _runnable(fixes):
        return []
    if bench.launch is None and fixes:
        return [*said, _NO_COMMAND.get(language) or _NO_COMMAND["en"]]
    return said
