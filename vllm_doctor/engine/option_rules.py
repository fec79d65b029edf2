"""Which rules have to do with an option or a variable: whose ways out change it, and which look at its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.vllm.any_release import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.engine.rule import Rule


def changing(catalogue: Catalogue, name: str) -> tuple[Rule, ...]:
    """The rules of which a way out sets, removes or renames an option (by its canonical flag) or a variable."""
    return tuple(rule for rule in catalogue.rules.values() if name in set(_changed(rule)))


def looking(catalogue: Catalogue, name: str) -> tuple[Rule, ...]:
    """The rules that are seen by the value of an option or a variable, or that tell it."""
    fact = f"args.{name.lstrip('-').replace('-', '_')}" if name.startswith("-") else f"env.{name}"
    return tuple(rule for rule in catalogue.rules.values() if fact in set(_facts(rule)))


def _changed(rule: Rule) -> Iterator[str]:
    for fix in rule.fixes:
        for edit in fix.edits:
            flag = edit.name.partition(".")[0]
            yield (canonical(flag) or flag) if flag.startswith("-") else flag


def _facts(rule: Rule) -> Iterator[str]:
    yield from rule.figures.values()
    conditions = [*(one.facts for one in rule.signatures), *(one.facts for one in rule.launch)]
    yield from (condition.fact for group in conditions for condition in group)
    for sentence in (*rule.explanation, *rule.needs, *rule.options, *rule.avoid):
        yield from (condition.fact for condition in sentence.when)
