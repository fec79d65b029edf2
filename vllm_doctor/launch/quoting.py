"""How a shell word is quoted: where a quoted or substituted part ends, and what the shell makes of the word.

Everything walks forward once; nothing recurses and nothing is expanded. A part that is never closed runs to
the end of the text, as it does for the shell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSIDE = pattern(r"""[\\'"`$(){}#]""")
_PARAMETER = pattern(r"\$(?:[A-Za-z_]\w*|[0-9@*#?$!-])", re.ASCII)
_PLAIN = pattern(r"""[^\\'"`$<>]+""")
_IN_DOUBLE = pattern(r"""[^\\"`$]+""")
_ANSI = pattern(r"\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|c.|.)|[^\\]+|\\", re.DOTALL)
_ANSI_LETTERS = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word's value and the characters `start`..`end` of the raw word that it comes from.

    Where both have the same length, character stands for character; else the piece is one escape.
    """

    value: str
    start: int
    end: int
    dynamic: bool = False


def line_break(text: str, at: int) -> int:
    """The length of the line break at `at`: 0, 1 (LF) or 2 (CRLF)."""
    if text.startswith("\n", at):
        return 1
    return 2 if text.startswith("\r\n", at) else 0


def single_end(text: str, at: int) -> int:
    """The end of a '...' string whose opening quote stands at `at`."""
    close = text.find("'", at + 1)
    return len(text) if close < 0 else close + 1


def ansi_end(text: str, at: int) -> int:
    """The end of a $'...' string whose dollar stands at `at`; a backslash escapes the quote."""
    at += 2
    while at < len(text):
        if text[at] == "'":
            return at + 1
        at += 2 if text[at] == "\\" else 1
    return len(text)


def nested_end(text: str, at: int) -> int:
    """The end of the "...", `...`, $(...), ${...}, $((...)) or <(...) that begins at `at`."""
    open_, stack, doubles = _opening(text, at), [], 0
    stack.append(open_[0])
    doubles += open_[0] == '"'
    at = open_[1]
    while stack:
        found = _INSIDE.search(text, at)
        if not found:
            return len(text)
        at, mode, char = found.start(), stack[-1], found[0]
        if char == "\\":
            at += 2
        elif char == mode:
            stack.pop()
            doubles -= mode == '"'
            at += 1
        else:
            at, push = _step(text, at, mode, doubles > 0)
            if push:
                stack.append(push)
                doubles += push == '"'
    return min(at, len(text))


def _opening(text: str, at: int) -> tuple[str, int]:
    """What closes the construct at `at`, and where its inside begins."""
    if text.startswith(("$(", "<(", ">("), at):
        return ")", at + 2
    if text.startswith("${", at):
        return "}", at + 2
    return text[at], at + 1


def _step(text: str, at: int, mode: str, in_double: bool) -> tuple[int, str]:
    """Pass one special character inside a construct; the second value is what now has to be closed."""
    char = text[at]
    if mode == "`":
        return at + 1, ""
    if text.startswith(("$(", "${"), at):
        return at + 2, ")" if text[at + 1] == "(" else "}"
    if char == "`" or (char == '"' and mode != '"'):
        return at + 1, char
    if mode == ")":
        return _step_command(text, at)
    if mode == "}" and not in_double:
        if char == "'":
            return single_end(text, at), ""
        if text.startswith("$'", at):
            return ansi_end(text, at), ""
    return at + 1, ""


def _step_command(text: str, at: int) -> tuple[int, str]:
    char = text[at]
    if char == "'":
        return single_end(text, at), ""
    if text.startswith("$'", at):
        return ansi_end(text, at), ""
    if char == "#" and text[at - 1] in " \t\n;&|(":
        close = text.find("\n", at)
        return (len(text) if close < 0 else close), ""
    return at + 1, ")" if char == "(" else ""


def pieces(raw: str) -> Iterator[Piece]:
    """What the shell makes of a raw word, part by part; quotes and line continuations leave nothing."""
    at = 0
    while at < len(raw):
        plain = _PLAIN.match(raw, at)
        if plain:
            yield Piece(plain[0], at, plain.end())
            at = plain.end()
            continue
        char = raw[at]
        if char == "'":
            end = single_end(raw, at)
            yield from _inner(raw, at + 1, end, "'")
            at = end
        elif raw.startswith("$'", at):
            end = ansi_end(raw, at)
            yield from _ansi(raw, at + 2, end - 1 if raw.endswith("'", at + 2, end) else end)
            at = end
        elif char == '"' or raw.startswith('$"', at):
            at += char == "$"
            end = nested_end(raw, at)
            yield from _double(raw, at + 1, end)
            at = end
        elif char == "\\":
            width = line_break(raw, at + 1)
            if not width:
                yield Piece(raw[at + 1 : at + 2] or "\\", at, min(at + 2, len(raw)))
            at += 1 + (width or 1)
        else:
            piece = _expansion(raw, at)
            yield piece
            at = piece.end


def _inner(raw: str, start: int, end: int, quote: str) -> Iterator[Piece]:
    stop = end - 1 if end > start and raw[end - 1] == quote else end
    if stop > start:
        yield Piece(raw[start:stop], start, stop)


def _double(raw: str, start: int, end: int) -> Iterator[Piece]:
    """The inside of a double-quoted string, up to its closing quote."""
    at = start
    while at < end:
        plain = _IN_DOUBLE.match(raw, at, end)
        if plain:
            yield Piece(plain[0], at, plain.end())
            at = plain.end()
        elif raw[at] == '"':
            return
        elif raw[at] == "\\":
            width = line_break(raw, at + 1)
            if not width:
                escaped = raw[at + 1 : at + 2] in ("$", "`", '"', "\\") and at + 1 < end
                yield Piece(raw[at + 1], at, at + 2) if escaped else Piece("\\", at, at + 1)
                width = int(escaped)
            at += 1 + width
        else:
            piece = _expansion(raw, at)
            yield piece
            at = piece.end


def _expansion(raw: str, at: int) -> Piece:
    """A parameter, command or process substitution, kept as written; else one character."""
    if raw[at] == "`" or raw.startswith(("$(", "${", "<(", ">("), at):
        end = nested_end(raw, at)
        return Piece(raw[at:end], at, end, dynamic=True)
    name = _PARAMETER.match(raw, at)
    if name:
        return Piece(name[0], at, name.end(), dynamic=True)
    return Piece(raw[at], at, at + 1)


def _ansi(raw: str, start: int, end: int) -> Iterator[Piece]:
    for found in _ANSI.finditer(raw, start, end):
        yield Piece(_ansi_value(found[0]), found.start(), found.end())


def _ansi_value(part: str) -> str:
    if part[0] != "\\" or len(part) == 1:
        return part
    kind, rest = part[1], part[2:]
    if kind in "xuU" and rest:
        code = int(rest, 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    if kind in "01234567":
        return chr(int(part[1:], 8) & 0xFF)
    if kind == "c" and rest:
        return chr(ord(rest) & 0x1F)
    return _ANSI_LETTERS.get(kind, kind if kind in "\\'\"?" else part)


def heredoc_pieces(body: str, quoted: bool) -> Iterator[Piece]:
    """What a here-document writes: as it stands if its delimiter is quoted, else without escapes."""
    at = 0
    while not quoted and at < len(body):
        slash = body.find("\\", at)
        if slash < 0:
            break
        if slash > at:
            yield Piece(body[at:slash], at, slash)
        width = line_break(body, slash + 1)
        if width:
            at = slash + 1 + width
        elif body[slash + 1 : slash + 2] in ("$", "`", "\\") and slash + 1 < len(body):
            yield Piece(body[slash + 1], slash, slash + 2)
            at = slash + 2
        else:
            yield Piece("\\", slash, slash + 1)
            at = slash + 1
    if at < len(body):
        yield Piece(body[at:], at, len(body))
