"""How long a pattern may take at worst: which of the shipped ones need no time limit.

The standard library's matcher tries every way in which the parts of a pattern may share out a text. The number of
those ways is bounded from the pattern's parse tree, with no look at any text:

- one character, or a place: one way;
- a part repeated from `least` to `most` times: as many ways as there are counts, but one where what may follow it
  can begin with none of its characters, since then giving characters back never helps (case must count for that);
- alternatives: the sum of theirs; a sequence: the product;
- a repeated part that itself has several ways: their power, which no real limit survives.

The build works it out (`with_bounds`), once, and the answer is data of the rule.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from vllm_doctor.values import dataclass

LENGTHS = (20_000, 5_000, 1_000)
"""The texts' lengths, in characters, for which a bound is worked out; the first is all that is ever matched."""
LIMIT = 4e7
"""Steps that are soon over: within the time limit of the other patterns, at a hundred million in a second."""

_NEVER = 1e15
_ALL = frozenset(range(257))
"""The characters below 256, and one number for all others."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def with_bounds(data: dict[str, Any]) -> dict[str, Any]:
    """A rule's data with `bounded` on each signature: the longest text that its pattern is soon done with."""
    seen = [{**item, "bounded": bounded(item.get("message", ""))} for item in data.get("signatures") or []]
    return {**data, "signatures": seen}


def bounded(pattern: str) -> int:
    """The longest of `LENGTHS` in which `re` can search any text in `LIMIT` steps; 0 for none of `re`'s."""
    from vllm_doctor.engine.pattern_tree import tree_of

    if not pattern:
        return 0
    try:
        tree = tree_of(pattern)
    except re.error:
        return 0
    if tree.state.flags & re.IGNORECASE:
        return 0
    return next((length for length in LENGTHS if Bound(length).steps(tree) <= LIMIT), 0)


@dataclass(frozen=True)
class Bound:
    """The bound for texts of a length, in characters."""

    length: int

    def steps(self, tree: Any) -> float:
        """How many steps a search takes at most: all ways, from every place of the text."""
        ways, steps = self._sequence(list(tree), _ALL)
        return self.length * max(ways, steps)

    def _sequence(self, items: list[Any], after: frozenset[int]) -> tuple[float, float]:
        """The ways of a sequence and the steps to try them all; `after`: what may follow it."""
        ways, steps = 1.0, 0.0
        for index, (operation, argument) in enumerate(items):
            follows, empty = _first(items[index + 1 :])
            one_ways, one_steps = self._part(str(operation), argument, follows | after if empty else follows)
            steps += ways * one_steps
            ways = min(ways * one_ways, _NEVER)
        return ways, min(steps, _NEVER)

    def _part(self, name: str, argument: Any, after: frozenset[int]) -> tuple[float, float]:
        if name == "AT" or _characters(name, argument) is not None:
            return 1, 1
        if name == "SUBPATTERN":
            return self._sequence(list(argument[3]), after) if not argument[1] else (_NEVER, _NEVER)
        if name == "ATOMIC_GROUP":
            return 1, self._sequence(list(argument), _ALL)[1]
        if name in ("ASSERT", "ASSERT_NOT"):
            return 1, self._sequence(list(argument[1]), _ALL)[1]
        if name in _REPEATS:
            return self._repeat(argument, after)
        if name == "BRANCH":
            found = [self._sequence(list(branch), after) for branch in argument[1]]
            return sum(ways for ways, _ in found), sum(steps for _, steps in found)
        if name == "GROUPREF":
            return 1, self.length
        return _NEVER, _NEVER

    def _repeat(self, argument: Any, after: frozenset[int]) -> tuple[float, float]:
        least, most, body = int(argument[0]), min(int(argument[1]), self.length), list(argument[2])
        begins, empty = _first(body)
        counts = 1 if begins.isdisjoint(after) else most - least + 1
        ways, steps = self._sequence(body, begins | after)
        if ways == 1 and not empty:
            return counts, most * steps
        total = sum(min(ways, _NEVER) ** count for count in range(least, most + 1)) if most < 16 else _NEVER
        return min(total, _NEVER), min(total * steps, _NEVER)


def _first(items: list[Any]) -> tuple[frozenset[int], bool]:
    """The characters that a sequence may begin with, and whether it may be empty."""
    found: set[int] = set()
    for operation, argument in items:
        begins, empty = _first_of_part(str(operation), argument)
        found |= begins
        if not empty:
            return frozenset(found), False
    return frozenset(found), True


def _first_of_part(name: str, argument: Any) -> tuple[frozenset[int], bool]:
    characters = _characters(name, argument)
    if characters is not None:
        return characters, False
    if name == "SUBPATTERN":
        return _first(list(argument[3]))
    if name == "ATOMIC_GROUP":
        return _first(list(argument))
    if name in _REPEATS:
        begins, empty = _first(list(argument[2]))
        return begins, empty or argument[0] == 0
    if name == "BRANCH":
        found = [_first(list(branch)) for branch in argument[1]]
        return frozenset().union(*(begins for begins, _ in found)), any(empty for _, empty in found)
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return frozenset(), True
    return _ALL, True


def _characters(name: str, argument: Any) -> frozenset[int] | None:
    """What a part of one character matches; None for any other part."""
    if name == "LITERAL":
        return frozenset((min(argument, 256),))
    if name == "NOT_LITERAL":
        return _ALL - {argument}
    if name == "ANY":
        return _ALL
    return _class(argument) if name == "IN" else None


def _class(items: Any) -> frozenset[int]:
    found: set[int] = set()
    negated = False
    for operation, argument in items:
        name = str(operation)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found.add(min(argument, 256))
        elif name == "RANGE":
            found.update(range(min(argument[0], 256), min(argument[1], 256) + 1))
        else:
            found |= _category(str(argument))
    return (_ALL - found) | {256} if negated else frozenset(found)


@lru_cache(maxsize=16)
def _category(name: str) -> frozenset[int]:
    """What `\\d`, `\\s`, `\\w` and their opposites match; beyond 255 each has some."""
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}.get(name.rpartition("_")[2])
    if letter is None:
        return _ALL
    escape = "\\" + (letter.upper() if "_NOT_" in name else letter)
    return frozenset(code for code in range(256) if re.match(escape, chr(code))) | {256}
