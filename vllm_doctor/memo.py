"""Remembering what a text was read as: an edit reads the same few texts again and again."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")

LONGEST = 1 << 16
"""The longest text that is remembered, in characters: what is read of a text takes many times its size."""
TEXTS = 32


def remembered(function: Callable[..., Result]) -> Callable[..., Result]:
    """Remember the last results of a function of a text and other hashable values; nobody may change them.

    Of a longer text they are remembered as `once` does it.
    """
    cached = lru_cache(maxsize=TEXTS)(function)

    @wraps(function)
    def asked(text: str, *others: object) -> Result:
        return cached(text, *others) if len(text) <= LONGEST else once(function, text, *others)

    return asked


_MOST = 1 << 20
_LEAST = 3
_kept: ContextVar[dict[object, dict[tuple[object, ...], Any]] | None] = ContextVar("kept", default=None)
"""What `once` remembers of each function, the latest last; None where nothing may be remembered."""


@contextmanager
def remembering() -> Iterator[None]:
    """While this lasts, `once` reads each text once: what lies beside a launch file is taken not to change."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(function: Callable[..., Result], text: str, *others: object) -> Result:
    """What a function makes of a text and other values, which nobody may change; see `remembering`.

    Of each function at least three texts are kept, others as long as they are 1 MiB of characters together.
    """
    every = _kept.get()
    if every is None:
        return function(text, *others)
    kept = every.setdefault(function, {})
    key = (text, *others)
    made: Result = kept.pop(key) if key in kept else function(text, *others)
    kept[key] = made
    while len(kept) > _LEAST and sum(len(str(known[0])) for known in kept) > _MOST:
        del kept[next(iter(kept))]
    return made
