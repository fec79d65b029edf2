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
    """Remember the last results of a function of a text and other hashable values; nobody may change them."""
    cached = lru_cache(maxsize=TEXTS)(function)

    @wraps(function)
    def asked(text: str, *others: object) -> Result:
        return cached(text, *others) if len(text) <= LONGEST else function(text, *others)

    return asked


_MOST = 1 << 20
_LEAST = 3
_kept: ContextVar[dict[tuple[object, str, str], Any] | None] = ContextVar("kept", default=None)
"""What `once` remembers, the latest last; None where nothing may be remembered."""


@contextmanager
def remembering() -> Iterator[None]:
    """While this lasts, `once` reads each text once: what lies beside a launch file is taken not to change."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(function: Callable[[str, str], Result], text: str, file: str) -> Result:
    """What a function makes of a file's text, which nobody may change; see `remembering`.

    At least three texts are kept, others as long as they are 1 MiB of characters together.
    """
    kept = _kept.get()
    if kept is None:
        return function(text, file)
    key = (function, text, file)
    made: Result = kept.pop(key) if key in kept else function(text, file)
    kept[key] = made
    while len(kept) > _LEAST and sum(len(known) for _, known, _ in kept) > _MOST:
        del kept[next(iter(kept))]
    return made
