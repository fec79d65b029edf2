"""Remembering what a text was read as: an edit reads the same few texts again and again."""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

LONGEST = 1 << 16
"""The longest text that is remembered, in characters: what is read of a text takes many times its size."""
TEXTS = 32


def remembered(function: Callable[..., Result]) -> Callable[..., Result]:
    """Remember the last results of a function of a text and other hashable values; nobody may change them."""
    cached = lru_cache(maxsize=TEXTS)(function)

    @wraps(function)
    def asked(text: str, *others: object) -> Result:
        return cached(text, *others) if len(text) <= LONGEST else function(text, *others)

    return asked
