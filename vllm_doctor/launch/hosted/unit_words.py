"""The words of a systemd command line, and words written into one (systemd.service(5), "COMMAND LINES").

Quotes may stand anywhere in a word, escapes are C's and work in both kinds of quotes, `$$` is a dollar and `%%` a
percent sign. `${NAME}` is replaced anywhere, `$NAME` only where it is the whole word.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.cells import Cell
from vllm_doctor.launch.quoting import Piece
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.source import Source
    from vllm_doctor.launch.writer import Edits

_ESCAPE = pattern(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{3}|[abfnrtvs\\\"'])")
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "s": " "}
_VARIABLE = pattern(r"\$\{[A-Za-z_]\w*\}", re.ASCII)
_WHOLE = pattern(r"\$[A-Za-z_]\w*", re.ASCII)
_BARE = pattern(r"[^\s\"'\\;#\x00-\x1f\x7f][^\s\"'\\\x00-\x1f\x7f]*")


def unit_words(source: Source, row: int = 0) -> list[Cell]:
    """The words of a setting's value."""
    text = source.inner
    cells: list[Cell] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        start = at
        at = _word_end(text, at)
        cells.append(Cell(source.span(Span(start, at)), tuple(_pieces(source, start, at)), row))
    return cells


def _word_end(text: str, at: int) -> int:
    quote = ""
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 2
            continue
        if not quote and char.isspace():
            break
        if char in "\"'" and quote in ("", char):
            quote = "" if quote else char
        at += 1
    return min(at, len(text))


def _pieces(source: Source, at: int, end: int) -> Iterator[Piece]:
    text = source.inner
    whole = _WHOLE.fullmatch(text, at, end)
    if whole:
        span = source.span(Span(at, end))
        yield Piece(text[at:end], span.start, span.end, dynamic=True)
        return
    quote = ""
    while at < end:
        char = text[at]
        found = _ESCAPE.match(text, at, end) or _VARIABLE.match(text, at, end)
        width = found.end() - at if found else 1 + (char in "$%" and text.startswith(char, at + 1))
        span = source.span(Span(at, min(at + width, end)))
        if char in "\"'" and quote in ("", char):
            quote = "" if quote else char
        elif found and char == "$":
            yield Piece(found[0], span.start, span.end, dynamic=True)
        else:
            yield Piece(_unescaped(found[0]) if found else char, span.start, span.end)
        at += width


def _unescaped(escape: str) -> str:
    code = escape[1:]
    if code[0] in "xuU" and len(code) > 1:
        return chr(min(int(code[1:], 16), 0x10FFFF))
    return chr(int(code, 8) & 0xFF) if code[0] in "01234567" else _LETTERS.get(code, code)


def quote_at(raw: str, offset: int) -> str:
    """The quote that is open at a place of a word."""
    quote, at = "", 0
    while at < offset:
        if raw[at] == "\\":
            at += 1
        elif raw[at] in "\"'" and quote in ("", raw[at]):
            quote = "" if quote else raw[at]
        at += 1
    return quote


class UnitListing:
    """Words between blanks, on one line or on continued ones."""

    continued = pattern(r"[ \t]*\\[ \t]*\r?\n[ \t]*")
    gap = pattern(r"(?:[ \t]|\\[ \t]*\r?\n)+")

    def __init__(self, text: str) -> None:
        self.text = text

    def whole(self, cell: Cell | None, value: str) -> str | None:
        """A word in the quotes of `cell`, else bare, else in double quotes."""
        raw = cell.span.of(self.text) if cell else ""
        quote = raw[0] if len(raw) > 1 and raw[0] in "\"'" and raw.endswith(raw[0]) else ""
        if not quote and _BARE.fullmatch(value):
            return _doubled(value)
        quote = quote or ("'" if '"' in value and "'" not in value else '"')
        written = _escaped(value, quote)
        return None if written is None else quote + written + quote

    def part(self, cell: Cell, place: int, value: str) -> str | None:
        """A piece of a word; None where the word would need quotes that it has not."""
        quote = quote_at(cell.span.of(self.text), place - cell.span.start)
        if quote:
            return _escaped(value, quote)
        raw_start = place == cell.span.start
        fits = not value or _BARE.fullmatch(value if raw_start else "x" + value)
        return _doubled(value) if fits else None

    def insert(self, cells: Sequence[Cell], after: int, values: Sequence[str]) -> Edit | None:
        """New words behind one; on a line of their own where the last option has one."""
        if after < 0:
            return None
        written = [self.whole(None, value) for value in values]
        if any(one is None for one in written):
            return None
        end = cells[after].span.end
        words = " ".join(one for one in written if one is not None)
        gap = self._line_gap(cells, after) if after == len(cells) - 1 else " "
        return Edit(Span(end, end), gap + words)

    def _line_gap(self, cells: Sequence[Cell], last: int) -> str:
        for at in range(last, 0, -1):
            gap = self.text[cells[at - 1].span.end : cells[at].span.start]
            if cells[at - 1].row == cells[at].row and self.continued.fullmatch(gap):
                return " " + gap.lstrip(" \t")
        return " "

    def delete(self, cells: Sequence[Cell], gone: Sequence[int]) -> Edits | None:
        """Words taken out, with the blanks before them; the first ones of a setting with those behind them."""
        first, last = cells[gone[0]], cells[gone[-1]]
        if gone[0] and cells[gone[0] - 1].row == first.row:
            start, end = cells[gone[0] - 1].span.end, last.span.end
            gap = self.text[start : first.span.start]
        elif gone[-1] + 1 < len(cells) and cells[gone[-1] + 1].row == last.row:
            start, end = first.span.start, cells[gone[-1] + 1].span.start
            gap = self.text[last.span.end : end]
        else:
            return None
        inside = itertools.pairwise(gone)
        gaps = [gap, *(self.text[cells[one].span.end : cells[two].span.start] for one, two in inside)]
        return (Edit(Span(start, end), ""),) if all(self.gap.fullmatch(one) for one in gaps) else None


def _doubled(value: str) -> str:
    return value.replace("$", "$$").replace("%", "%%")


def _escaped(value: str, quote: str) -> str | None:
    made = value.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("\n", "\\n").replace("\t", "\\t")
    return None if any(ord(char) < 32 for char in made) else _doubled(made)
