"""Jinja (and Go) templates of scripts, masked so that the script can be read.

Statements and comments become blanks. Options under a condition do so too, for they may not be there. An expression
stays as it is written, as one word or a part of one.
"""

from __future__ import annotations

import re

from vllm_doctor.launch.hosted.mask import Mask
from vllm_doctor.patterns import pattern

_TAG = pattern(r"\{%(?:(?!\{%|%\}).)*%\}|\{#(?:(?!\{#|#\}).)*#\}", re.DOTALL)
_EXPRESSION = pattern(r"\{\{(?:(?!\{\{|\}\}).)*\}\}")
_OPENS = pattern(r"\{%[-+]?\s*(?:if|for|with)\b")
_TURNS = pattern(r"\{%[-+]?\s*(?:elif|else)\b")
_CLOSES = pattern(r"\{%[-+]?\s*end")
_LINE = pattern(r"(?P<content>[^\n]*?)(?P<end>\r?\n|\Z)")
_MOST = 20_000


def masked(text: str) -> Mask:
    """A template as the script that it makes, of the same length and with the same lines."""
    tags: list[re.Match[str]] = []
    for found in _TAG.finditer(text):
        if len(tags) >= _MOST:
            break
        tags.append(found)
    hidden = [found.span() for found in tags] + _options(text, tags)
    chars = list(text)
    for start, end in hidden:
        chars[start:end] = [char if char in "\r\n" else " " for char in text[start:end]]
    blanked = _continued(text, "".join(chars))
    return Mask(blanked, _EXPRESSION.finditer(blanked), text)


def _options(text: str, tags: list[re.Match[str]]) -> list[tuple[int, int]]:
    """The parts under a condition that hold nothing but options."""
    found: list[tuple[int, int]] = []
    open_: list[int] = []
    for tag in tags:
        if _OPENS.match(tag[0]):
            open_.append(tag.end())
        elif open_ and (_TURNS.match(tag[0]) or _CLOSES.match(tag[0])):
            start = open_.pop()
            if _only_options(text[start : tag.start()]):
                found.append((start, tag.start()))
            if _TURNS.match(tag[0]):
                open_.append(tag.end())
    return found


def _only_options(part: str) -> bool:
    """Whether every line, but for tags and continuations, begins with an option."""
    lines = [line.strip() for line in _TAG.sub("", part).splitlines()]
    filled = [line for line in lines if line.strip("\\ \t")]
    return bool(filled) and all(line.startswith("-") for line in filled)


def _continued(before: str, after: str) -> str:
    """The text with a backslash at the end of each line that was blanked inside a continued command."""
    chars = list(after)
    open_ = False
    for line in _LINE.finditer(after):
        content, start, end = line["content"], line.start(), line.end("content")
        was = _TAG.sub("", before[start:end]).strip()
        if content.strip() or not before[start:end].strip():
            open_ = content.endswith("\\")
        elif open_:
            open_ = not was or was.endswith("\\")
            if open_:
                chars[end - 1] = "\\"
    return "".join(chars)
