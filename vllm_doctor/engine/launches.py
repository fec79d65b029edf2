"""Rules meet a launch: what would fail before it is run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vllm_doctor.contain import contained, each
from vllm_doctor.engine.conditions import all_hold, fill, releases_may_fit
from vllm_doctor.facts.argument_errors import MOST_WORDS
from vllm_doctor.launch.options import options
from vllm_doctor.values import dataclass
from vllm_doctor.vllm import arity
from vllm_doctor.vllm.any_release import spellings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.engine.rule_parts import LaunchSignature
    from vllm_doctor.facts import Fact, Facts
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.text import Span


@dataclass(frozen=True)
class LaunchMatch:
    """A rule that a launch fits, with the facts that made it so and the places in the text that it points to."""

    rule: Rule
    signature: LaunchSignature
    facts: Facts
    spans: tuple[Span, ...] = ()


def matches(
    rules: Sequence[Rule], launch: Launch, facts: Facts, releases: Sequence[str], *, accepted: bool = False
) -> list[LaunchMatch]:
    """Every rule's first launch signature that fits; one that looks at each option fits once for each.

    What another matched rule excludes is left out. `accepted`: vLLM's parser took these arguments, as its own echo
    of them shows, so that looking at each of them is needless, and what refuses them later says so in the log.
    """
    if not accepted:
        facts = facts.having(
            contained("options that contradict each other", lambda: _refused(launch, facts, releases), [])
        )
    look = _Look(launch, facts, releases, accepted)
    found = [match for rule in rules for match in each(f"rule {rule.id}", _of_rule, rule, look)]
    excluded = {id_ for match in found for id_ in match.rule.excludes}
    names = {name for match in found for name in (match.rule.id, match.rule.shown)}
    return [
        match
        for match in found
        if not {match.rule.id, match.rule.shown} & excluded and not names & set(match.rule.excluded_by)
    ]


def _refused(launch: Launch, facts: Facts, releases: Sequence[str]) -> list[Fact]:
    from vllm_doctor.facts.refusals import of_refusals

    return [*of_refusals(launch, facts, releases)]


@dataclass(frozen=True)
class _Look:
    """What the signatures are held against; what is read of each option, variable and flaw is read once."""

    launch: Launch
    facts: Facts
    releases: Sequence[str]
    accepted: bool = False

    def each(self, what: str) -> Sequence[tuple[Facts, tuple[Span, ...]]]:
        """The launch's facts with those of each option, variable or flaw on top, and where it stands."""
        if self.accepted or len(self.launch.argv) > MOST_WORDS:
            return ()
        return getattr(self, f"_{what}s")  # type: ignore[no-any-return]

    @cached_property
    def _options(self) -> Sequence[tuple[Facts, tuple[Span, ...]]]:
        from vllm_doctor.facts.of_option import of_option, of_words
        from vllm_doctor.facts.plain_secret import of_secret_option

        launch, releases = self.launch, self.releases
        read = [
            ([*of_option(option, launch, self.facts, releases), *of_secret_option(option)], option.span)
            for option in options(launch, lambda flag: arity(flag, None))
        ]
        return [(self.facts.having(more), (span,)) for more, span in (*read, *of_words(launch, releases))]

    @cached_property
    def _variables(self) -> Sequence[tuple[Facts, tuple[Span, ...]]]:
        from vllm_doctor.facts.of_option import of_variable
        from vllm_doctor.facts.plain_secret import of_secret_variable

        launch = self.launch
        read = [
            ([*of_variable(one, launch, self.releases), *of_secret_variable(one, launch)], one.span)
            for one in launch.env
        ]
        return [(self.facts.having(more), (span,)) for more, span in read]

    @cached_property
    def _flaws(self) -> Sequence[tuple[Facts, tuple[Span, ...]]]:
        from vllm_doctor.facts.of_flaw import of_flaws

        return [(self.facts.having(about), spans) for about, spans in of_flaws(self.launch)]


def _of_rule(rule: Rule, look: _Look) -> Iterator[LaunchMatch]:
    for signature in rule.launch:
        if not releases_may_fit(signature.vllm, look.releases):
            continue
        if signature.each:
            for more, spans in look.each(signature.each):
                if all_hold(signature.facts, more):
                    yield LaunchMatch(rule, signature, more, spans)
        elif all_hold(signature.facts, look.facts):
            yield LaunchMatch(rule, signature, look.facts, _spans(rule, signature, look.launch, look.facts))
            return


def _spans(rule: Rule, signature: LaunchSignature, launch: Launch, facts: Facts) -> tuple[Span, ...]:
    """Where the options stand that the signature points to, or a part of what stands around the launch."""
    parts = launch.around.places if launch.around else {}
    values = {name: facts.text(fact) or "" for name, fact in rule.figures.items()} if parts else {}
    for name in signature.at if parts else ():
        if (part := fill(name, values)) in parts:
            return (parts[part],)
    wanted = {name for flag in signature.at for name in spellings(flag)}
    found = [option.span for option in options(launch, lambda flag: arity(flag, None)) if option.flag in wanted]
    return tuple(found) or (launch.span,)
