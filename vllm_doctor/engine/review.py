"""Launches, reviewed before they run, and mended where a fix may be made unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.engine import findings, launches
from vllm_doctor.engine.repair import Made, Workbench, fixes_of, without_secrets
from vllm_doctor.facts import Fact, Facts
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.releases import release_of, release_set
from vllm_doctor.finding import Finding, LaunchReview, Review, Role
from vllm_doctor.launch.layout import laid_out
from vllm_doctor.text import place
from vllm_doctor.values import dataclass
from vllm_doctor.vllm import newer_than_table, releases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.engine.launches import LaunchMatch
    from vllm_doctor.launch.types import Launch

MOST_EDITS = 60


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
        fixed = self._mended(text, found, read, wishes)
        after = read(fixed) if fixed != text else found
        reviews = [self._one(launch, file, after[index]) for index, launch in enumerate(found)]
        notes = [note for launch in found for note in self._notes(launch)]
        changed = fixed if fixed != text else None
        return Review(file, tuple(reviews), text, changed, tuple(dict.fromkeys(notes)))

    def _notes(self, launch: Launch) -> list[str]:
        """What this table cannot judge: a release that came after it."""
        release, _ = release_of(Facts(), self.release, launch.image)
        if not release or not newer_than_table(release):
            return []
        return [f"vLLM {release} is newer than this table, which ends at {releases()[-1]}; its options are not judged"]

    def _one(self, launch: Launch, file: str, after: Launch) -> LaunchReview:
        facts, releases, release = self._known(launch)
        found = [self._finding(match, launch, file, releases) for match in self._matches(launch)]
        shown = without_secrets(after)
        fixed = shown.span.of(shown.text) if after.span.of(after.text) != launch.span.of(launch.text) else None
        return LaunchReview(
            program=launch.program,
            model=facts.text("args.model"),
            argv=launch.argv,
            env={variable.name: variable.value for variable in launch.env},
            image=launch.image,
            vllm_version=release,
            file=file,
            line=launch.line,
            findings=tuple(sorted(found, key=lambda one: ("error", "warning", "note").index(one.severity))),
            fixed=fixed,
            argv_effective=launch.argv_effective,
        )

    def _known(self, launch: Launch) -> tuple[Facts, tuple[str, ...], str | None]:
        read = [*self.facts, *of_launch(launch), *self.model_facts(launch)]
        release, _ = release_of(Facts(), self.release, launch.image)
        read += [Fact("vllm.version", release)] if release else []
        return Facts({fact.name: fact for fact in read}), release_set(release), release

    def _matches(self, launch: Launch) -> list[LaunchMatch]:
        facts, releases, _ = self._known(launch)
        return launches.matches(self.catalogue.of_launches, launch, facts, releases)

    def _finding(self, match: LaunchMatch, launch: Launch, file: str, releases: tuple[str, ...]) -> Finding:
        at = str(place(launch.text, match.spans[0].start, file or "command")) if match.spans else None
        role: Role = "cause" if match.rule.kind == "cause" else "note"
        seen = findings.Seen(role, match.signature.severity, match.signature.confidence, (), at)
        return findings.word(match.rule, match.facts, seen, self._bench(launch, releases), self.language)

    def _bench(self, launch: Launch, releases: tuple[str, ...]) -> Workbench:
        return Workbench(launch, "given", releases, self.language)

    def _mended(
        self, text: str, found: Sequence[Launch], read: Callable[[str], Sequence[Launch]], wishes: Wishes
    ) -> str:
        """The text after every allowed fix; each is made on the text as the ones before left it."""
        current, tidied = list(found), set()
        for index in range(len(current)):
            for _ in range(MOST_EDITS):
                made = self._next(current[index], wishes)
                again = read(made.launch.text) if made and made.launch else []
                if not made or len(again) != len(current):
                    break
                current = list(again)
                tidied.add(index)
        for index in sorted(tidied, reverse=True) if wishes.tidy else ():
            neat = read(laid_out(current[index]))
            current = list(neat) if len(neat) == len(current) else current
        return current[0].text if current else text

    def _next(self, launch: Launch, wishes: Wishes) -> Made | None:
        _, releases, _ = self._known(launch)
        for match in self._matches(launch):
            if match.signature.severity == "note" and not wishes.tidy:
                continue
            for made in fixes_of(match.rule, match.facts, self._bench(launch, releases)):
                allowed = made.fix.effect == "same" or (wishes.unsafe and made.fix.effect == "costs")
                if allowed and made.fix.changes and not made.fix.steps:
                    return made
        return None
