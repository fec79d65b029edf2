"""The time that one diagnosis may take to match: whatever a log holds, an answer comes."""

from __future__ import annotations

import time
from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

EACH_BYTES = 10_000_000
EACH_SECONDS = 2.0
MOST_SECONDS = 30.0


def seconds_for(size: int) -> float:
    """Seconds for logs of so many bytes together: 2 for each 10 MB that was begun, 30 at most."""
    return min(MOST_SECONDS, EACH_SECONDS * max(1, -(-size // EACH_BYTES)))


@dataclass
class Budget:
    """Seconds from the first look on; `spent` says whether they are over.

    They are of processor time: a busy machine must not change an answer.
    """

    seconds: float = MOST_SECONDS
    clock: Callable[[], float] = field(default=time.process_time, repr=False)
    end: float | None = None

    def spent(self) -> bool:
        """Whether the time is over; the first call starts it."""
        now = self.clock()
        if self.end is None:
            self.end = now + self.seconds
        return now >= self.end
