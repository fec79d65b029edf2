"""The attempts of a log that are over, in bounds: equal ones in a row are folded, of very many the middle goes."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from vllm_doctor.log.same import sameness
from vllm_doctor.log.types import Attempt, Event, Traceback
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

ALONE = 20
"""So many attempts stand for themselves; of those after them, equal ones in a row are one."""
MOST = 100
"""Attempts that are kept at either end."""
SIZE = 48 << 20
"""Characters that all attempts may hold together, an allowance for each line included."""


@dataclass(slots=True)
class Done:
    """Attempts in the order of the log. `lost` says that some in the middle were not kept."""

    attempts: list[Attempt] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    key: tuple[bool, frozenset[object]] | None = None
    total: int = 0
    lost: bool = False

    def add(self, attempt: Attempt, size: int) -> None:
        """Keep an attempt of this size, in the place of the one before it where it failed alike."""
        key = (attempt.served, frozenset(_failures(attempt)))
        if key == self.key and len(self.attempts) > ALONE:
            before = self.attempts.pop()
            self.total -= self.sizes.pop()
            attempt = replace(attempt, repeats=before.repeats + 1, since=before.since or before.first_line)
        self.key = key
        self.attempts.append(attempt)
        self.sizes.append(size)
        self.total += size
        while len(self.attempts) > 2 * MOST or (self.total > SIZE and len(self.attempts) > 2):
            middle = len(self.attempts) // 2
            del self.attempts[middle]
            self.total -= self.sizes.pop(middle)
            self.lost = True


def _failures(attempt: Attempt) -> Iterator[object]:
    """What an attempt failed of, without its figures."""
    for event in attempt.events:
        if isinstance(event, Traceback):
            yield sameness(event)
        elif event.level in ("ERROR", "CRITICAL"):
            yield _words(event)


def _words(event: Event) -> str:
    return "".join(char for char in event.message[:300] if not char.isdigit())
