"""Pieces of GitHub Markdown that their content cannot break out of.

Fences and code spans are longer than any run of backticks inside; in prose, what Markdown, HTML or GitHub
would read (`<`, `*`, `@user`, `#123`, `$maths$`) is neutralised.
"""

from __future__ import annotations

import re

from vllm_doctor.masking import mask
from vllm_doctor.patterns import pattern
from vllm_doctor.report.safe import clean, clean_lines

_SPECIAL = pattern(r"[\\`*~\[\]|$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_START = pattern(r"^(\s*)([#+-](?=\s|$)|[=_-](?=[=_-]+\s*$)|\d{1,9}[.)](?=\s|$))")
_REFERENCE = pattern(r"([@#]|\bGH-)(?=\w)", re.IGNORECASE)
_LINK = pattern(r"https?://[\w./:?=&%~+#-]{1,2000}", re.ASCII)
_BACKTICKS = pattern(r"`+")
_BREAK = "&#8203;"


def prose(text: str) -> str:
    """Any text as one line of prose that looks as it was written."""
    line = clean(mask(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _SPECIAL.sub(r"\\\g<0>", line)
    line = _REFERENCE.sub(rf"\1{_BREAK}", line)
    return _START.sub(r"\1\\\2" if not line.lstrip()[:1].isdigit() else _dotted, line)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each as one line of prose."""
    return [prose(part).strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def code(text: str) -> str:
    """Any text as a code span on one line."""
    line = clean(mask(text)).strip() or " "
    ticks = "`" * (_longest(line) + 1)
    edge = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{edge}{line}{edge}{ticks}"


def fence(text: str, language: str = "text") -> str:
    """Any text as a code block with its own lines."""
    body = clean_lines(mask(text).strip("\n"))
    ticks = "`" * max(3, _longest(body) + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"


def link(address: str) -> str:
    """A web address as a link; anything else as code."""
    address = mask(address)
    return f"<{address}>" if _LINK.fullmatch(address) else code(address)


def folded(summary: str, body: str) -> str:
    """A part that opens on a click. `summary` is prose already."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _longest(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def _dotted(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2][:-1]}\\{found[2][-1]}"
