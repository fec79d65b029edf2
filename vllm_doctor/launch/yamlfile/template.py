"""Helm and Jinja templates, masked so that the text around them can be read as YAML.

Every character keeps its place: a template within a line becomes letters, one that has lines of its own
becomes blanks, and so do list items that stand under a condition, for they may not be there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_START = pattern(r"\{[{%#]")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_OPENS = pattern(r"\{[{%]-?\s*(?:if|with|range|for|define|block)\b")
_CLOSES = pattern(r"\{[{%]-?\s*end")
_MOST = 20_000
_MOST_DEPTH = 20


def masked(text: str) -> str:
    """The text with its templates masked, of the same length and with the same line breaks."""
    pieces: list[str] = []
    stack: list[int] = []
    hidden: list[tuple[int, int]] = []
    at = 0
    for start, end in _templates(text):
        alone = _alone(text, start, end)
        template = text[start:end]
        pieces += [text[at:start], _blank(template) if alone else _letters(template)]
        at = end
        if alone and _OPENS.match(template):
            stack.append(end)
        elif alone and _CLOSES.match(template) and stack:
            begins = stack.pop()
            if len(stack) < _MOST_DEPTH:
                hidden.append((begins, start))
    out = "".join([*pieces, text[at:]])
    chars = list(out)
    for start, end in hidden:
        if _items_only(out[start:end]):
            chars[start:end] = _blank(out[start:end])
    return "".join(chars)


def _templates(text: str) -> Iterator[tuple[int, int]]:
    """Where each template begins and ends; one that is never closed is none."""
    at, unclosed = 0, set[str]()
    for _ in range(_MOST):
        found = _START.search(text, at)
        if not found:
            return
        close = -1 if found[0] in unclosed else text.find(_ENDS[found[0]], found.end())
        if close < 0:
            unclosed.add(found[0])
            at = found.end()
        else:
            at = close + 2
            yield found.start(), at


def _alone(text: str, start: int, end: int) -> bool:
    """Whether nothing else stands on the lines of a template."""
    while start and text[start - 1] in " \t":
        start -= 1
    while end < len(text) and text[end] in " \t\r":
        end += 1
    return (not start or text[start - 1] == "\n") and (end == len(text) or text[end] == "\n")


def _items_only(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or not lines[0].lstrip().startswith("- "):
        return False
    indent = len(lines[0]) - len(lines[0].lstrip())
    return all(line[:indent].strip() == "" and (line[indent:].startswith(("- ", " "))) for line in lines)


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)


def _letters(text: str) -> str:
    return re.sub(r"[^\r\n]", "x", text)
