"""Rules meet a launch: what would fail before it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.contain import each
from vllm_doctor.engine.conditions import all_hold, fill, releases_may_fit
from vllm_doctor.facts.of_flaw import of_flaws
from vllm_doctor.facts.of_option import of_option, of_variable, of_words
from vllm_doctor.facts.plain_secret import of_secret_option, of_secret_variable
from vllm_doctor.launch.options import options
from vllm_doctor.values import dataclass
from vllm_doctor.vllm import arity
from vllm_doctor.vllm.any_release import spellings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.engine.rule import LaunchSignature, Rule
    from vllm_doctor.facts import Facts
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.text import Span


@dataclass(frozen=True)
class LaunchMatch:
    """A rule that a launch fits, with the facts that made it so and the places in the text that it points to."""

    rule: Rule
    signature: LaunchSignature
    facts: Facts
    spans: tuple[Span, ...] = ()


def matches(rules: Sequence[Rule], launch: Launch, facts: Facts, releases: Sequence[str]) -> list[LaunchMatch]:
    """Every rule's first launch signature that fits; one that looks at each option fits once for each.

    What another matched rule excludes is left out.
    """
    found = [match for rule in rules for match in _of_rule(rule, launch, facts, releases)]
    excluded = {id_ for match in found for id_ in match.rule.excludes}
    names = {name for match in found for name in (match.rule.id, match.rule.shown)}
    return [
        match
        for match in found
        if not {match.rule.id, match.rule.shown} & excluded and not names & set(match.rule.excluded_by)
    ]


def _of_rule(rule: Rule, launch: Launch, facts: Facts, releases: Sequence[str]) -> Iterator[LaunchMatch]:
    for signature in rule.launch:
        if not releases_may_fit(signature.vllm, releases):
            continue
        if signature.each == "flaw":
            for about, spans in of_flaws(launch):
                if all_hold(signature.facts, more := facts.having(about)):
                    yield LaunchMatch(rule, signature, more, spans)
        elif signature.each:
            for more, span in _each(signature.each, launch, facts, releases):
                if all_hold(signature.facts, more):
                    yield LaunchMatch(rule, signature, more, (span,))
        elif all_hold(signature.facts, facts):
            yield LaunchMatch(rule, signature, facts, _spans(rule, signature, launch, facts))
            return


def _each(what: str, launch: Launch, facts: Facts, releases: Sequence[str]) -> Iterator[tuple[Facts, Span]]:
    if what == "variable":
        for variable in launch.env:
            more = [*of_variable(variable, launch, releases), *of_secret_variable(variable, launch)]
            yield facts.having(more), variable.span
        return
    for option in options(launch, lambda flag: arity(flag, None)):
        read = [*of_option(option, launch, facts, releases), *of_secret_option(option)]
        yield facts.having(read), option.span
    for made, span in of_words(launch, releases):
        yield facts.having(made), span


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
