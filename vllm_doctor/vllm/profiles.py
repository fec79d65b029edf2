"""What is known of one flag, key of a JSON option or variable over all releases, folded into ranges."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Literal

from vllm_doctor.values import dataclass
from vllm_doctor.vllm import options, versions
from vllm_doctor.vllm.registries import Kind, names
from vllm_doctor.vllm.spelling import dashed
from vllm_doctor.vllm.successors import predecessors, successor
from vllm_doctor.vllm.table import at, joined, load, within

if TYPE_CHECKING:
    from vllm_doctor.vllm.types import Renamed

Takes = Literal[
    "switch", "told-switch", "text", "whole", "human", "number", "json", "object", "pairs", "adapters", "ids"
]
_TAKES: dict[str, Takes] = {"int": "whole", "float": "number", "config": "object", "ids": "ids", "bool": "told-switch"}

_REGISTRIES: dict[str, Kind] = {
    "--quantization": "quantizations",
    "--tool-call-parser": "tool-parsers",
    "--reasoning-parser": "reasoning-parsers",
    "--attention-backend": "attention-backends",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A value, and the first and last release in which it holds."""

    value: Any
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A flag, a key (`--flag.key`) or a variable. `spans` are those of the name that was asked for.

    `takes` are pairs of a word for the value and whether several may stand there. `defaults` are JSON data, of a
    variable vLLM's own source text where that is no literal. `deprecated` is the first release that calls it so. `keys`
    are those of one release with their choices, `known` the names of its registry for an option that takes any text.
    `program` is "api_server" for what `vllm serve` never took. `meaning` and `unset` (what vLLM does without it) are by
    language.
    """

    name: str
    kind: Literal["option", "key", "variable"]
    names: tuple[str, ...]
    spans: tuple[tuple[str, str], ...]
    gone: bool
    successor: Renamed | None = None
    predecessors: tuple[Renamed, ...] = ()
    deprecated: str | None = None
    takes: tuple[Held, ...] = ()
    defaults: tuple[Held, ...] = ()
    choices: tuple[Held, ...] = ()
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()
    known: tuple[str, ...] = ()
    program: str = "vllm serve"
    meaning: tuple[tuple[str, str], ...] = ()
    unset: tuple[tuple[str, str], ...] = ()
    filed: str = ""
    """The option's canonical flag, or the variable's name."""

    def within(self, release: str) -> bool:
        """Whether a release has it."""
        number = versions.number(release)
        return number is not None and within([_numbers(span) for span in self.spans], number)

    def said(self, language: str) -> str:
        """Its meaning in a language, else in English; "" where none is written down."""
        told = dict(self.meaning)
        was = self.successor.was if self.successor else ("", "")
        return told.get(language) or told.get("en", "") or was[language == "zh"] or was[0]


def profile(name: str, release: str | None = None) -> Profile | None:
    """What is known of a name: a flag as it is or with underscores, a key of one, a variable; None if nothing is.

    The keys of an option are those of the release, if it has the option, else of the newest that has it.
    """
    if not name.startswith("-"):
        return _of_variable(name)
    head, dot, key = name.partition("=")[0].partition(".")
    return _of_key(head, key) if dot else _of_option(head, release)


def _of_option(flag: str, release: str | None = None) -> Profile | None:
    wanted = flag if flag in options.filing_names() else dashed(flag)
    filed = options.filing_names().get(wanted, ())
    history = options.history(wanted)
    if not filed or history is None:
        return None
    name = wanted if wanted in filed else filed[-1]
    entry = load("options")["options"][name]
    spans = joined(*entry["at"])
    asked = None if release is None else versions.number(release)
    at_number = asked if asked is not None and within(spans, asked) else spans[-1][1]
    return Profile(
        wanted,
        "option",
        _spellings(entry, wanted),
        history.spans,
        history.gone,
        successor(wanted) or successor(name),
        predecessors(name),
        _deprecated(entry, spans),
        _held([[number, _taken(entry, number)] for number in _changes(entry, "action", "nargs", "kind")], spans),
        _held(entry.get("default"), spans),
        _held([[number, _limits(limits)] for number, limits in entry.get("choices", ())], spans),
        _keys(name, at_number),
        _known(name, at_number),
        "vllm serve" if entry["at"][0] else "api_server",
        *_told(name),
        name,
    )


def _told(name: str) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """The curated meaning of a flag or variable, and what vLLM does without it, each by language."""
    entry = load("meanings").get(name, {})
    meaning = tuple((language, entry[language]) for language in ("en", "zh") if language in entry)
    return meaning, tuple(entry.get("unset", {}).items())


def _spellings(entry: dict[str, Any], wanted: str) -> tuple[str, ...]:
    """All spellings of an option, those of the newest release first."""
    every = [flag for _, flags in reversed(entry["flags"]) for flag in flags]
    return tuple(dict.fromkeys([wanted, *every]))


def _changes(entry: dict[str, Any], *fields: str) -> list[int]:
    return sorted({number for field in fields for number, _ in entry[field]})


def _taken(entry: dict[str, Any], number: int) -> tuple[Takes, bool]:
    """The word for what an option takes at a release number, and whether it takes several."""
    action, nargs = at(entry["action"], number), at(entry["nargs"], number)
    kind = str(at(entry["kind"], number)).lstrip("?")
    if nargs == 0:
        return "switch", False
    if action == "StoreBoolean":
        return "told-switch", False
    if action in ("LoRAParserAction", "PromptAdapterParserAction"):
        return "adapters", True
    word = "human" if kind.startswith("human") else "json" if kind.startswith("json") else _TAKES.get(kind)
    several = nargs in ("+", "*") or action == "_AppendAction"
    return word or ("pairs" if kind in ("kvs", "kvs-last", "colon-pairs") else "text"), several


def _deprecated(entry: dict[str, Any], spans: list[list[int]]) -> str | None:
    told = [number for number, text in entry.get("deprecated", ()) if text is not None and within(spans, number)]
    newest = at(entry.get("deprecated"), spans[-1][1])
    return versions.releases()[told[-1]] if told and newest is not None else None


def _limits(choices: list[Any] | None) -> tuple[str, ...] | None:
    return None if choices is None else tuple(str(choice) for choice in choices)


def _held(steps: list[list[Any]] | None, spans: list[list[int]]) -> tuple[Held, ...]:
    """Steps as ranges of releases, clipped to where the thing is; equal neighbours are one, oldest first."""
    if not steps:
        return ()
    every = versions.releases()
    found: list[Held] = []
    ends = [number - 1 for number, _ in steps[1:]] + [spans[-1][1]]
    for (start, value), end in zip(steps, ends, strict=True):
        there = [number for number in range(start, end + 1) if within(spans, number)]
        if there and found and found[-1].value == value and type(found[-1].value) is type(value):
            found[-1] = Held(value, found[-1].first, every[there[-1]])
        elif there:
            found.append(Held(value, every[there[0]], every[there[-1]]))
    return tuple(found)


def _known(name: str, number: int) -> tuple[str, ...]:
    entry = load("options")["options"][name]
    if name not in _REGISTRIES or at(entry.get("choices"), number) is not None:
        return ()
    return names(_REGISTRIES[name], versions.releases()[number])


def _keys(name: str, number: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    from vllm_doctor.vllm import config_values

    found = config_values.keys(name, number)
    return tuple((key, info.names or tuple(map(str, info.choices))) for key, info in found.items() if "." not in key)


def _of_key(flag: str, key: str) -> Profile | None:
    base = _of_option(flag)
    if base is None:
        return None
    filed = options.filing_names()[base.name]
    name = next((one for one in filed if key in load("keys").get(one, {})), None)
    if name is None:
        return None
    entry = load("keys")[name][key]
    spans: list[list[int]] = entry["at"]
    limits = [[number, tuple(told.get("names") or map(str, told.get("choices", ())))] for number, told in entry["is"]]
    return Profile(
        f"{name}.{key}",
        "key",
        (f"{name}.{key}",),
        _releases(spans),
        spans[-1][1] < len(versions.releases()) - 1,
        successor(f"{name}.{key}"),
        predecessors(f"{name}.{key}"),
        choices=tuple(held for held in _held(limits, spans) if held.value),
        program=base.program,
        meaning=base.meaning,
        filed=name,
    )


def _of_variable(name: str) -> Profile | None:
    entry = load("variables").get(name)
    if entry is None:
        return None
    spans: list[list[int]] = entry["at"]
    return Profile(
        name,
        "variable",
        (name,),
        _releases(spans),
        spans[-1][1] < len(versions.releases()) - 1,
        successor(name),
        predecessors(name),
        _deprecated(entry, spans),
        (),
        _held([[number, _literal(text)] for number, text in entry.get("default", ())], spans),
        _held([[number, _limits(limits)] for number, limits in entry.get("choices", ())], spans),
        meaning=_told(name)[0],
        filed=name,
    )


def _literal(text: str | None) -> Any:
    """A default as vLLM's source has it: the value of a literal, else the text."""
    try:
        return ast.literal_eval(text or "None")
    except (ValueError, SyntaxError):
        return text


def _releases(spans: list[list[int]]) -> tuple[tuple[str, str], ...]:
    every = versions.releases()
    return tuple((every[first], every[last]) for first, last in spans)


def _numbers(span: tuple[str, str]) -> list[int]:
    return [versions.releases().index(release) for release in span]
