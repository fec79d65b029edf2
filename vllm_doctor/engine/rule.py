"""A rule as data: what the YAML of docs/rule-format.md says, typed. It can run nothing."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from vllm_doctor.engine.rule_reading import example, fix, launch_signature, sentences, signature, texts, words
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from vllm_doctor.engine.rule_parts import Example, FixSpec, LaunchSignature, Sentence, Signature, Text
    from vllm_doctor.finding import Severity


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
            self._signatures[index] = signature(data)
        return self._signatures[index]

    @cached_property
    def _signatures(self) -> dict[int, Signature]:
        return {}

    @cached_property
    def launch(self) -> tuple[LaunchSignature, ...]:
        """How it is seen in a launch."""
        return tuple(launch_signature(item, self.severity) for item in self.by_launch)

    @cached_property
    def explanation(self) -> tuple[Sentence, ...]:
        """What happened, and why."""
        return sentences(self.data.get("explanation"))

    @cached_property
    def fixes(self) -> tuple[FixSpec, ...]:
        """The ways out, the best first."""
        return tuple(fix(item) for item in self.data.get("fixes") or [])

    @cached_property
    def needs(self) -> tuple[Sentence, ...]:
        """What is missing where nothing fits."""
        return sentences(self.data.get("needs"))

    @cached_property
    def options(self) -> tuple[Sentence, ...]:
        """What would help where nothing fits."""
        return sentences(self.data.get("options"))

    @cached_property
    def avoid(self) -> tuple[Sentence, ...]:
        """What not to try."""
        return sentences(self.data.get("avoid"))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Where more is written."""
        return words(self.data.get("references"))

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Logs and commands on which it must speak."""
        return tuple(example(item) for item in self.data.get("examples") or [])

    @cached_property
    def near_misses(self) -> tuple[Example, ...]:
        """Logs and commands on which it must be silent."""
        return tuple(example(item) for item in self.data.get("near_misses") or [])

    @property
    def shown(self) -> str:
        """The id that reports show: the cause, for a cause rule."""
        return self.cause or self.id


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
        "excludes": words(data.get("excludes")),
        "excluded_by": words(data.get("excluded_by")),
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
