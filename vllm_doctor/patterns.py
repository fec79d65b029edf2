"""Patterns that are compiled when they are first used: there are hundreds, and a small log needs few.

One that begins with plain words is not even compiled where a text has not these words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_SEARCHES = ("search", "match", "fullmatch")
_METHODS = (*_SEARCHES, "sub", "subn", "split", "findall", "finditer")
_HEAD = re.compile(r"(?:\^|\\b)?((?:[A-Za-z0-9 _,:='\"<>/#-]|\\[.()\[\]]){4,})(?![?*+{])")


class _Pattern:
    """Stands for a compiled pattern; its methods become the compiled one's when they are needed."""

    __slots__ = ("_flags", "_text", *_METHODS)

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        head = head_of(self._text) if name in _SEARCHES and not self._flags else ""
        if head:
            setattr(self, name, self._guarded(name, head))
            return getattr(self, name)
        return getattr(self._compiled(), name)

    def _compiled(self) -> re.Pattern[str]:
        compiled = re.compile(self._text, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return compiled

    def _guarded(self, name: str, head: str) -> Callable[..., re.Match[str] | None]:
        def asked(text: str, *span: int) -> re.Match[str] | None:
            return getattr(self._compiled(), name)(text, *span) if head in text else None

        return asked


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """The same as `re.compile`, later; a pattern that is none is only then an error (a test compiles them all)."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


def head_of(text: str) -> str:
    """The words that a pattern begins with and that each of its matches holds; "" where it has none.

    A pattern with alternatives outside of groups has none, nor has one with flags of its own.
    """
    found = _HEAD.match(text)
    if not found or ("|" in text and "|" in _outside_of_groups(text)):
        return ""
    return re.sub(r"\\(.)", r"\1", found[1])


def _outside_of_groups(text: str) -> str:
    """The pattern less its classes and groups, as far as brackets tell: rather too much than too little."""
    kept, depth = [], 0
    for character in re.sub(r"\\.|\[\^?\]?[^\]]*\]", "", text):
        depth += (character == "(") - (character == ")")
        if depth <= 0:
            kept.append(character)
    return "".join(kept)
