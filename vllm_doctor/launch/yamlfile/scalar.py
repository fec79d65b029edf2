"""What a YAML scalar says, character by character with its place, and text written so that it says the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.source import Source
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.yamlfile.tree import Node

_FOLD = pattern(r"[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*")
_BREAK = pattern(r"\r\n|\r|\n")
_RUN = pattern(r"[^\\'\r\n \t]+|[ \t]+(?![ \t\r\n])")
_ESCAPE = pattern(r"x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.", re.DOTALL)
_JOIN = pattern(r"(?:\r\n|\r|\n)[ \t]*")
_LETTERS = {
    "0": "\0", "a": "\x07", "b": "\x08", "t": "\t", "n": "\n", "v": "\x0b", "f": "\x0c", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEADER = pattern(r"[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")

Piece = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Content:
    """A scalar as a text of its own. `indent` is what begins the lines of a block scalar."""

    source: Source
    indent: str = ""


def content(text: str, node: Node) -> Content | None:
    """The characters of a scalar and the places in `text` that they come from; None where they cannot be told."""
    if node.kind != "scalar":
        return None
    parsed = node.text
    indent = ""
    if node.style in ("|", ">"):
        indent, pieces = _block(parsed, node)
    elif node.style == "'":
        pieces = list(_flow(parsed, node.start + 1, node.end - 1, "'"))
    elif node.style == '"':
        pieces = list(_flow(parsed, node.start + 1, node.end - 1, '"'))
    else:
        pieces = list(_flow(parsed, node.start, node.end, ""))
    if "".join(piece[0] for piece in pieces) != node.parsed:
        return None
    starts: list[int] = []
    ends: list[int] = []
    out: list[str] = []
    for value, start, end in pieces:
        one = end - start == len(value)
        starts += range(start, end) if one else [start] * len(value)
        ends += range(start + 1, end + 1) if one else [end] * len(value)
        out.append(text[start:end] if one and parsed is not text else value)
    return Content(Source(text, "".join(out), starts, ends), indent)


def _flow(text: str, at: int, end: int, quote: str) -> Iterator[Piece]:
    """The pieces of a plain or quoted scalar; line breaks are folded."""
    while at < end:
        run = _RUN.match(text, at, end)
        fold = None if run else _FOLD.match(text, at, end)
        if run:
            yield run[0], at, run.end()
            at = run.end()
        elif fold:
            breaks = len(_BREAK.findall(fold[0]))
            yield "\n" * (breaks - 1) or " ", at, fold.end()
            at = fold.end()
        elif quote == "'" and text.startswith("''", at):
            yield "'", at, at + 2
            at += 2
        elif quote == '"' and text[at] == "\\":
            piece = _escape(text, at + 1)
            yield piece
            at = piece[2]
        else:
            yield text[at], at, at + 1
            at += 1


def _escape(text: str, at: int) -> Piece:
    join = _JOIN.match(text, at)
    if join:
        return "", at - 1, join.end()
    found = _ESCAPE.match(text, at)
    code = found[0] if found else ""
    if len(code) > 1:
        return chr(min(int(code[1:], 16), 0x10FFFF)), at - 1, at + len(code)
    return _LETTERS.get(code, code), at - 1, at + len(code)


def _block(text: str, node: Node) -> tuple[str, list[Piece]]:
    """The indentation and the pieces of a block scalar, as PyYAML's scanner joins its lines (scan_block_scalar)."""
    header = _HEADER.match(text, node.start)
    begin = header.end() if header else node.start
    width, indent = _width(text, begin, node.parsed)
    pieces: list[Piece] = []
    waiting: list[Piece] = []
    last: tuple[int, int, bool] | None = None
    for start, stop, after in _lines(text, begin):
        if stop - start <= width and not text[start:stop].strip(" "):
            waiting.append(("\n", stop, after))
            continue
        if text[start : start + width].strip(" "):
            break
        at = start + width
        flush = text[at] not in " \t"
        if last:
            folds = node.style == ">" and last[2] and flush
            if not folds or not waiting:
                pieces.append((" " if folds else "\n", last[0], last[1]))
        pieces += [*waiting, (text[at:stop], at, stop)]
        waiting, last = [], (stop, after, flush)
    if last:
        pieces.append(("\n", last[0], last[1]))
    return indent, _fitted(text, [*pieces, *waiting], len(node.parsed))


def _width(text: str, begin: int, value: str) -> tuple[int, str]:
    """How far the lines of a block scalar are indented, told by its first line that is not blank."""
    first = next((line for line in value.split("\n") if line.strip()), "")
    raw = next((text[start:stop] for start, stop, _ in _lines(text, begin) if text[start:stop].strip()), "")
    width = max(0, len(raw) - len(raw.lstrip()) - (len(first) - len(first.lstrip())))
    return width, raw[:width]


def _lines(text: str, at: int) -> Iterator[tuple[int, int, int]]:
    """Each line from `at` on: its start, its end, and the end of its line break."""
    while at < len(text):
        found = _BREAK.search(text, at)
        stop, after = found.span() if found else (len(text), len(text))
        yield at, stop, after
        at = after


def _fitted(text: str, pieces: list[Piece], length: int) -> list[Piece]:
    """The pieces as far as the value goes; a line break takes in the indentation of the line after it."""
    out: list[Piece] = []
    for index, (value, start, end) in enumerate(pieces):
        if length < len(value):
            break
        length -= len(value)
        ends_line = text[start : start + 1] in ("\r", "\n") and index + 1 < len(pieces) and length > 0
        out.append((value, start, pieces[index + 1][1] if ends_line else end))
    return out
