"""Which signatures may fit an event at all, by its words and exceptions; looked up once for texts of one shape."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from vllm_doctor.engine.rule_reading import words
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.engine.rule import Rule

Signatures: TypeAlias = "list[tuple[Rule, list[int]]]"
Place: TypeAlias = "tuple[int, int]"
"""The numbers of a rule and of one of its signatures."""
_MOST = 1000
_LONG = 1000
_ZEROS = str.maketrans("123456789", "0" * 9)


class _Blind(NamedTuple):
    """A signature without a literal, and what an event must have to be worth a look."""

    place: Place
    any_of: tuple[str, ...]
    exceptions: tuple[str, ...]
    message: bool
    frames: bool


@dataclass
class Asked:
    """The signatures to try on an event, by its shape: its text with the digits made zeros, and its exceptions.

    They are the same in every log, so all that are read in a process share them.
    """

    rules: Sequence[Rule]
    shapes: dict[tuple[str, frozenset[str] | None], Signatures | None] = field(default_factory=dict)

    def about(self, text: str, exceptions: frozenset[str] | None = None) -> Signatures:
        """Each rule with the numbers of its signatures; a few of them may have a literal that the text lacks.

        `exceptions` are those of a traceback, None of a record.
        """
        if len(text) > _LONG:
            return self._holding(text, exceptions, frozenset())
        shape = text.translate(_ZEROS), exceptions
        known = self.shapes.get(shape)
        if known is not None:
            return known
        if shape not in self.shapes:
            if len(self.shapes) >= _MOST:
                self.shapes.clear()
            self.shapes[shape] = None
            return self._holding(text, exceptions, frozenset())
        found = self.shapes[shape] = self._holding(text, exceptions, self._figured)
        return found

    @cached_property
    def of_facts(self) -> Signatures:
        """The signatures that look at facts alone."""
        alone = [one.place for one in self._blind if not (one.message or one.exceptions or one.frames)]
        return self._by_rule(alone)

    @cached_property
    def _places(self) -> dict[str, list[Place]]:
        """Where each literal stands."""
        found: dict[str, list[Place]] = {}
        for number, rule in enumerate(self.rules):
            for index, literal in enumerate(rule.literals):
                if literal:
                    found.setdefault(literal, []).append((number, index))
        return found

    @cached_property
    def _blind(self) -> list[_Blind]:
        return [
            _Blind(
                (number, int(index)),
                words(data.get("any_of")),
                words(data.get("exception")),
                bool(data.get("message")),
                bool(data.get("frames")),
            )
            for number, rule in enumerate(self.rules)
            for index, data in rule.blind.items()
        ]

    @cached_property
    def _figured(self) -> frozenset[str]:
        """The words with a digit: whether a text has them is not told by its shape."""
        known = {*self._places, *(word for one in self._blind for word in one.any_of)}
        return frozenset(word for word in known if word.translate(_ZEROS) != word)

    def _holding(self, text: str, exceptions: frozenset[str] | None, figured: frozenset[str]) -> Signatures:
        held = [literal for literal in self._places if literal in text]
        places = [place for literal in {*held, *figured} & self._places.keys() for place in self._places[literal]]
        return self._by_rule([*places, *self._worth_a_look(text, exceptions, figured)])

    def _worth_a_look(self, text: str, exceptions: frozenset[str] | None, figured: frozenset[str]) -> Iterator[Place]:
        """The signatures without a literal that may fit."""
        for place, any_of, wanted, message, frames in self._blind:
            if wanted:
                if exceptions is None or exceptions.isdisjoint(wanted):
                    continue
            elif not message and (not frames or exceptions is None):
                continue
            if not any_of or any(word in text or word in figured for word in any_of):
                yield place

    def _by_rule(self, places: Sequence[Place]) -> Signatures:
        found: dict[int, list[int]] = {}
        for number, index in sorted(places):
            found.setdefault(number, []).append(index)
        return [(self.rules[number], indices) for number, indices in found.items()]
