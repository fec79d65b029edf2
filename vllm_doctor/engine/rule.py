"""A rule as data: what the YAML of docs/rule-format.md says, typed. It can run nothing."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from vllm_doctor.finding import Confidence, Effect, Severity

Text: TypeAlias = "dict[str, str]"
"""A text by language; `en` is always there."""


VERBS = ("set", "remove", "once", "apart", "rename", "drop", "mend", "give", "setenv", "unsetenv")


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
    any_of: tuple[str, ...] = ()
    """Where there is no one literal: texts of which a match of `message` holds one."""
    bounded: int = 0
    """The longest text, in characters, that `message` is proven to search soon (engine/cost.py); of shipped rules."""


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
    """One edit: `set`, `remove` or `rename` an option, leave it `once`, write its value `apart`, `drop` a stray word,
    `setenv` or `unsetenv` a variable.

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
    """A log or a command on which the rule must speak (or, as a near miss, be silent).

    With `file`, the name of a launch file, `command` is the text of such a file, and `fixed` too.
    """

    log: str = ""
    command: str = ""
    file: str = ""
    signature: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    fixed: str = ""
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule; see docs/rule-format.md for what each part means.

    What stands here is what every run needs; the rest is only made of the file's data, and the data only read
    (`source`), when it is asked for: a log fits few rules.
    """

    id: str
    kind: str
    file: str = ""
    cause: str = ""
    severity: Severity = "error"
    transient: bool = False
    runtime: bool = False
    excludes: tuple[str, ...] = ()
    excluded_by: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()
    """The literal of each signature, "" where it has none."""
    blind: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    """The data of the signatures without a literal, by their index: they are looked at whatever the log says."""
    by_launch: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    """The data of the signatures that look at a launch."""
    source: Callable[[], dict[str, Any]] = field(default=dict, repr=False, compare=False)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The file's data, which the schema has found right."""
        return self.source()

    @cached_property
    def title(self) -> Text:
        """What it is, in a few words."""
        return texts(self.data["title"])

    @cached_property
    def figures(self) -> dict[str, str]:
        """The fact that each figure of the texts is."""
        return {name: str(fact) for name, fact in (self.data.get("figures") or {}).items()}

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """How it is seen in a log."""
        return tuple(self.signature(index) for index in range(len(self.literals)))

    def signature(self, index: int) -> Signature:
        """One of the ways in which it is seen in a log."""
        if index not in self._signatures:
            data = self.blind.get(str(index)) or self.data["signatures"][index]
            self._signatures[index] = _signature(data)
        return self._signatures[index]

    @cached_property
    def _signatures(self) -> dict[int, Signature]:
        return {}

    @cached_property
    def launch(self) -> tuple[LaunchSignature, ...]:
        """How it is seen in a launch."""
        return tuple(_launch_signature(item, self.severity) for item in self.by_launch)

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
    "any_of": ("any_of", _words),
    "facts": ("facts", _conditions),
}
_TEXTS = ("id", "message", "literal", "file", "vllm", "confidence")


def _signature(data: dict[str, Any]) -> Signature:
    """There are many of them, each with few of the keys."""
    made: dict[str, Any] = {key: str(data[key]) for key in _TEXTS if data.get(key)}
    for key, (name, read) in _READ.items():
        if data.get(key):
            made[name] = read(data[key])
    return Signature(**{"id": "", **made}, bounded=int(data.get("bounded") or 0))


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
    known = {key: data[key] for key in ("log", "command", "file", "signature", "fixed") if data.get(key)}
    return Example(**known, figures=data.get("figures") or {}, options=data.get("options") or {})


def _launch_signature(data: dict[str, Any], severity: Severity) -> LaunchSignature:
    return LaunchSignature(
        id=str(data.get("id", "")),
        facts=_conditions(data.get("facts")),
        at=_words(data.get("at")),
        each=str(data.get("each") or ""),
        vllm=str(data.get("vllm") or ""),
        severity=data.get("severity", severity),
        confidence=data.get("confidence", "certain"),
    )


def head(data: dict[str, Any], file: str) -> dict[str, Any]:
    """What every run needs of a rule's data, which the schema has found right: what `rule_of` takes, as JSON."""
    seen = data.get("signatures") or []
    return {
        "id": data["id"],
        "kind": data["kind"],
        "file": file,
        "cause": data.get("cause") or "",
        "severity": data.get("severity", "error"),
        "transient": bool(data.get("transient")),
        "runtime": bool(data.get("runtime")),
        "excludes": _words(data.get("excludes")),
        "excluded_by": _words(data.get("excluded_by")),
        "literals": tuple(str(item.get("literal") or "") for item in seen),
        "blind": {str(index): item for index, item in enumerate(seen) if not item.get("literal")},
        "by_launch": tuple(data.get("launch") or []),
    }


def rule_of(known: dict[str, Any], source: Callable[[], dict[str, Any]]) -> Rule:
    """The rule of a head; `source` gives the whole data."""
    made: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in known.items()}
    return Rule(**made, source=source)


def rule_from(data: dict[str, Any], file: str) -> Rule:
    """The rule of a file's data, which the schema has found right."""
    return rule_of(head(data, file), lambda: data)
