"""The parts of a rule, typed: conditions, texts, signatures, edits, fixes, examples. docs/rule-format.md tells them."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
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
    words: tuple[str, ...] = ()
    """Further texts that every match of `message` holds."""
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
