"""Text written into YAML: a piece of a scalar in the scalar's own style, and whole scalars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = pattern(r"(?:[A-Za-z0-9_./$+=~^(<;]|-(?![\s]|-*$))[^\x00-\x1f\x7f-\x9f\ufeff\u2028\u2029]*")
_NOT_PLAIN = pattern(r":(?:\s|\Z)|\s#|\s\Z")
_NOT_IN_FLOW = pattern(r"[,\[\]{}]")
_NUMBER = pattern(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0[ox][0-9a-fA-F]+")
_CONTROL = pattern(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u2028\u2029\ufffe\uffff]")
_SPECIAL = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def newline_of(text: str) -> str:
    """The line break that a file uses."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def fragment(piece: str, style: str, indent: str, newline: str) -> str | None:
    """A piece of text as it must stand inside a scalar of a style; None where it cannot."""
    if style == '"':
        return double(piece)[1:-1]
    if style == "|" and not _CONTROL.search(piece.replace("\n", "")):
        return piece.replace("\n", newline + indent)
    if _CONTROL.search(piece) or (style == "" and "\t" in piece):  # PyYAML alone takes no tab in a plain scalar
        return None
    return piece.replace("'", "''") if style == "'" else piece


def double(value: str) -> str:
    """A value in YAML's double quotes."""
    return '"' + "".join(_double_char(char) for char in value) + '"'


def _double_char(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if not _CONTROL.match(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def single(value: str) -> str | None:
    """A value in YAML's single quotes; None where it has control characters."""
    return None if _CONTROL.search(value) else "'" + value.replace("'", "''") + "'"


def plain(value: str, flow: bool, typed: bool = False) -> str | None:
    """A value without quotes; None where it would be read otherwise. `typed`: it may be read as a number."""
    if not _PLAIN.fullmatch(value) or _NOT_PLAIN.search(value) or (flow and _NOT_IN_FLOW.search(value)):
        return None
    return value if typed or is_text(value) else None


def is_text(value: str) -> bool:
    """Whether YAML reads a plain scalar as a string, by PyYAML's rules and YAML 1.2's."""
    from vllm_doctor.launch.yamlfile.pyyaml import is_string

    return is_string(value) and not _NUMBER.fullmatch(value)


def scalars(value: str, like: str, flow: bool, typed: bool = False) -> Iterator[str]:
    """Ways to write a whole scalar, the best first: in the style `like` ("", "'" or '"'), then in others."""
    made = {"": plain(value, flow, typed), "'": single(value), '"': double(value)}
    for style in dict.fromkeys([like, '"', "'"]):
        written = made.get(style)
        if written is not None:
            yield written
