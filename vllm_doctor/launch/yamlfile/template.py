"""Helm and Jinja templates, masked so that the text around them can be read as YAML.

Every character keeps its place: a template within a line becomes letters, one that has lines of its own
becomes blanks, and so do list items that stand under a condition, for they may not be there.
"""

from __future__ import annotations

import re

from vllm_doctor.patterns import pattern

_TEMPLATE = pattern(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
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
    for count, found in enumerate(_TEMPLATE.finditer(text)):
        if count > _MOST:
            break
        start, end = found.span()
        alone = _alone(text, start, end)
        pieces += [text[at:start], _blank(found[0]) if alone else _letters(found[0])]
        at = end
        if alone and _OPENS.match(found[0]):
            stack.append(end)
        elif alone and _CLOSES.match(found[0]) and stack:
            begins = stack.pop()
            if len(stack) < _MOST_DEPTH:
                hidden.append((begins, start))
    out = "".join([*pieces, text[at:]])
    chars = list(out)
    for start, end in hidden:
        if _items_only(out[start:end]):
            chars[start:end] = _blank(out[start:end])
    return "".join(chars)


def _alone(text: str, start: int, end: int) -> bool:
    before = text[text.rfind("\n", 0, start) + 1 : start]
    close = text.find("\n", end)
    return not before.strip() and not text[end : len(text) if close < 0 else close].strip()


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
