"""The longest text that a pattern cannot match without: what a log is searched for before any pattern runs."""

from __future__ import annotations

import re
import warnings
from typing import Any

LEAST = 8


def literal_of(pattern: str) -> str:
    """The longest run of characters that every match of a pattern holds, "" where there is none.

    Read off the pattern's parse tree (the standard library's): alternatives, optional parts, classes and
    case-insensitive parts give nothing.

    Raises:
        re.error: the pattern is none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            from re import _parser as sre  # type: ignore[attr-defined]
        except ImportError:  # Python 3.10
            import sre_parse as sre
    tree = sre.parse(pattern)
    if tree.state.flags & re.IGNORECASE:
        return ""
    runs: list[str] = [""]
    _walk(tree, runs)
    return max((run.strip() for run in runs), key=len)


def _walk(tree: Any, runs: list[str]) -> None:
    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            runs[-1] += chr(argument)
        elif name == "SUBPATTERN" and not argument[1]:
            _walk(argument[3], runs)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and argument[0] >= 1:
            _walk(argument[2], runs)
            runs.append("")
        elif name == "AT" or name in ("ASSERT", "ASSERT_NOT"):
            continue
        else:
            runs.append("")
