"""PowerShell as statements of words, as far as it can be read: quotes, backtick continuations, arrays, `$env:`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.flaws import Flaw
from vllm_doctor.launch.broken.lines import BLANK, COMMENT, EMPTY, MISSING
from vllm_doctor.launch.hosted.cells import Cell
from vllm_doctor.launch.quoting import Piece
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_SKIPPED = pattern(r"(?:[ \t]|`\r?\n|<\#.*?\#>|\#[^\r\n]*)+", re.DOTALL)
_STRAY = pattern(r"(?P<mark>`[ \t]+|\\[ \t]*)(?P<line>\r?\n)")
_REST = pattern(r"(?:[ \t]*(?:#[^\r\n]*)?\r?\n)+[ \t]*(?=--[A-Za-z])")
_COMMENT = pattern(r"#[^\r\n]*")
_BREAK = pattern(r"\r?\n|;|\|\|?|&&|[{}()]")
_HERE = pattern(r"@(['\"])[ \t]*\r?\n")
_SINGLE = pattern(r"'(?:[^']|'')*'")
_DOUBLE = pattern(r'"(?:[^"`]|`.|"")*"', re.DOTALL)
_VARIABLE = pattern(
    r"\$(?:(?:env|script|global|local):)?(?P<name>[A-Za-z_]\w*)|\$\{(?:env:)?(?P<braced>[^}\r\n]+)\}", re.I
)
_BARE = pattern(r"[^\s'\"`$;|&(){},@]+|@(?![('\"])")
BACKSLASH = "backslash-in-powershell"
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_MOST = 50_000


@dataclass(slots=True)
class Statement:
    """The words of one statement; those of the rows `rows` stand in `@(...)` or between commas."""

    cells: list[Cell] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    flaws: list[Flaw] = field(default_factory=list)
    """Line breaks that end the statement before its writer wanted, in their order."""


def statements(text: str) -> list[Statement]:
    """The statements of a script; whatever the text is, this does not raise."""
    return _Reader(text).run()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.done: list[Statement] = []
        self.now = Statement()
        self.row = 0
        self.rows = 0
        self.joined = 0
        self.unclosed: set[str] = set()

    def run(self) -> list[Statement]:
        at = 0
        while at < len(self.text) and len(self.done) < _MOST:
            at = self._step(at)
        self._flush()
        return self.done

    def _flush(self) -> None:
        if self.now.cells:
            self.done.append(self.now)
        self.now, self.row, self.joined = Statement(), 0, 0

    def _step(self, at: int) -> int:
        text = self.text
        if self.now.cells and not self.row and (after := self._meant(at)):
            return after
        skipped = _SKIPPED.match(text, at)
        if skipped:
            return skipped.end()
        if text.startswith("@(", at):
            self.rows += 1
            self.row = self.rows
            self.now.rows.add(self.row)
            return at + 2
        found = _BREAK.match(text, at)
        if found and self.row and found[0] in (")", "\n", "\r\n"):
            self.row = 0 if found[0] == ")" else self.row
            return found.end()
        if found:
            self._flush()
            return found.end()
        if text[at] == ",":
            self._comma()
            return at + 1
        end = self._word_end(at)
        if end == at:
            return at + 1
        self.now.cells.append(Cell(Span(at, end), tuple(self._pieces(at, end)), self.row or self.joined))
        self.joined = 0
        return end

    def _meant(self, at: int) -> int | None:
        """Past a line break that was meant to go on, where one stands; no statement begins with `--option`."""
        text, last = self.text, self.now.cells[-1].span.end
        stray = _STRAY.match(text, at)
        if stray and (text[at] == "`" or text[at - 1] in " \t"):
            span = Span(at, stray.end("mark"))
            self.now.flaws.append(Flaw(BLANK if text[at] == "`" else BACKSLASH, span, ((Edit(span, "`"),),)))
            return stray.end()
        rest = _REST.match(text, at)
        if not rest:
            return None
        gap = Span(last, rest.end())
        comments = [found[0].rstrip(" \t`") for found in _COMMENT.finditer(text, gap.start, gap.end)]
        continued = "`" in gap.of(text).partition("\n")[0]
        if not continued and "\n\n" in gap.of(text).replace("\r", ""):
            return None
        how = COMMENT if comments else EMPTY if continued else MISSING
        newline = "\r\n" if "\r\n" in text else "\n"
        indent = text[text.rfind("\n", 0, gap.end) + 1 : gap.end]
        start = text.rfind("\n", 0, self.now.cells[0].span.start) + 1
        margin = text[start : self.now.cells[0].span.start]
        above = "".join(f"{margin if not margin.strip() else ''}{comment}{newline}" for comment in comments)
        edits = (Edit(gap, f" `{newline}{indent}"), *((Edit(Span(start, start), above),) if above else ()))
        shown = next((Span(*found.span()) for found in _COMMENT.finditer(text, *_ends(gap))), None)
        self.now.flaws.append(Flaw(how, shown or self.now.cells[-1].span, (edits,)))
        return rest.end()

    def _comma(self) -> None:
        """A word before a comma begins an array without brackets."""
        if self.row or not self.now.cells:
            return
        last = self.now.cells[-1]
        if last.row == 0:
            self.rows += 1
            self.now.cells[-1] = Cell(last.span, last.pieces, self.rows)
            self.now.rows.add(self.rows)
        self.joined = self.now.cells[-1].row

    def _word_end(self, at: int) -> int:
        while at < len(self.text):
            part = self._part(at)
            if part is None:
                return at
            at = part
        return at

    def _part(self, at: int) -> int | None:
        """The end of the part of a word that begins at `at`; None where the word ends."""
        text = self.text
        here = _HERE.match(text, at)
        if here:
            close = text.find(f"\n{here[1]}@", here.end() - 1) if here[1] not in self.unclosed else -1
            self.unclosed |= {here[1]} if close < 0 else set()
            return close + 3 if close >= 0 else at + 2
        for kind in (_SINGLE, _DOUBLE, _VARIABLE, _BARE):
            found = kind.match(text, at)
            if found:
                return found.end()
        if text.startswith("$(", at):
            close = text.find(")", at)
            return len(text) if close < 0 else close + 1
        if text[at] == "`" and text[at + 1 : at + 2] not in ("", "\n", "\r"):
            return at + 2
        return at + 1 if text[at] in "$'\"`" else None

    def _pieces(self, at: int, end: int) -> Iterator[Piece]:
        text = self.text
        while at < end:
            stop = min(self._part(at) or at + 1, end)
            if text[at] == "'":
                yield from _quoted(text, at + 1, stop - 1, "'")
            elif text[at] == '"':
                yield from _quoted(text, at + 1, stop - 1, '"')
            elif text[at] == "$" and stop - at > 1:
                yield _reference(text, at, stop)
            elif text[at] == "`" and stop - at == 2:
                yield Piece(text[at + 1], at, stop)
            else:
                yield from (Piece(text[i], i, i + 1) for i in range(at, stop))
            at = stop


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _quoted(text: str, at: int, end: int, quote: str) -> Iterator[Piece]:
    while at < end:
        variable = _VARIABLE.match(text, at, end) if quote == '"' else None
        if variable:
            yield _reference(text, at, variable.end())
            at = variable.end()
            continue
        doubled = text.startswith(quote * 2, at)
        escaped = quote == '"' and text[at] == "`"
        width = 2 if (doubled or escaped) and at + 1 < end else 1
        value = _LETTERS.get(text[at + 1], text[at + 1]) if escaped and width == 2 else text[at]
        yield Piece(value, at, at + width)
        at += width


def _reference(text: str, at: int, end: int) -> Piece:
    found = _VARIABLE.fullmatch(text, at, end)
    name = (found["name"] or found["braced"]) if found else "expression"
    return Piece(f"${{{name}}}", at, end, dynamic=True)
