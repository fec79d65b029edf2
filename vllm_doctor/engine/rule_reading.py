"""A rule's data, which the schema has found right, as its typed parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.engine.rule_parts import (
    VERBS,
    Condition,
    EditSpec,
    Example,
    FixSpec,
    LaunchSignature,
    Sentence,
    Signature,
    Text,
)

if TYPE_CHECKING:
    from vllm_doctor.finding import Severity


def texts(value: Any) -> Text:
    """A string or a map by language, as a map."""
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, dict) else {"en": str(value)}


def condition(fact: str, wanted: Any) -> Condition:
    """`fact: wanted` of a rule file, where `wanted` is a value, a list, or a map with `not` or `known`."""
    if isinstance(wanted, dict):
        if "known" in wanted:
            return Condition(fact, known=bool(wanted["known"]))
        unlike = wanted.get("not")
        return Condition(fact, unlike=tuple(unlike) if isinstance(unlike, list) else (unlike,))
    return Condition(fact, values=tuple(wanted) if isinstance(wanted, list) else (wanted,))


def conditions(data: Any) -> tuple[Condition, ...]:
    """`facts:` or `when:`."""
    return tuple([condition(fact, wanted) for fact, wanted in data.items()]) if data else ()


def sentence(data: Any) -> Sentence:
    """A text, with the conditions under which it is said."""
    if isinstance(data, dict) and "when" in data:
        return Sentence(texts({key: text for key, text in data.items() if key != "when"}), conditions(data["when"]))
    return Sentence(texts(data))


def sentences(data: Any) -> tuple[Sentence, ...]:
    """A text or a list of texts."""
    items = data if isinstance(data, list) else [] if data is None else [data]
    return tuple(sentence(item) for item in items)


def words(data: Any) -> tuple[str, ...]:
    """A word or a list of words."""
    return tuple(str(item) for item in data) if isinstance(data, list) else () if data is None else (str(data),)


_READ = {
    "exception": ("exceptions", words),
    "frames": ("frames", words),
    "without_frames": ("without_frames", words),
    "level": ("levels", words),
    "any_of": ("any_of", words),
    "words": ("words", words),
    "facts": ("facts", conditions),
}
_TEXTS = ("id", "message", "literal", "file", "vllm", "confidence")


def signature(data: dict[str, Any]) -> Signature:
    """One of `signatures:`; there are many of them, each with few of the keys."""
    made: dict[str, Any] = {key: str(data[key]) for key in _TEXTS if data.get(key)}
    for key, (name, read) in _READ.items():
        if data.get(key):
            made[name] = read(data[key])
    return Signature(**{"id": "", **made}, bounded=int(data.get("bounded") or 0))


def edit(data: dict[str, Any]) -> EditSpec:
    """One of `edits:`."""
    verb = next(verb for verb in VERBS if verb in data)
    return EditSpec(verb, str(data[verb]), None if data.get("to") is None else str(data["to"]))


def fix(data: dict[str, Any]) -> FixSpec:
    """One of `fixes:`."""
    return FixSpec(
        id=str(data.get("id", "")),
        edits=tuple(edit(item) for item in data.get("edits") or []),
        steps=tuple((str(step["run"]), str(step.get("where", "server"))) for step in data.get("steps") or []),
        release=str(data.get("release") or ""),
        when=conditions(data.get("when")),
        vllm=str(data.get("vllm") or ""),
        effect=data.get("effect", "same"),
        allow=data.get("allow"),
        why=texts(data.get("why") or ""),
        checks=sentences(data.get("checks")),
    )


def example(data: dict[str, Any]) -> Example:
    """One of `examples:` or `near_misses:`."""
    known = {key: data[key] for key in ("log", "command", "file", "signature", "fixed") if data.get(key)}
    return Example(**known, figures=data.get("figures") or {}, options=data.get("options") or {})


def launch_signature(data: dict[str, Any], severity: Severity) -> LaunchSignature:
    """One of `launch:`; `severity` is the rule's own."""
    return LaunchSignature(
        id=str(data.get("id", "")),
        facts=conditions(data.get("facts")),
        at=words(data.get("at")),
        each=str(data.get("each") or ""),
        vllm=str(data.get("vllm") or ""),
        severity=data.get("severity", severity),
        confidence=data.get("confidence", "certain"),
    )
