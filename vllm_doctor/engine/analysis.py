"""One attempt, looked at: its facts, its launch, what matches, and what that means."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from vllm_doctor.contain import contained, each
from vllm_doctor.engine import findings
from vllm_doctor.engine.budget import Budget
from vllm_doctor.engine.decide import Decision, decide
from vllm_doctor.engine.match import Matcher
from vllm_doctor.engine.repair import Workbench
from vllm_doctor.facts import Fact, Facts
from vllm_doctor.facts.collect import of_events
from vllm_doctor.facts.known_launch import KnownLaunch, known_launch
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.releases import release_of, release_set
from vllm_doctor.log.types import Record
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.engine.launches import LaunchMatch
    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.finding import Finding, Fix, Role
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.log.types import Attempt


@dataclass(frozen=True)
class Said:
    """What the user said beside the log: the launch, the release, facts of model and GPU, the language.

    `look` looks up the model of a log with its facts and the releases that it may be, for a launch that the user
    gave (True) or one that the log shows. `budget` is the time that matching all attempts may take.
    """

    launch: Launch | None = None
    release: str | None = None
    facts: tuple[Fact, ...] = ()
    language: str = "en"
    look: Callable[[Facts, Sequence[str], bool], Iterable[Fact]] | None = None
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True)
class Analysis:
    """An attempt with all that is known of it. `release` is as written; `releases` the set of the table."""

    attempt: Attempt
    facts: Facts
    known: KnownLaunch | None
    release: str | None
    release_source: str | None
    releases: tuple[str, ...]
    decision: Decision
    language: str
    skipped: tuple[str, ...] = ()

    @property
    def bench(self) -> Workbench:
        """What its fixes are made from."""
        if self.known is None:
            return Workbench(None, "fragment", self.releases, self.language)
        return Workbench(self.known.launch, self.known.kind, self.releases, self.language)


def analyse_all(attempts: Sequence[Attempt], catalogue: Catalogue, said: Said) -> list[Analysis]:
    """Look at every attempt of a log; one that shows no release is read as the release of the others."""
    read = [of_events(attempt.events) for attempt in attempts]
    seen = dict.fromkeys(release_of(facts, None, None) for facts in read)
    shown = [(release, source) for release, source in seen if release]
    hint = shown[0] if len({release for release, _ in shown}) == 1 else (None, None)
    slow: set[str] = set()
    pairs = list(zip(attempts, read, strict=True))
    # the last first: the answer is mostly about it, and the time for all is bounded
    found = [analyse(attempt, facts, catalogue, said, hint, slow) for attempt, facts in reversed(pairs)]
    return found[::-1]


def analyse(
    attempt: Attempt,
    read: Facts,
    catalogue: Catalogue,
    said: Said,
    hint: tuple[str | None, str | None] = (None, None),
    slow: set[str] | None = None,
) -> Analysis:
    """Look at one attempt of a log, with the facts read from it; `hint` is a release and where it was seen.

    `slow` are patterns that took too long on another attempt; those of this one are added.
    """
    release, source = release_of(read, said.release, None)
    if release is None:
        release, source = hint
    known = contained("the log's command", lambda: known_launch(attempt.events, release, said.launch), None)
    if release is None and known:
        release, source = release_of(read, None, known.launch.image)
    seen = contained("the releases", lambda: None if release else _releases_seen(attempt), None)
    releases = release_set(release) if release else seen or release_set(None)
    beside = each("what the log says of its command", _told_beside, attempt, known, releases)
    facts = _facts(read, known, said, releases).having(beside)
    if release and "vllm.version" not in facts:
        facts = facts.having([Fact("vllm.version", release)])
    if said.look:
        facts = facts.having(each("the model's facts", said.look, facts, releases, said.launch is not None))
    slow = set() if slow is None else slow
    matcher = Matcher(catalogue.of_logs, slow=slow, budget=said.budget, asked=catalogue.asked)
    decision = decide(attempt, matcher.matches(attempt.events, facts))
    skipped = tuple(dict.fromkeys(matcher.skipped))
    return Analysis(attempt, facts, known, release, source, releases, decision, said.language, skipped)


def _releases_seen(attempt: Attempt) -> tuple[str, ...] | None:
    """The releases that the log's own words admit, where nothing names one."""
    from vllm_doctor.facts.release_evidence import releases_seen

    return releases_seen(attempt.events)


def _told_beside(attempt: Attempt, known: KnownLaunch | None, releases: Sequence[str]) -> Iterator[Fact]:
    """Facts that need more than one event: what the command-line parser rejected, what the server replied."""
    messages = [event.message for event in attempt.events if isinstance(event, Record)]
    if any("error: " in message for message in messages):
        from vllm_doctor.facts.of_errors import of_rejected

        yield from of_rejected(attempt.events, known.launch if known else None, releases)
    if any("{" in message for message in messages):
        from vllm_doctor.facts.replies import of_replies

        yield from of_replies(attempt.events)


def _facts(read: Facts, known: KnownLaunch | None, said: Said, releases: Sequence[str]) -> Facts:
    """What was said, over which goes what the launch says, over which goes what the log says."""
    launch = of_launch(known.launch, releases) if known else ()
    beneath = Facts({fact.name: fact for fact in (*said.facts, *launch)})
    return beneath.having(read.read.values())


def findings_of(analysis: Analysis, source: str, catalogue: Catalogue) -> tuple[Finding, ...]:
    """The findings of an attempt: the root cause first, then other causes, symptoms and notes."""
    decision, bench = analysis.decision, analysis.bench
    found: list[Finding] = []
    if decision.root:
        root = findings.of_match(decision.root, "cause", source, bench)
        found.append(replace(root, fixes=_named(root, analysis.known)))
    found += [findings.of_match(match, role, source, bench) for match, role in decision.others]
    if decision.verdict in ("failed", "unknown-failure") and analysis.known:
        named = {finding.id for finding in found}
        found += contained("the launch's own findings", lambda: _of_launch(analysis, catalogue, named), ())
    return tuple(sorted(found, key=lambda finding: ("cause", "symptom", "note").index(finding.role)))


def _named(root: Finding, known: KnownLaunch | None) -> tuple[Fix, ...]:
    """The fixes of a root cause, each saying what of the log's command was left out of it."""
    dropped = tuple(f"left out: {what}" for what in known.dropped) if known else ()
    return tuple(replace(fix, checks=(*fix.checks, *dropped)) if fix.command else fix for fix in root.fixes)


def _of_launch(analysis: Analysis, catalogue: Catalogue, named: set[str]) -> Sequence[Finding]:
    """What the launch alone shows and the log did not name, as further causes and notes.

    Only a launch that the user gave is reviewed as `check` would do it: one that the log shows may be cut or written
    anew, and what it is looked at for is what would fail next.
    """
    from vllm_doctor.engine import launches

    assert analysis.known  # noqa: S101 - the caller asks
    known, given = analysis.known, analysis.known.source == "given"
    rules = catalogue.of_launches if given else [rule for rule in catalogue.of_launches if rule.kind == "cause"]
    echoed = any(fact.line and name.startswith(("args.", "config.")) for name, fact in analysis.facts.read.items())
    found = []
    for match in launches.matches(
        rules, known.launch, analysis.facts, analysis.releases, accepted=echoed and not given
    ):
        if match.rule.shown in named or _explained(analysis, match.rule) or _is_taste(match):
            continue
        role: Role = "cause" if match.rule.kind == "cause" and match.signature.severity != "note" else "note"
        seen = findings.Seen(role, match.signature.severity, match.signature.confidence)
        found.append(findings.word(match.rule, match.facts, seen, analysis.bench, analysis.language))
    return found


def _is_taste(match: LaunchMatch) -> bool:
    """Whether it changes nothing about how the launch works: who looks at a failure need not read it."""
    return match.rule.kind == "lint" and match.signature.severity == "note"


def _explained(analysis: Analysis, rule: Rule) -> bool:
    """Whether the root cause tells what a rule of the launch would: it is one of its symptoms, or its outcome."""
    root = analysis.decision.root
    return bool(root and (rule.shown in root.rule.excludes or root.rule.shown in rule.excludes))
