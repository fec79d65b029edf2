"""What fails inside of us costs its own part of an answer and no more: it is noted here and told in the report.

An error of the input is a `DoctorError` and goes on to the user; anything else that a fact, a rule, a reader or a
section of a report raises is a bug. What is noted names the part and the place in our own files, never the
exception's words: they may hold what the input says, or a path of the user's machine.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from vllm_doctor.errors import DoctorError
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
U = TypeVar("U")
MOST = 20
"""So many different failures are kept of one answer."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A bug of ours: the part that failed, the exception's type, and where it was raised (`file.py:line`)."""

    part: str
    kind: str
    place: str


_gathered: ContextVar[dict[Failure, None] | None] = ContextVar("failures", default=None)


@contextmanager
def gathering() -> Iterator[dict[Failure, None]]:
    """Keep the failures of all that is done inside, each once; an outer gathering has its own."""
    found: dict[Failure, None] = {}
    token = _gathered.set(found)
    try:
        yield found
    finally:
        _gathered.reset(token)


def contained(part: str, make: Callable[[], T], otherwise: U) -> T | U:
    """What `make` returns; `otherwise` where it fails.

    Raises:
        DoctorError: `make` raises it.
    """
    try:
        return make()
    except Exception as error:
        note(part, error)
        return otherwise


def each(part: str, make: Callable[..., Iterable[T]], *given: object) -> Iterator[T]:
    """What `make` gives of these arguments, one by one, up to where it fails.

    Raises:
        DoctorError: `make` raises it.
    """
    try:
        yield from make(*given)
    except Exception as error:
        note(part, error)


def note(part: str, error: Exception) -> None:
    """Note a failure.

    Raises:
        Exception: the error itself, where it is the user's (`DoctorError`), or nobody gathers.
    """
    found = _gathered.get()
    if isinstance(error, DoctorError) or found is None:
        raise error
    if len(found) < MOST:
        found[Failure(part, type(error).__name__, place_of(error))] = None


def place_of(error: Exception) -> str:
    """Where an error was raised: the innermost of our own files, by its name alone."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "vllm_doctor" in frame.filename.replace("\\", "/").split("/")] or frames
    if not ours:
        return ""
    return f"{ours[-1].filename.replace(chr(92), '/').rpartition('/')[2]}:{ours[-1].lineno}"
