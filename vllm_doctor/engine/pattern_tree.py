"""A pattern's parse tree, as the standard library reads it."""

from __future__ import annotations

import warnings
from typing import Any


def tree_of(pattern: str) -> Any:
    """The parse tree of a pattern: a sequence of (operation, argument) pairs.

    Raises:
        re.error: the pattern is none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            from re import _parser as sre  # type: ignore[attr-defined]
        except ImportError:  # Python 3.10
            import sre_parse as sre
    return sre.parse(pattern)
