"""Words to options as Python's argparse does it, with every error told, not only the first.

Follows argparse.ArgumentParser._parse_known_args of CPython 3.9 to 3.12: words are marked as options or
values, then options take values by their `nargs`, and one positional (the model) takes a word between
options.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass
from vllm_doctor.vllm.words import Item, dynamic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.vllm.types import Nargs

_NEGATIVE_NUMBER = pattern(r"^-\d+$|^-\d*\.\d+$")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a word that looks like an option means: a spelling (None if unknown), and a value glued to it.

    `several` are the spellings that an abbreviation could be.
    """

    spelling: str | None
    glued: str | None = None
    several: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """An option as given: its spelling, the word, its values."""

    spelling: str
    item: Item
    values: tuple[Item, ...]


@dataclass(slots=True)
class Matched:
    """How the words fall: options given, the model, and what is wrong.

    `unknown`: words of unknown options; `stray`: values that nothing takes; `ambiguous`: abbreviations;
    `lacking`: options without their values; `needless`: options with a glued value that they do not take.
    `helped`: --help stands there, and what follows it is not looked at.
    """

    given: list[Given] = field(default_factory=list)
    model: Item | None = None
    unknown: list[Item] = field(default_factory=list)
    stray: list[Item] = field(default_factory=list)
    ambiguous: list[tuple[Item, tuple[str, ...]]] = field(default_factory=list)
    lacking: list[Given] = field(default_factory=list)
    needless: list[Given] = field(default_factory=list)
    helped: bool = False


class Matcher:
    """Matches words for one parser: `arities` gives what each spelling takes, `model` what the positional
    takes; with `help_searches` the program itself answers `--help=WORD`, before the parser sees it.
    """

    def __init__(self, arities: dict[str, Nargs], model: Nargs | None, help_searches: bool = False) -> None:
        self.arities = arities
        self.model = model
        self.help_searches = help_searches

    def meaning(self, text: str) -> Meant | None:
        """What a word means as an option; None for a value."""
        if not text.startswith("-"):
            return None
        if text in self.arities:
            return Meant(text)
        if text == "-":
            return None
        name, equals, value = text.partition("=")
        if equals and name in self.arities:
            return Meant(name, value)
        found = self._prefixed(text)
        if len(found) > 1:
            return Meant(None, None, tuple(meant.spelling or "" for meant in found))
        if found:
            return found[0]
        if _NEGATIVE_NUMBER.match(text) or " " in text:
            return None
        return Meant(None)

    def _prefixed(self, text: str) -> list[Meant]:
        """The spellings that a word abbreviates; for one dash also a one-letter flag with its value glued to
        it.
        """
        if text.startswith("--"):
            name, equals, value = text.partition("=")
            glued = value if equals else None
            return [Meant(flag, glued) for flag in self.arities if flag.startswith(name)]
        found = []
        for flag in self.arities:
            if flag == text[:2]:
                found.append(Meant(flag, text[2:]))
            elif flag.startswith(text):
                found.append(Meant(flag))
        return found

    def match(self, items: Sequence[Item]) -> Matched:
        """Let options and the model take their words."""
        return _Run(self, items).run()


class _Run:
    """One pass over the words."""

    def __init__(self, matcher: Matcher, items: Sequence[Item]) -> None:
        self.matcher = matcher
        self.items = items
        self.found = Matched()
        self.model_open = matcher.model is not None
        self.meanings: dict[int, Meant] = {}
        marks = []
        ended = False
        for place, item in enumerate(items):
            meant = None if ended or item.data is not None else matcher.meaning(item.text)
            if not ended and item.text == "--" and item.data is None:
                ended = True
                marks.append("-")
            elif meant is None:
                marks.append("A")
            else:
                self.meanings[place] = meant
                marks.append("O")
        self.marks = "".join(marks)

    def run(self) -> Matched:
        place = 0
        while place < len(self.items) and not self.found.helped:
            place = self._option(place) if place in self.meanings else self._values(place)
        return self.found

    def _values(self, place: int) -> int:
        """Words before the next option: the model takes one, the rest are stray."""
        end = next((at for at in range(place, len(self.items)) if at in self.meanings), len(self.items))
        for at in range(place, end):
            item = self.items[at]
            if self.marks[at] == "-":
                continue
            if self.model_open:
                self.model_open, self.found.model = False, item
            else:
                self.found.stray.append(item)
        return end

    def _option(self, place: int) -> int:
        item, meant = self.items[place], self.meanings[place]
        if meant.several:
            self.found.ambiguous.append((item, meant.several))
            return place + 1
        if meant.spelling is None:
            self.found.unknown.append(item)
            return place + 1
        if meant.glued is not None:
            self._glued(item, meant.spelling, meant.glued)
            return place + 1
        if meant.spelling in ("-h", "--help"):
            self.found.helped = True
        return self._spaced(place, item, meant.spelling)

    def _glued(self, item: Item, spelling: str, value: str) -> None:
        given = Given(spelling, item, (Item(value, item.index),))
        if spelling == "--help" and self.matcher.help_searches:
            self.found.helped = True
            return
        if self.matcher.arities[spelling] in (1, "?", "*", "+"):
            self.found.given.append(given)
        elif self.matcher.arities[spelling] == 0:
            self.found.needless.append(given)
        else:
            self.found.lacking.append(given)

    def _spaced(self, place: int, item: Item, spelling: str) -> int:
        nargs = self.matcher.arities[spelling]
        rest = self.marks[place + 1 :]
        ready = len(rest) - len(rest.lstrip("A"))
        take = nargs if isinstance(nargs, int) else min(ready, 1) if nargs == "?" else ready
        values = tuple(self.items[place + 1 : place + 1 + min(take, ready)])
        given = Given(spelling, item, values)
        short = ready < take or (nargs == "+" and not ready)
        (self.found.lacking if short else self.found.given).append(given)
        return place + 1 + len(values)


def unknowable(item: Item) -> bool:
    """Whether a word's value comes from a variable."""
    return item.data is None and dynamic(item.text)
