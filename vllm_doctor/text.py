"""Places in a text, and edits of it that leave every other character as it was."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters `start` (included) to `end` (excluded) of a text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no span: {self.start}..{self.end}")

    def of(self, text: str) -> str:
        """The characters of `text` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character, or an insertion point lies strictly inside the other."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `new` in place of the characters of `span` (an insertion where the span is empty)."""

    span: Span
    new: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands for a person: line and column, both from 1."""

    file: str
    line: int
    col: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}"


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; those at one insertion point keep the order in which they are given.

    Raises:
        ValueError: two edits overlap, or one lies outside the text.
    """
    ordered = sorted(edits, key=lambda edit: edit.span)
    pieces: list[str] = []
    at = 0
    for edit in ordered:
        if edit.span.start < at or edit.span.end > len(text):
            raise ValueError(f"edits overlap or leave the text at {edit.span}")
        pieces += [text[at : edit.span.start], edit.new]
        at = edit.span.end
    return "".join([*pieces, text[at:]])


def place(text: str, offset: int, file: str = "") -> Place:
    """The line and column of a character offset. Lines end where editors say: not at a form feed or U+2028."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
    row = bisect_right(starts, offset) - 1
    return Place(file, row + 1, offset - starts[row] + 1)


_LINE_END = pattern(r"\r\n|\n|\r")


def unified(before: str, after: str, name: str) -> str:
    """A unified diff of a file's text, as `patch` and `git apply` take it.

    Lines end where `patch` says they do: neither at a form feed nor at a lone CR.
    """
    from difflib import unified_diff

    shown = name.lstrip("/")
    rows = unified_diff(_lines(before), _lines(after), f"a/{shown}", f"b/{shown}")
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)


def _lines(text: str) -> list[str]:
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])
