"""A lossless POSIX/bash lexer: the tokens joined are the text, whatever the text is.

It never raises and looks at each character a bounded number of times. `{`, `}`, `[[` and the reserved words
are words here, because the shell knows them only by where they stand; the parser does too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.quoting import ansi_end, line_break, nested_end, pieces, single_end
from vllm_doctor.launch.types import Token, TokenKind
from vllm_doctor.memo import remembered
from vllm_doctor.patterns import pattern
from vllm_doctor.placeholders import bracketed
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from vllm_doctor.launch.quoting import Piece

_SPACE = pattern(r"[ \t]+")
_REDIRECT = pattern(r"(?:[0-9]{1,9}(?=[<>]))?(?:<<<|<<-?|<>|<&|>>|>&|>\||[<>](?!\())|&>>?")
_OPERATOR = pattern(r"&&|&|\|\||\|&|\||;;&|;;|;&|;|\(|\)")
_COMMENT = pattern(r"#[^\n]*")
_PLAIN = pattern(r"""[^\s\\'"`$|&;()<>]+""")
_VARIABLE = pattern(r"\$[A-Za-z_]\w*", re.ASCII)
_NAME_GOES_ON = pattern(r"\w", re.ASCII)
_ENDS_WORD = frozenset(" \t\n|&;()<>")


def lex(text: str) -> list[Token]:
    """Cut a text into tokens; joined, their `raw` is the text, always.

    A page's `<name>` is a word (see `placeholders`). A backslash before a line break (LF or CRLF) is a
    `continuation`, unless it stands inside a word. A here-document's body, with its closing line, is one `heredoc`
    token after the newline of its redirection; its `quote` is "'" when the delimiter was quoted, so that nothing in it
    is expanded.
    """
    tokens: list[Token] = []
    waiting: list[Token] = []
    at, opened = 0, False
    while at < len(text):
        kind, end = _next(text, at)
        token = _token(text, kind, at, end)
        tokens.append(token)
        at = end
        if opened and kind == "word":
            waiting.append(token)
        if kind != "space":
            opened = kind == "redirect" and "<<" in token.raw and "<<<" not in token.raw
        if kind == "newline":
            for delimiter in waiting:
                body = _heredoc(text, at, delimiter)
                if body.raw:
                    tokens.append(body)
                at = body.span.end
            waiting = []
    return tokens


@remembered
def closed(text: str) -> bool:
    """Whether every quote, substitution and here-document of a shell text is closed."""
    return lex(text + "\n:")[-1].raw == ":"


def _next(text: str, at: int) -> tuple[TokenKind, int]:
    width = line_break(text, at)
    if width:
        return "newline", at + width
    if text[at] == "\\" and (width := line_break(text, at + 1)):
        return "continuation", at + 1 + width
    if text[at] in "<{" and bracketed(text, at):
        return "word", _word_end(text, at)
    kinds: tuple[tuple[TokenKind, re.Pattern[str]], ...] = (
        ("space", _SPACE),
        ("comment", _COMMENT),
        ("redirect", _REDIRECT),
        ("operator", _OPERATOR),
    )
    for kind, shape in kinds:
        found = shape.match(text, at)
        if found:
            end = found.end()
            return kind, end - 1 if kind == "comment" and text.startswith("\r\n", end - 1) else end
    return "word", _word_end(text, at)


def _word_end(text: str, at: int) -> int:
    start = at
    while at < len(text):
        char = text[at]
        if char in "<{" and (end := bracketed(text, at)):
            at = end
            continue
        plain = _PLAIN.match(text, at)
        if plain:
            at = plain.end()
            continue
        if char in "<>" and at == start and text.startswith("(", at + 1):
            at = nested_end(text, at)
        elif char in _ENDS_WORD or line_break(text, at):
            break
        elif char == "\\":
            end = _past_breaks(text, at)
            if end == at:
                at = min(at + 2, len(text))
            elif end == len(text) or text[end] in _ENDS_WORD or line_break(text, end):
                break
            else:
                at = end
        else:
            at = _part_end(text, at)
    return max(at, start + 1)


def _past_breaks(text: str, at: int) -> int:
    """The place after all line continuations that begin at `at`."""
    while text.startswith("\\", at) and (width := line_break(text, at + 1)):
        at += 1 + width
    return at


def _part_end(text: str, at: int) -> int:
    if text[at] == "'":
        return single_end(text, at)
    if text.startswith("$'", at):
        return ansi_end(text, at)
    if text[at] in '"`' or text.startswith(("$(", "${"), at):
        return nested_end(text, at)
    return at + 1


def _token(text: str, kind: TokenKind, start: int, end: int) -> Token:
    raw = text[start:end]
    if kind != "word":
        return Token(kind, Span(start, end), raw)
    if _PLAIN.fullmatch(raw):
        return Token(kind, Span(start, end), raw, raw)
    parts = list(pieces(raw))
    value = _said(parts)
    return Token(kind, Span(start, end), raw, value, _quote_of(raw), any(part.dynamic for part in parts))


def _said(parts: list[Piece]) -> str:
    """What a word says; a variable keeps its name apart from letters behind it (`"$A"b` is `${A}b`)."""
    said = [part.value for part in parts]
    for at, part in enumerate(parts[:-1]):
        if part.dynamic and _VARIABLE.fullmatch(part.value) and _NAME_GOES_ON.match(said[at + 1]):
            said[at] = f"${{{part.value[1:]}}}"
    return "".join(said)


def _quote_of(raw: str) -> str:
    """The quote that surrounds the whole word, or ""."""
    if raw[0] == "'" and len(raw) > 1 and single_end(raw, 0) == len(raw) and raw.endswith("'"):
        return "'"
    if raw[0] == '"' and len(raw) > 1 and nested_end(raw, 0) == len(raw) and raw.endswith('"'):
        return '"'
    return ""


def _heredoc(text: str, start: int, delimiter: Token) -> Token:
    """The body of a here-document up to and with its closing line; all the rest when it is never closed."""
    quoted = any(char in delimiter.raw for char in "'\"\\")
    at = start
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].rstrip("\r").lstrip("\t") == delimiter.value:
            end = min(end + 1, len(text))
            return Token(
                "heredoc",
                Span(start, end),
                text[start:end],
                text[start:at],
                "'" if quoted else "",
                not quoted,
            )
        at = end + 1
    return Token("heredoc", Span(start, len(text)), text[start:], text[start:], "'" if quoted else "", not quoted)
