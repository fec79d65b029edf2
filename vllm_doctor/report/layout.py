"""Widths, wrapping and cutting in terminal columns: a Chinese character takes two, an accent none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_START = frozenset("，。、；：？！）》」』】”’…,.;:?!)]}%")
_NO_END = frozenset("（《「『【“‘([{")
_MARKS_PER_COLUMN = 4


def columns(text: str) -> int:
    """How many columns a terminal gives to the text."""
    return len(text) if text.isascii() else sum(_char_columns(char) for char in text)


def cut(text: str, width: int, mark: str = "…") -> str:
    """The text in at most `width` columns, ended by `mark` where something is left out."""
    if columns(text) <= width and len(text) <= _MARKS_PER_COLUMN * width:
        return text
    room = width - columns(mark)
    kept: list[str] = []
    for char in text[: _MARKS_PER_COLUMN * max(width, 0)]:
        room -= _char_columns(char)
        if room < 0:
            break
        kept.append(char)
    return ("".join(kept).rstrip() + mark) if width >= columns(mark) else ""


def pad(text: str, width: int) -> str:
    """The text followed by blanks up to `width` columns."""
    return text + " " * max(0, width - columns(text))


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns; a word that is longer stands alone and is not cut."""
    lines: list[str] = []
    line, used = "", 0
    for gap, atom in _atoms(text):
        size = columns(atom)
        if line and used + len(gap) + size > width:
            lines.append(line)
            line, used, gap = "", 0, ""
        elif not line:
            gap = ""
        line, used = line + gap + atom, used + len(gap) + size
    return [*lines, line] if line else lines


def _atoms(text: str) -> Iterator[tuple[str, str]]:
    """The pieces that no line break may cut, each with the blank before it."""
    for word in text.split():
        gap = " "
        for piece in [word] if word.isascii() else _pieces(word):
            yield gap, piece
            gap = ""


def _pieces(word: str) -> Iterator[str]:
    """A word cut wherever one of two neighbours is wide, but before closing and after opening marks."""
    piece = ""
    for char in word:
        free = piece and 2 in (_char_columns(char), _char_columns(piece[-1]))
        if free and char not in _NO_START and piece[-1] not in _NO_END:
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _char_columns(char: str) -> int:
    if char.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in ("W", "F") else 1
