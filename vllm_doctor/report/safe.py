"""Text of strangers, made harmless to draw: control and bidi characters stand as visible escapes.

Log lines, file names, commands and titles of users' own rules all pass through here. What is drawn never goes
through any markup, so `[rank0]` and `[/usr/local]` are plain words.
"""

from __future__ import annotations

import re

from vllm_doctor.patterns import pattern

_COMMAND = pattern(r"^([ \t]*)(::|##\[)", re.MULTILINE)

STAND_INS = {
    "✗": "x",
    "✓": "ok",
    "·": "-",
    "…": "...",
    "–": "-",
    "—": "-",
    "×": "x",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "≥": ">=",
    "≤": "<=",
    "→": "->",
}
"""What is drawn where the stream cannot encode our own signs."""

_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def clean(text: str) -> str:
    """The text on one line: newlines and tabs become blanks, other controls visible escapes (`\\x1b`)."""
    if text.isprintable():
        return text
    return "".join(_visible(char) for char in text.replace("\r\n", "\n"))


def clean_lines(text: str) -> str:
    """The text with its lines and tabs kept (a command, a patch), all other controls as visible escapes."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(clean(part) for part in line.split("\t")) for line in lines)


def unannounced(text: str) -> str:
    """The text without lines that GitHub's runner takes for commands: `::error::`, `##[error]`, behind any blanks."""
    if "::" not in text and "##[" not in text:
        return text
    return _COMMAND.sub(lambda found: found[1] + _escape(found[2][0]) + found[2][1:], text)


def encodable(text: str, encoding: str) -> str:
    """The text as `encoding` can write it: our signs by their stand-ins, anything else as `\\uXXXX`."""
    if text.isascii() or _encodes(text, encoding):
        return text
    return "".join(char if _encodes(char, encoding) else _stand_in(char) for char in text)


def _visible(char: str) -> str:
    from unicodedata import category

    if char in "\n\t" or (char.isspace() and category(char) == "Zs"):
        return " "
    return _escape(char) if category(char) in _ESCAPED else char


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _stand_in(char: str) -> str:
    return STAND_INS.get(char) or _escape(char)


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True
