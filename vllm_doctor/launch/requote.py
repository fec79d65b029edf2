"""Writes a value as a shell word: in the manner of the word that it replaces, and inside outer quotes."""

from __future__ import annotations

import shlex
from typing import TypeAlias

from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.quoting import ansi_end, nested_end, single_end


class Raw(str):
    """Shell text that is put in as it stands (`"${VLLM_API_KEY:?}"`), not quoted."""

    __slots__ = ()


Value: TypeAlias = "str | Raw"


def quoted(value: Value, like: str = "") -> str:
    """A value as one shell word, in the quotes of the raw word `like` where that says the same."""
    if isinstance(value, Raw):
        return str(value)
    tokens = lex(like)
    style = tokens[0].quote if len(tokens) == 1 else ""
    if style == "'" and "'" not in value:
        return f"'{value}'"
    if style == '"' and "!" not in value:
        return '"' + _escaped(value, '\\"$`') + '"'
    return shlex.quote(value)


def embedded(piece: str, around: str, raw: bool = False) -> str:
    """A piece of shell text, written so that it survives the quotes `around` it.

    `raw` text keeps its variables, which the outer shell then expands.
    """
    if around == "'":
        return piece.replace("'", "'\\''")
    if around == "$'":
        return _escaped(piece, "\\'")
    if around == '"':
        return _escaped(piece, '\\"' if raw else '\\"$`')
    if around == "<<":
        return _escaped(piece, "\\" if raw else "\\$`")
    return piece


def _escaped(text: str, special: str) -> str:
    return "".join("\\" + char if char in special else char for char in text)


def around(text: str, offset: int) -> str:
    """The outermost quotes around a place of a shell text: "", "'", '"', "$'", or "<<" (a here-document)."""
    for token in lex(text):
        if token.span.end <= offset or token.span.start > offset:
            continue
        if token.kind == "heredoc":
            return "" if token.quote else "<<"
        if token.kind == "word" and token.span.start < offset:
            return _quote_at(token.raw, offset - token.span.start)
        break
    return ""


def _quote_at(raw: str, offset: int) -> str:
    at = 0
    while at < offset:
        if raw[at] == "'":
            quote, end = "'", single_end(raw, at)
        elif raw.startswith("$'", at):
            quote, end = "$'", ansi_end(raw, at)
        elif raw[at] == '"':
            quote, end = '"', nested_end(raw, at)
        elif raw[at] == "`" or raw.startswith(("$(", "${"), at):
            quote, end = "", nested_end(raw, at)
        else:
            quote, end = "", at + 1 + (raw[at] == "\\")
        if offset < end:
            return quote
        at = end
    return ""
