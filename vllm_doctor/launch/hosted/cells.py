"""A command whose words the file writes one by one in quotes of its own: a JSON array, a Python list, a unit's line.

The words are read as a shell command made of them. An edit of that command is an edit of single words: one is
written anew, some are put in, some are taken out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from vllm_doctor.launch.hosted.builder import Builder
from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.quoting import Piece, pieces
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span, apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.source import Source
    from vllm_doctor.launch.types import Token
    from vllm_doctor.launch.writer import Edits

_SAFE = pattern(r"[\w@%+:,./-]+", re.ASCII)
_MOST_COMPARED = 2_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A word as the file writes it: the span of all of it, and what it says piece by piece (places in the file).

    `row` names the list that it stands in; words of one row stand behind each other. `fixed`: it stands for
    something that is not written here and is never changed. `part`: it is a part of a word of the file.
    """

    span: Span
    pieces: tuple[Piece, ...]
    row: int = 0
    fixed: bool = False
    part: bool = False

    @property
    def value(self) -> str:
        """What it says, variables as `$NAME` or `${NAME}`."""
        return "".join(piece.value for piece in self.pieces)


class Listing(Protocol):
    """How a file writes the words of a command."""

    def whole(self, cell: Cell, value: str) -> str | None:
        """A word anew, in the quotes of the one it replaces where that is possible."""

    def part(self, cell: Cell, place: int, value: str) -> str | None:
        """A piece of text put into a word at a place in the file, in the quotes that are open there."""

    def insert(self, cells: Sequence[Cell], after: int, values: Sequence[str]) -> Edit | None:
        """New words behind the word `after` (-1: before all)."""

    def delete(self, cells: Sequence[Cell], gone: Sequence[int]) -> Edits | None:
        """Words taken out with the commas, blanks or lines that they would leave."""


class CellView:
    """Words of a file as a shell command; `program` are words in front that stand nowhere."""

    def __init__(self, text: str, cells: Sequence[Cell], listing: Listing, program: str = "") -> None:
        self.text, self.cells, self.listing, self.program = text, list(cells), listing, program

    @cached_property
    def source(self) -> Source:
        """The command in shell quotes, each character with its place in the file."""
        made = Builder(self.text)
        first = self.cells[0].span.start if self.cells else 0
        if self.program:
            made.put(self.program, first, first)
        for index, cell in enumerate(self.cells):
            if index or self.program:
                made.put(" ", cell.span.start, cell.span.start)
            _add_word(made, cell, bare=bool(index or self.program))
        return made.source()

    def outer(self, edits: Edits) -> Iterator[Edits]:
        """The edits as changes of single words."""
        inner = self.source.inner
        before, after = _words(inner), _words(apply(inner, edits))
        skip = len(self.program.split())
        changed = before is not None and after is not None and max(len(before), len(after)) < _MOST_COMPARED
        if before is None or after is None or not changed or before[:skip] != after[:skip]:
            return
        old, new = before[skip:], after[skip:]
        matcher = SequenceMatcher(None, [token.raw for token in old], [token.raw for token in new], autojunk=False)
        steps = [step for step in matcher.get_opcodes() if step[0] != "equal"]
        for small in (True, False):
            made = [self._step(step, new, small) for step in steps]
            if all(one is not None for one in made):
                yield tuple(edit for one in made if one for edit in one)

    def _step(self, step: tuple[str, int, int, int, int], new: Sequence[Token], small: bool) -> Edits | None:
        _, first, last, start, end = step
        shared = min(last - first, end - start)
        edits: list[Edit] = []
        for at in range(shared):
            edit = self._rewritten(self.cells[first + at], new[start + at], small)
            if edit is None:
                return None
            edits.append(edit)
        if first + shared < last:
            gone = self.listing.delete(self.cells, range(first + shared, last))
            return None if gone is None else (*edits, *gone)
        if start + shared < end:
            added = new[start + shared : end]
            values = [token.value for token in added]
            edit = (
                None
                if any(token.dynamic for token in added)
                else self.listing.insert(self.cells, first + shared - 1, values)
            )
            return None if edit is None else (*edits, edit)
        return tuple(edits)

    def _rewritten(self, cell: Cell, token: Token, small: bool) -> Edit | None:
        if cell.fixed or cell.part:
            return None
        written: str | None
        if not small:
            written = None if token.dynamic else self.listing.whole(cell, token.value)
            return None if written is None else Edit(cell.span, written)
        parts = _single(cell.pieces)
        head, tail = _shared(parts, token.value)
        refers = sum(piece.dynamic for piece in pieces(token.raw))
        if not parts or refers != sum(piece.dynamic for piece in (*parts[:head], *parts[len(parts) - tail :])):
            return None
        first, last = (
            sum(len(piece.value) for piece in parts[:head]),
            sum(len(piece.value) for piece in parts[len(parts) - tail :]),
        )
        place = parts[head].start if head < len(parts) else parts[-1].end
        end = parts[len(parts) - tail - 1].end if head + tail < len(parts) else place
        written = self.listing.part(cell, place, token.value[first : len(token.value) - last])
        return None if written is None else Edit(Span(place, end), written)


def _add_word(made: Builder, cell: Cell, bare: bool) -> None:
    """A word in shell quotes: none, single, or double where it holds a variable."""
    value = cell.value
    start, end = cell.span.start, cell.span.end
    if bare and _SAFE.fullmatch(value) and made.outer[start:end] == value:
        made.copy(start, end)
        return
    quote = '"' if "'" in value or any(piece.dynamic for piece in cell.pieces) else "'"
    made.put(quote, start, start)
    for piece in cell.pieces:
        if quote == '"' and not piece.dynamic and any(char in '\\"$`' for char in piece.value):
            for at, char in enumerate(piece.value):
                one = len(piece.value) == piece.end - piece.start
                place = (piece.start + at, piece.start + at + 1) if one else (piece.start, piece.end)
                made.put("\\" + char if char in '\\"$`' else char, *place)
        else:
            made.add([piece])
    made.put(quote, end, end)


def _words(text: str) -> list[Token] | None:
    """The words of a simple command; None where it is none."""
    tokens = lex(text)
    if any(token.kind not in ("word", "space", "continuation") for token in tokens):
        return None
    return [token for token in tokens if token.kind == "word"]


def _shared(parts: Sequence[Piece], value: str) -> tuple[int, int]:
    """How many pieces at the start, and how many at the end, a new value leaves as they are."""
    head, at = 0, 0
    while head < len(parts) and value.startswith(parts[head].value, at):
        at += len(parts[head].value)
        head += 1
    tail, end = 0, len(value)
    while head + tail < len(parts):
        piece = parts[-1 - tail]
        if end - len(piece.value) < at or not value.endswith(piece.value, at, end):
            break
        end -= len(piece.value)
        tail += 1
    return head, tail


def _single(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces of one character each, but for what is written as one escape or variable."""
    made: list[Piece] = []
    for piece in pieces:
        if piece.dynamic or piece.end - piece.start != len(piece.value):
            made.append(piece)
        else:
            made += [Piece(char, piece.start + at, piece.start + at + 1) for at, char in enumerate(piece.value)]
    return made
