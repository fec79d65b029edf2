"""Python source with the place of every node, and what its string literals say character by character."""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from typing import TYPE_CHECKING, TypeGuard

from vllm_doctor.launch.quoting import Piece
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_BREAK = pattern(r"\r\n|\r|\n")
_OPENING = pattern(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
_BETWEEN = pattern(r"(?:\s|\\\r?\n|#[^\r\n]*)+")
_ESCAPE = pattern(r"\\(?:\r\n|[0-7]{1,3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^}]*\}|.)", re.DOTALL)
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}
_PLAIN_NUMBER = pattern(r"\d+(?:\.\d+)?")
_SAFE = pattern(r"[\w.\[\]()+*/,: -]*", re.ASCII)
_DEFAULT = pattern(r"[\w./-]+", re.ASCII)
_CONVERTERS = frozenset({"str", "int", "float", "repr", "Path", "fspath"})


class PythonText:
    """A module's text and tree; places are character offsets, though Python counts in bytes of UTF-8."""

    def __init__(self, text: str, tree: ast.Module, skip: int) -> None:
        self.text, self.tree, self.skip = text, tree, skip
        self.starts = [skip, *(found.end() for found in _BREAK.finditer(text, skip))]

    def span(self, node: ast.AST) -> Span:
        """The place of a node."""
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        start = self._offset(first, getattr(node, "col_offset", 0))
        return Span(start, max(start, self._offset(last, getattr(node, "end_col_offset", 0))))

    def _offset(self, line: int, column: int) -> int:
        start = self.starts[min(line, len(self.starts)) - 1]
        piece = self.text[start : start + column]
        if piece.isascii():
            return start + len(piece)
        return start + len(piece.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))

    def said(self, node: ast.AST) -> str:
        """A node's text."""
        return self.span(node).of(self.text)

    def pieces(self, node: ast.expr) -> list[Piece] | None:
        """What an expression says as a string: literals as they read, everything else as a variable."""
        span = self.span(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.pieces(node.left), self.pieces(node.right)
            return None if left is None or right is None else [*left, *right]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            pieces = self.literal(span)
            return pieces if "".join(piece.value for piece in pieces) == node.value else None
        if isinstance(node, ast.Constant):
            number = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
            return [Piece(number_of(self, node), span.start, span.end)] if number else None
        if isinstance(node, ast.JoinedStr):
            return self.literal(span)
        inner = self.pieces(node.args[0]) if _converts(node) else None
        if inner:
            dynamic = any(piece.dynamic for piece in inner)
            return [Piece("".join(piece.value for piece in inner), span.start, span.end, dynamic)]
        return [Piece(reference(node, self.said(node)), span.start, span.end, dynamic=True)]

    def literal(self, span: Span) -> list[Piece]:
        """The characters of one string literal or of several that follow each other."""
        return [piece for _, pieces in self._literals(span) for piece in pieces]

    def styles(self, span: Span) -> set[tuple[str, str]]:
        """The prefixes and quotes of the literals."""
        return {(opening[1].lower(), opening[2]) for opening, _ in self._literals(span)}

    def _literals(self, span: Span) -> Iterator[tuple[re.Match[str], list[Piece]]]:
        at = span.start
        while at < span.end:
            gap = _BETWEEN.match(self.text, at, span.end)
            at = gap.end() if gap else at
            opening = _OPENING.match(self.text, at, span.end)
            if not opening or "b" in opening[1].lower():
                return
            made, at = self._literal(opening, span.end)
            yield opening, made

    def _literal(self, opening: re.Match[str], end: int) -> tuple[list[Piece], int]:
        """One literal's characters, and where it ends."""
        text, at = self.text, opening.end()
        prefix, quote = opening[1].lower(), opening[2]
        made: list[Piece] = []
        while at < end and not text.startswith(quote, at):
            if text[at] == "\\":
                piece = _escaped(text, at, end, "r" in prefix)
            elif "f" in prefix and text[at] in "{}":
                piece = self._field(at, end)
            else:
                width = 2 if text.startswith("\r\n", at) else 1
                piece = Piece("\n" if text[at] == "\r" else text[at], at, at + width)
            if piece.value:
                made.append(piece)
            at = piece.end
        return made, min(at + len(quote), end)

    def _field(self, at: int, end: int) -> Piece:
        """A replacement field of an f-string, or a doubled brace."""
        text = self.text
        if text.startswith(text[at] * 2, at):
            return Piece(text[at], at, at + 2)
        depth, stop = 0, at
        while stop < end:
            depth += (text[stop] in "{[(") - (text[stop] in "}])")
            stop += 1
            if depth == 0:
                break
        inner = text[at + 1 : stop - 1].strip()
        return Piece(_field_value(inner), at, stop, dynamic=True)


def _escaped(text: str, at: int, end: int, raw: bool) -> Piece:
    found = _ESCAPE.match(text, at, end)
    if not found:
        return Piece("\\", at, at + 1)
    code = found[0][1:]
    if raw:
        return Piece(found[0], at, found.end())
    if code in ("\n", "\r", "\r\n"):
        return Piece("", at, found.end())
    if code[0] in "xuU" and len(code) > 1:
        value = chr(min(int(code[1:], 16), 0x10FFFF))
    elif code[0] == "N" and len(code) > 1:
        value = _named(code[2:-1])
    elif code[0] in "01234567":
        value = chr(int(code, 8))
    else:
        value = _LETTERS.get(code, found[0])
    return Piece(value, at, found.end())


def _named(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return "?"


def _field_value(inner: str) -> str:
    try:
        node = ast.parse(inner.partition("!")[0].strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        head = inner.partition(":")[0].strip()
        return f"${{{head}}}" if head.isidentifier() else "${expression}"
    return reference(node, inner)


def number_of(source: PythonText, node: ast.Constant) -> str:
    """A number as the command line would have it: as it is written where that is plain."""
    written = source.said(node)
    return written if _PLAIN_NUMBER.fullmatch(written) else str(node.value)


def reference(node: ast.expr, said: str) -> str:
    """An expression as a variable: `${name}`, `$args.port`, `${HOME}` for `os.environ["HOME"]`."""
    if isinstance(node, ast.Name):
        return f"${{{node.id}}}"
    if isinstance(node, ast.Call) and node.args:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if _converts(node):
            return reference(node.args[0], said)
        if called in ("getenv", "get") and "env" in ast.dump(node.func):
            return _from_environment(node.args)
    if isinstance(node, ast.Subscript) and "environ" in ast.dump(node.value):
        return _from_environment([node.slice])
    if isinstance(node, ast.Attribute):
        path = _dotted(node)
        if path:
            return "$" + path
    return "${" + (said if _SAFE.fullmatch(said) else "expression") + "}"


def _converts(node: ast.expr) -> TypeGuard[ast.Call]:
    """Whether an expression is `str(x)` or the like, which says what `x` says."""
    if not isinstance(node, ast.Call) or len(node.args) != 1:
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in _CONVERTERS


def _from_environment(args: list[ast.expr]) -> str:
    name, default = (str(arg.value) if isinstance(arg, ast.Constant) else "" for arg in (args[0], args[-1]))
    if not name.isidentifier():
        return "${expression}"
    return f"${{{name}:-{default}}}" if len(args) > 1 and _DEFAULT.fullmatch(default) else f"${{{name}}}"


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def parsed(text: str) -> PythonText | None:
    """A module; None for a text that is not Python."""
    skip = int(text.startswith("\ufeff"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PythonText(text, ast.parse(text[skip:]), skip)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
