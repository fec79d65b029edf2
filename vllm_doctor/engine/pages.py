"""A rule as a page for a person: what `explain`, `rules` and docs/rules.md show of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.report.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.engine.rule_parts import FixSpec, LaunchSignature, Sentence, Signature, Text


def find(catalogue: Catalogue, id_: str) -> tuple[Rule, ...]:
    """The rules of an id: the rule itself, or all that stand for a cause.

    Raises:
        InputError: there is none; the nearest ids are in it.
    """
    from difflib import get_close_matches

    found = tuple(rule for rule in catalogue.rules.values() if id_ and id_ in (rule.id, rule.cause))
    if found:
        return found
    known = sorted({*catalogue.rules, *catalogue.causes})
    if id_ in catalogue.causes:
        raise InputError("no rule of this release sees this cause yet", id_, catalogue.causes[id_])
    near = get_close_matches(id_, known, 3)
    raise InputError(
        "no rule and no cause has this id",
        id_,
        f"Did you mean {', '.join(near)}?" if near else "See vllm-doctor rules.",
    )


def page(rule: Rule, language: str = "en") -> Page:
    """A rule's page in a language; a text that lacks it is shown in English."""
    return Page(
        id=rule.id,
        kind=rule.kind,
        title=_of(rule.title, language),
        cause=rule.cause,
        severity=rule.severity,
        explanation=tuple(_sentences(rule.explanation, language)),
        signatures=tuple([_seen(one) for one in rule.signatures] + [_before(one) for one in rule.launch]),
        fixes=tuple(_fix(one, language) for one in rule.fixes),
        avoid=tuple(_sentences(rule.avoid, language)),
        references=rule.references,
        examples=tuple(one.log.rstrip("\n") or f"$ {one.command}" for one in rule.examples),
    )


def titles(rules: Iterable[Rule], language: str = "en") -> dict[str, str]:
    """The title of each rule by its id."""
    return {rule.id: _of(rule.title, language) for rule in rules}


def _of(text: Text, language: str) -> str:
    return text.get(language) or text.get("en", "")


def _sentences(sentences: tuple[Sentence, ...], language: str) -> list[str]:
    return [_of(sentence.text, language) for sentence in sentences]


def _seen(signature: Signature) -> str:
    """A signature in words: what it looks for, and in which releases."""
    parts = []
    if signature.exceptions:
        parts.append(" or ".join(signature.exceptions))
    if signature.message or signature.literal:
        parts.append(f'"{signature.literal or signature.message}"')
    if signature.frames:
        parts.append("in " + ", ".join(signature.frames[:4]))
    parts += [f"{condition.fact}" for condition in signature.facts]
    return f"{signature.id}: {', '.join(parts)}" + (f" (vLLM {signature.vllm})" if signature.vllm else "")


def _before(signature: LaunchSignature) -> str:
    facts = ", ".join(condition.fact for condition in signature.facts)
    return f"before the launch, {signature.id}: {facts}" + (f" (vLLM {signature.vllm})" if signature.vllm else "")


def _fix(fix: FixSpec, language: str) -> str:
    verbs = {
        "set": "{name} {to}",
        "remove": "without {name}",
        "once": "{name} only once",
        "apart": "{name} and its value as two words",
        "rename": "{to} in place of {name}",
        "drop": "without {name}",
        "mend": "the text mended",
        "give": "the container given {name}={to}",
        "setenv": "{name}={to}",
        "unsetenv": "without {name}",
    }
    changes = [verbs[edit.verb].format(name=edit.name, to=edit.to or "").strip() for edit in fix.edits]
    changes += [run for run, _ in fix.steps]
    return f"{', '.join(changes)}: {_of(fix.why, language)} ({fix.effect})"
