"""Patterns that are compiled when they are first used: there are hundreds, and a small log needs few."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


class _Pattern:
    """Stands for a compiled pattern; its methods become the compiled one's at the first use of any."""

    __slots__ = ("_flags", "_text", *_METHODS)

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """The same as `re.compile`, later; a pattern that is none is only then an error (a test compiles them all)."""
    return cast("re.Pattern[str]", _Pattern(text, flags))
