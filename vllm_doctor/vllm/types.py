"""What this room answers with. Releases are strings as in `releases()`; spans of releases are inclusive."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from vllm_doctor.values import dataclass

Program: TypeAlias = Literal["vllm serve", "api_server"]
Nargs: TypeAlias = "int | str"
"""What follows a flag: 0, 1, an exact number, "?", "*" or "+"."""
Fault: TypeAlias = Literal[
    "unknown-option",
    "ambiguous-option",
    "missing-value",
    "needless-value",
    "invalid-value",
    "invalid-choice",
    "unknown-key",
    "stray-word",
    "missing-model",
    "refused",
]


@dataclass(frozen=True, slots=True)
class OptionInfo:
    """An option as one release's parser has it.

    `flags` are all spellings, the canonical one (`flag`) among them; `negative` those that switch it off.
    `kind` names what a value may be (int, human-int, json, config, ...). `deprecated` is the release's own
    words ("" where it only marks the option so), None where it is not deprecated. `default` is JSON data; an
    object of a class is told as "<ClassName>". `const` is what an option of which the value may be left out gives
    without one.
    """

    flag: str
    flags: tuple[str, ...]
    negative: tuple[str, ...]
    dest: str
    action: str
    nargs: Nargs
    kind: str
    choices: tuple[str | int | float | None, ...] | None
    default: Any
    const: Any
    required: bool
    hidden: bool
    deprecated: str | None
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class History:
    """Where a spelling (or a variable, or a name of a registry) is known: spans of releases, oldest first."""

    name: str
    spans: tuple[tuple[str, str], ...]
    gone: bool
    """Whether the newest release of the table lacks it."""
    renamed: str | None = None
    """What to write instead, where that is known."""

    @property
    def first(self) -> str:
        """The first release that has it."""
        return self.spans[0][0]

    @property
    def last(self) -> str:
        """The last release that has it."""
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class VariableInfo:
    """An environment variable as one release reads it.

    `default` is the release's own source text. `file` is the file that reads it, where that is not
    vllm/envs.py. `ignored_from` is the first release after its last one, or None.
    """

    name: str
    default: str | None
    type: str | None
    choices: tuple[str, ...]
    deprecated: str | None
    file: str
    first: str
    last: str
    ignored_from: str | None


@dataclass(frozen=True, slots=True)
class Renamed:
    """A flag's (or variable's) successor: what to write now, from which release on, and where that is said.

    `value` is what the successor of a switch is given, `key` the key of the successor's JSON that it became,
    `values` how each value is called now (None: it needs nothing; where empty, values stay), `also` what is to be
    set beside it. `was` says in English and Chinese what it meant, and why it may go; `effect` is "costs" where
    something is lost with it, `differs` is true where the successor does not do the same.
    """

    old: str
    new: str | None
    since: str
    source: str
    note: str = ""
    value: str | None = None
    key: str | None = None
    values: tuple[tuple[str, str | None], ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    was: tuple[str, ...] = ("", "")
    effect: str = "same"
    differs: bool = False


@dataclass(frozen=True, slots=True)
class ArgumentError:
    """One thing for which a release's parser would refuse the words.

    `index` is the place of `word` in the arguments (their number, where something is missing at the end).
    `flag` is the canonical flag that it is about, or the flag as written where none is known. `message` says
    it as a sentence. `valid` are the choices or keys that there are, `nearest` the flags that may have been
    meant, `elsewhere` where an unknown flag is known.
    """

    fault: Fault
    index: int
    word: str
    flag: str
    message: str
    value: str | None = None
    valid: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    elsewhere: History | None = None
