"""Launches, reviewed before they run, and mended where a fix may be made unasked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.contain import contained, each
from vllm_doctor.engine import findings, launches
from vllm_doctor.engine.ignores import Ignores
from vllm_doctor.engine.repair import Made, Workbench, fixes_of, without_secrets
from vllm_doctor.engine.silence import UNKNOWN, UNUSED, Policy, Silence
from vllm_doctor.facts import Fact, Facts
from vllm_doctor.facts.argument_errors import MOST_WORDS
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.releases import standing
from vllm_doctor.finding import Finding, LaunchReview, Region, Review, Role
from vllm_doctor.launch.layout import laid_out
from vllm_doctor.text import place
from vllm_doctor.values import dataclass
from vllm_doctor.vllm import newer_than_table, releases

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.engine.launches import LaunchMatch
    from vllm_doctor.finding import Severity
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.repo.pins import Pin
    from vllm_doctor.text import Span

MOST_EDITS = 60
MOST_READ = 2_000_000
"""Characters: each launch to be mended costs several readings of its whole file, so long files have fewer mended."""


_TELL_ALL = Policy()


@dataclass(frozen=True)
class Wishes:
    """What may be changed: `tidy` also what is needless, `unsafe` also with fixes that cost something."""

    tidy: bool = False
    unsafe: bool = False


@dataclass(frozen=True)
class Reviewer:
    """Reviews launches with a catalogue and what the user said. `model_facts` looks up a launch's model."""

    catalogue: Catalogue
    release: str | None
    facts: tuple[Fact, ...]
    language: str
    model_facts: Callable[[Launch], Iterable[Fact]]
    hide: Callable[[Sequence[str]], Sequence[str]] = tuple
    """Hides the secrets of arguments, so that none goes into a fingerprint."""
    policy: Policy = _TELL_ALL
    pin: Pin | None = None
    """What the project of the file asks of vLLM."""

    def review(
        self,
        text: str,
        file: str,
        found: Sequence[Launch],
        read: Callable[[str], Sequence[Launch]],
        wishes: Wishes,
    ) -> Review:
        """The findings of every launch of a text, and the text with all that may be mended.

        `read` reads the launches of an edited text again; an edit after which they are not all found is dropped.
        """
        silence = Silence(self.policy, Ignores(text, file))
        matched = [self._matches(launch) for launch in found]
        prints = [self._fingerprint(launch) for launch in found]
        silent = [silence.of(*one) for one in zip(found, matched, prints, strict=True)]
        mended = _mended_ones(text, matched, silent)
        kept = [ids if index in mended else self._ids() for index, ids in enumerate(silent)]
        fixed = contained("the fixes", lambda: self._mended(text, found, matched, read, wishes, kept), text)
        after = read(fixed) if fixed != text else found
        told = [
            [
                one
                for match in matched[index]
                if match.rule.id not in silent[index]
                for one in self._told(match, launch, file, prints[index], mended=index in mended)
            ]
            for index, launch in enumerate(found)
        ]
        reviews = [self._one(launch, file, after[index], told[index]) for index, launch in enumerate(found)]
        notes = [note for launch in found for note in self._notes(launch)]
        if wrong := sum(bool(found) for found in told) - sum(bool(told[index]) for index in mended):
            notes.append(f"no fixes were made for the last {wrong} launches with findings: this file is too long")
        return Review(
            file,
            tuple(reviews),
            text,
            fixed if fixed != text else None,
            tuple(dict.fromkeys(notes)),
            tuple(silence.of_comments(file, self._ids(), self.language)),
            silence.ignored,
            silence.baselined,
        )

    def _ids(self) -> set[str]:
        """Every id by which a finding may be named."""
        rules = self.catalogue.rules.values()
        return {name for rule in rules for name in (rule.id, rule.shown)} | {UNUSED, UNKNOWN}

    def _fingerprint(self, launch: Launch) -> str:
        """What a launch starts and with what, secrets hidden: the same wherever it stands and however laid out."""
        from hashlib import sha256

        variables = sorted(f"{variable.name}={variable.value}" for variable in launch.env)
        parts = [launch.program, launch.image or "", *self.hide(launch.argv), *self.hide(variables)]
        return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _notes(self, launch: Launch) -> list[str]:
        """What cannot be judged: a release that came after this table, a command of more words than one has."""
        if len(launch.argv) > MOST_WORDS:
            return [f"a command of {len(launch.argv)} words; its options are not judged"]
        release = standing(self.release, launch.image, self.pin).release
        if not release or not newer_than_table(release):
            return []
        return [f"vLLM {release} is newer than this table, which ends at {releases()[-1]}; its options are not judged"]

    def _one(self, launch: Launch, file: str, after: Launch, found: Sequence[Finding]) -> LaunchReview:
        facts, _, release = self._known(launch)
        shown = without_secrets(after) if after.span.of(after.text) != launch.span.of(launch.text) else None
        return LaunchReview(
            program=launch.program,
            model=facts.text("args.model"),
            argv=launch.argv,
            env={variable.name: variable.value for variable in launch.env},
            image=launch.image,
            vllm_version=release,
            version_source=standing(self.release, launch.image, self.pin).source,
            file=file,
            line=launch.line,
            findings=tuple(sorted(found, key=lambda one: ("error", "warning", "note").index(one.severity))),
            fixed=shown.span.of(shown.text) if shown else None,
            argv_effective=launch.argv_effective,
            argv_with_config=_with_config(launch, release),
            region=_region(launch.text, launch.span),
        )

    def _known(self, launch: Launch) -> tuple[Facts, tuple[str, ...], str | None]:
        stands = standing(self.release, launch.image, self.pin)
        release, releases = stands.release, stands.releases
        read = [*self.facts, *of_launch(launch, releases), *each("the model's facts", self.model_facts, launch)]
        read += [Fact("vllm.version", release)] if release else []
        return Facts({fact.name: fact for fact in read}), releases, release

    def _matches(self, launch: Launch) -> list[LaunchMatch]:
        facts, releases, _ = self._known(launch)
        return launches.matches(self.catalogue.of_launches, launch, facts, releases)

    def _told(
        self, match: LaunchMatch, launch: Launch, file: str, fingerprint: str, *, mended: bool
    ) -> Sequence[Finding]:
        """The finding of a match, with its fixes if `mended`; none where a bug of ours keeps it from being worded."""
        made = lambda: (self._finding(match, launch, file, fingerprint, mended),)  # noqa: E731 - it may fail
        return contained(f"rule {match.rule.id}", made, ())

    def _finding(self, match: LaunchMatch, launch: Launch, file: str, fingerprint: str, mended: bool) -> Finding:
        _, releases, _ = self._known(launch)
        region = _region(launch.text, match.spans[0]) if match.spans else None
        at = f"{file or 'command'}:{region.line}:{region.col}" if region else None
        role: Role = "cause" if match.rule.kind == "cause" else "note"
        seen = findings.Seen(role, self._level(match), match.signature.confidence, (), at)
        bench = self._bench(launch, releases) if mended else None
        found = findings.word(match.rule, match.facts, seen, bench, self.language)
        return replace(found, region=region, fingerprint=fingerprint)

    def _level(self, match: LaunchMatch) -> Severity:
        return self.policy.level((match.rule.id, match.rule.shown), match.signature.severity)

    def _bench(self, launch: Launch, releases: tuple[str, ...]) -> Workbench:
        return Workbench(launch, "given", releases, self.language)

    def _mended(
        self,
        text: str,
        found: Sequence[Launch],
        matched: Sequence[Sequence[LaunchMatch]],
        read: Callable[[str], Sequence[Launch]],
        wishes: Wishes,
        silent: Sequence[Collection[str]],
    ) -> str:
        """The text after every allowed fix; each is made on the text as the ones before left it.

        `matched` are the matches of each launch as it was, `silent` the ids of rules whose fixes are not wanted in it.
        """
        current, tidied = list(found), set()
        for index in range(len(matched)):
            for _ in range(MOST_EDITS):
                launch = current[index]
                matches = matched[index] if launch is found[index] else self._matches(launch)
                made = self._next(launch, matches, wishes, silent[index])
                again = read(made.launch.text) if made and made.launch else []
                if not made or len(again) != len(current):
                    break
                current = list(again)
                tidied.add(index)
        for index in sorted(tidied, reverse=True) if wishes.tidy else ():
            neat = read(laid_out(current[index]))
            current = list(neat) if len(neat) == len(current) else current
        return current[0].text if current else text

    def _next(
        self, launch: Launch, matches: Sequence[LaunchMatch], wishes: Wishes, silent: Collection[str]
    ) -> Made | None:
        """The first fix that may be made and changes something."""
        _, releases, _ = self._known(launch)
        for match in matches:
            if match.rule.id in silent or (self._level(match) == "note" and not wishes.tidy):
                continue
            for made in fixes_of(match.rule, match.facts, self._bench(launch, releases)):
                allowed = made.fix.effect == "same" or (wishes.unsafe and made.fix.effect == "costs")
                mends = made.launch is not None and made.launch.text != launch.text
                if allowed and mends and not made.fix.steps:
                    return made
        return None


def _mended_ones(
    text: str, matched: Sequence[Sequence[LaunchMatch]], silent: Sequence[Collection[str]]
) -> frozenset[int]:
    """Which launches are mended: the first of those in which something is told, as many as the text's length allows."""
    wrong = [
        index for index, matches in enumerate(matched) if any(match.rule.id not in silent[index] for match in matches)
    ]
    return frozenset(wrong[: max(1, MOST_READ // max(1, len(text)))])


def _with_config(launch: Launch, release: str | None) -> tuple[str, ...] | None:
    if "--config" not in launch.argv:
        return None
    from vllm_doctor.launch.yamlfile.config_release import with_config

    return with_config(launch, release)


def _region(text: str, span: Span) -> Region:
    first, last = place(text, span.start), place(text, span.end)
    return Region(first.line, first.col, last.line, last.col)
