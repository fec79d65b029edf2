"""A rule as data: what the YAML of docs/rule-format.md says, typed. It can run nothing."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.finding import Confidence, Effect, Severity

Text: TypeAlias = "dict[str, str]"
"""A text by language; `en` is always there."""


VERBS = ("set", "remove", "rename", "drop", "setenv", "unsetenv")


PLACEHOLDER = pattern(r"\{([^{}]*)\}")
"""A figure in a text, by name."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a fact must be: one of `values`, none of `unlike`, or just `known` (True) or unknown (False)."""

    fact: str
    values: tuple[Any, ...] = ()
    unlike: tuple[Any, ...] = ()
    known: bool | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text that is said when its figures are known and its conditions hold."""

    text: Text
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """One way in which a rule is seen in one event of a log."""

    id: str
    message: str = ""
    literal: str = ""
    exceptions: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    without_frames: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    file: str = ""
    facts: tuple[Condition, ...] = ()
    vllm: str = ""
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class LaunchSignature:
    """One way in which a rule is seen in a launch, before it is run."""

    id: str
    facts: tuple[Condition, ...]
    at: tuple[str, ...] = ()
    each: str = ""
    """"option" or "variable": held against each of the launch's, with its `option.*` or `variable.*` facts."""
    vllm: str = ""
    severity: Severity = "error"
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class EditSpec:
    """One edit: `set`, `remove` or `rename` an option, `drop` a stray word, `setenv` or `unsetenv` a variable.

    `to` is a template.
    """

    verb: str
    name: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class FixSpec:
    """A way out as the rule words it."""

    id: str
    edits: tuple[EditSpec, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    release: str = ""
    when: tuple[Condition, ...] = ()
    vllm: str = ""
    effect: Effect = "same"
    allow: str | None = None
    why: Text = field(default_factory=dict)
    checks: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A log or a command on which the rule must speak (or, as a near miss, be silent)."""

    log: str = ""
    command: str = ""
    signature: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    fixed: str = ""
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule; see docs/rule-format.md for what each part means.

    What is said of it, in texts and fixes, is only made of the file's data when it is asked for: a log fits few rules.
    """

    id: str
    kind: str
    title: Text
    file: str = ""
    cause: str = ""
    severity: Severity = "error"
    transient: bool = False
    runtime: bool = False
    figures: dict[str, str] = field(default_factory=dict)
    signatures: tuple[Signature, ...] = ()
    launch: tuple[LaunchSignature, ...] = ()
    excludes: tuple[str, ...] = ()
    excluded_by: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The file's data, which the schema has found right."""

    @cached_property
    def explanation(self) -> tuple[Sentence, ...]:
        """What happened, and why."""
        return _sentences(self.data.get("explanation"))

    @cached_property
    def fixes(self) -> tuple[FixSpec, ...]:
        """The ways out, the best first."""
        return tuple(_fix(item) for item in self.data.get("fixes") or [])

    @cached_property
    def needs(self) -> tuple[Sentence, ...]:
        """What is missing where nothing fits."""
        return _sentences(self.data.get("needs"))

    @cached_property
    def options(self) -> tuple[Sentence, ...]:
        """What would help where nothing fits."""
        return _sentences(self.data.get("options"))

    @cached_property
    def avoid(self) -> tuple[Sentence, ...]:
        """What not to try."""
        return _sentences(self.data.get("avoid"))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Where more is written."""
        return _words(self.data.get("references"))

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Logs and commands on which it must speak."""
        return tuple(_example(item) for item in self.data.get("examples") or [])

    @cached_property
    def near_misses(self) -> tuple[Example, ...]:
        """Logs and commands on which it must be silent."""
        return tuple(_example(item) for item in self.data.get("near_misses") or [])

    @property
    def shown(self) -> str:
        """The id that reports show: the cause, for a cause rule."""
        return self.cause or self.id


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


def _conditions(data: Any) -> tuple[Condition, ...]:
    return tuple([condition(fact, wanted) for fact, wanted in data.items()]) if data else ()


def _sentence(data: Any) -> Sentence:
    if isinstance(data, dict) and "when" in data:
        return Sentence(texts({key: text for key, text in data.items() if key != "when"}), _conditions(data["when"]))
    return Sentence(texts(data))


def _sentences(data: Any) -> tuple[Sentence, ...]:
    items = data if isinstance(data, list) else [] if data is None else [data]
    return tuple(_sentence(item) for item in items)


def _words(data: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in data) if isinstance(data, list) else () if data is None else (str(data),)


_READ = {
    "exception": ("exceptions", _words),
    "frames": ("frames", _words),
    "without_frames": ("without_frames", _words),
    "level": ("levels", _words),
    "facts": ("facts", _conditions),
}
_TEXTS = ("id", "message", "literal", "file", "vllm", "confidence")


def _signature(data: dict[str, Any]) -> Signature:
    """There are many of them, each with few of the keys."""
    made: dict[str, Any] = {key: str(data[key]) for key in _TEXTS if data.get(key)}
    for key, (name, read) in _READ.items():
        if data.get(key):
            made[name] = read(data[key])
    return Signature(**{"id": "", **made})


def _edit(data: dict[str, Any]) -> EditSpec:
    verb = next(verb for verb in VERBS if verb in data)
    return EditSpec(verb, str(data[verb]), None if data.get("to") is None else str(data["to"]))


def _fix(data: dict[str, Any]) -> FixSpec:
    return FixSpec(
        id=str(data.get("id", "")),
        edits=tuple(_edit(edit) for edit in data.get("edits") or []),
        steps=tuple((str(step["run"]), str(step.get("where", "server"))) for step in data.get("steps") or []),
        release=str(data.get("release") or ""),
        when=_conditions(data.get("when")),
        vllm=str(data.get("vllm") or ""),
        effect=data.get("effect", "same"),
        allow=data.get("allow"),
        why=texts(data.get("why") or ""),
        checks=_sentences(data.get("checks")),
    )


def _example(data: dict[str, Any]) -> Example:
    known = {key: data[key] for key in ("log", "command", "signature", "fixed") if data.get(key)}
    return Example(**known, figures=data.get("figures") or {}, options=data.get("options") or {})


def rule_from(data: dict[str, Any], file: str) -> Rule:
    """The rule of a file's data, which the schema has found right."""
    seen = [
        LaunchSignature(
            id=str(item.get("id", "")),
            facts=_conditions(item.get("facts")),
            at=_words(item.get("at")),
            each=str(item.get("each") or ""),
            vllm=str(item.get("vllm") or ""),
            severity=item.get("severity", data.get("severity", "error")),
            confidence=item.get("confidence", "certain"),
        )
        for item in data.get("launch") or []
    ]
    return Rule(
        id=data["id"],
        kind=data["kind"],
        title=texts(data["title"]),
        file=file,
        cause=data.get("cause") or "",
        severity=data.get("severity", "error"),
        transient=bool(data.get("transient")),
        runtime=bool(data.get("runtime")),
        figures={name: str(fact) for name, fact in (data.get("figures") or {}).items()},
        signatures=tuple(_signature(item) for item in data.get("signatures") or []),
        launch=tuple(seen),
        excludes=_words(data.get("excludes")),
        excluded_by=_words(data.get("excluded_by")),
        data=data,
    )
