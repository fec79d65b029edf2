"""Facts: typed values with their evidence, and how they come to be. No verdicts.

A *reader* takes facts from one event of a log. A *derivation* makes a fact from other facts, when it is asked
for. Both are registered beside the declaration of what they make, in a file of this room; a rule only names
facts. Types: `gib` (float, GiB = 2**30 bytes), `int`, `float`, `text`, `flag` (bool), `id` (an int or text that
is never written with thousands commas: a port, a rank).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.contain import contained
from vllm_doctor.facts.registry import (
    Declared,
    FactType,
    Pick,
    declare,
    declared,
    derivations_of,
    derived,
    reader,
)
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.finding import Figure
    from vllm_doctor.log.types import Line

__all__ = [
    "Declared",
    "Fact",
    "FactType",
    "Facts",
    "declare",
    "declared",
    "derived",
    "merge",
    "number",
    "parse",
    "reader",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, and the line of the log where it was read (None: from the launch, the model or other facts)."""

    name: str
    value: Figure
    line: Line | None = None


UNITS = {
    "": 1.0,
    "GiB": 1.0,
    "GB": 1.0,
    "G": 1.0,
    "MiB": 1 / 1024,
    "MB": 1 / 1024,
    "KiB": 1 / 1024**2,
    "bytes": 1 / 1024**3,
    "TiB": 1024.0,
}


def parse(type_: FactType, text: str) -> Figure | None:
    """A captured text as a value of a type, or None when it is none.

    vLLM and torch write GB and mean GiB (vllm/utils, torch's allocator), so both are read alike.
    """
    text = text.strip()
    if type_ in ("text", "id"):
        return text
    if type_ == "flag":
        return {"True": True, "true": True, "False": False, "false": False}.get(text)
    number = re.fullmatch(r"(-?[\d,]*\.?\d+(?:[eE][+-]?\d{1,3})?)\s*([A-Za-z]*)", text)
    if not number or len(text) > 40:
        return None
    value = float(number[1].replace(",", ""))
    if type_ == "gib":
        unit = UNITS.get(number[2])
        return None if unit is None else round(value * unit, 6)
    return int(value) if type_ == "int" else value


def number(text: str) -> int | float | str:
    """A text as the plain number that it is, else the text."""
    if len(text) < 40 and re.fullmatch(r"-?\d+", text):
        return int(text)
    return float(text) if len(text) < 40 and re.fullmatch(r"-?\d*\.\d+", text) else text


@dataclass(frozen=True)
class Facts(Mapping[str, "Figure"]):
    """The facts of one attempt or launch; derived ones are made when asked for, once.

    As a mapping it gives values: `facts.get("gpu.total_gib")`; `facts.line(name)` tells where one was read.
    What was given wins: `args.NAME` is `config.NAME`, what the engine's config line says, only where no argument
    is known.
    """

    read: Mapping[str, Fact] = field(default_factory=dict)
    _made: dict[str, Figure | None] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, name: str) -> Figure:
        value = self._value(name)
        if value is None:
            raise KeyError(name)
        return value

    def _value(self, name: str) -> Figure | None:
        if fact := self._read(name):
            return fact.value
        if name not in self._made:
            self._made[name] = None  # a derivation that asks for itself finds nothing
            ways = (way(self) for way in derivations_of(name, self.__contains__))
            self._made[name] = contained(f"fact {name}", lambda: _first(ways), None)
        return self._made[name]

    def _read(self, name: str) -> Fact | None:
        found = self.read.get(name)
        return self.read.get("config." + name[5:]) if found is None and name.startswith("args.") else found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._value(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.read)

    def __len__(self) -> int:
        return len(self.read)

    def number(self, name: str) -> float | None:
        """The value of a numeric fact, or None."""
        value = self._value(name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def text(self, name: str) -> str | None:
        """The value of a fact as text, or None."""
        value = self._value(name)
        return None if value is None else str(value)

    def line(self, name: str) -> Line | None:
        """The line of the log where the fact was read, if it was."""
        fact = self._read(name)
        return fact.line if fact else None

    def having(self, more: Iterable[Fact]) -> Facts:
        """These facts and more; a later one replaces an earlier one of the same name."""
        return Facts({**self.read, **{fact.name: fact for fact in more}})


def _first(values: Iterable[Figure | None]) -> Figure | None:
    return next((value for value in values if value is not None), None)


def merge(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Facts in the order of the log, each name once, by the pick of its declaration."""
    kept: dict[str, Fact] = {}
    for fact in facts:
        old, pick = kept.get(fact.name), (declared(fact.name) or Declared(fact.name, "text", "")).pick
        if old is not None and (pick == "first" or _worse(pick, fact.value, old.value)):
            continue
        kept[fact.name] = fact
    return kept


def _worse(pick: Pick, new: Figure, old: Figure) -> bool:
    if pick not in ("min", "max") or isinstance(new, str) or isinstance(old, str):
        return False
    return new > old if pick == "min" else new < old
