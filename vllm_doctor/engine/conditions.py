"""Conditions, templates and releases: how rules and facts meet in small."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor.engine.rule_parts import PLACEHOLDER
from vllm_doctor.facts import Facts, declared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vllm_doctor.engine.rule_parts import Condition, Sentence, Text
    from vllm_doctor.finding import Figure


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether a fact is what the condition wants; an unknown fact fits only `known: false` and `not`."""
    value = facts.get(condition.fact)
    if condition.known is not None:
        return (value is not None) == condition.known
    if condition.unlike:
        return not any(_equal(value, unlike) for unlike in condition.unlike)
    return value is not None and any(_equal(value, wanted) for wanted in condition.values)


def _equal(value: Figure | None, wanted: object) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return value == wanted or (value is not None and str(value) == str(wanted))


def all_hold(conditions: Iterable[Condition], facts: Facts) -> bool:
    """Whether all conditions hold."""
    return all(holds(condition, facts) for condition in conditions)


def releases_fit(specifier: str, releases: Iterable[str]) -> bool:
    """Whether every release that it may be satisfies a specifier; with none known only an empty one does."""
    known = tuple(releases)
    return not specifier or (bool(known) and allowed(specifier).issuperset(known))


def releases_may_fit(specifier: str, releases: Iterable[str]) -> bool:
    """Whether some release that it may be satisfies a specifier (all may, where none is known)."""
    known = tuple(releases)
    return not specifier or not known or not allowed(specifier).isdisjoint(known)


PREPARED_SPANS: dict[str, list[str]] = {}
"""The specifiers of the shipped rules, each with its releases as the build found them."""


@lru_cache(maxsize=1024)
def allowed(specifier: str) -> frozenset[str]:
    """The releases of the table that satisfy a specifier; `packaging` reads it, but costs much to import."""
    if specifier in PREPARED_SPANS:
        return frozenset(PREPARED_SPANS[specifier])
    from packaging.specifiers import SpecifierSet

    from vllm_doctor.vllm import releases

    wanted = SpecifierSet(specifier)
    return frozenset(one for one in releases() if wanted.contains(one, prereleases=True))


def shown(fact: str, value: Figure) -> Figure:
    """A value as figures say it: memory to two decimals, other fractions to four significant digits."""
    kind = declared(fact)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if kind and kind.type == "gib":
        return round(float(value), 2)
    if kind and kind.type == "int":
        return int(value)
    return float(f"{value:.4g}") if isinstance(value, float) else value


def words(fact: str, value: Figure) -> str:
    """A value in a sentence: thousands with commas, but for ids."""
    value = shown(fact, value)
    kind = declared(fact)
    if isinstance(value, (bool, str)):
        return str(value)
    if kind and kind.type == "id":
        return str(value)
    return f"{value:,}" if abs(value) >= 10_000 or isinstance(value, int) else str(value)


def bare(fact: str, value: Figure) -> str:
    """A value in a command: a number as it parses, or the text."""
    value = shown(fact, value)
    return str(value)


def figures_in(text: Text) -> set[str]:
    """The names that a text's placeholders name, in any language."""
    return {name for words_ in text.values() for name in PLACEHOLDER.findall(words_)}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled, once: a value that looks like a placeholder stays as it is."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def say(
    sentences: Iterable[Sentence], names: Mapping[str, str], facts: Facts, language: str
) -> tuple[list[str], set[str]]:
    """The sentences that can be said, and the names of the figures in them.

    `names` maps the rule's figure names to facts. A sentence with an unknown figure, or whose condition does not
    hold, is left out.
    """
    said, used = [], set()
    for sentence in sentences:
        wanted = figures_in(sentence.text)
        if not all(names.get(name, "") in facts for name in wanted) or not all_hold(sentence.when, facts):
            continue
        values = {name: words(names[name], facts[names[name]]) for name in wanted}
        said.append(fill(sentence.text.get(language) or sentence.text["en"], values))
        used |= wanted
    return said, used
