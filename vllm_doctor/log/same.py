"""One exception that many ranks print, or one process twice, is one event."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TypeAlias

from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

_CHANGING = pattern(r"0x[0-9a-fA-F]+|\d+(?:\.\d+)?")
_MOST = 4096
_RANKS = 1024
_MOST_FRAMED = 64
_Key: TypeAlias = "tuple[str, ...]"


def sameness(event: Traceback) -> _Key | None:
    """What two prints of one exception share: type and message but for figures and addresses; None if cut.

    Without a message, also where it was raised.
    """
    if not event.exception and not event.message:
        return None
    message = _CHANGING.sub("#", event.message[:2000])
    where: tuple[str, ...] = ()
    if not message and event.frames:
        where = (event.frames[-1].path.rpartition("/")[2], event.frames[-1].function)
    return (event.exception, message, *where)


@dataclass(slots=True)
class Same:
    """The exceptions of an attempt so far: who printed each, and the frames of those first seen without."""

    ranks: dict[_Key, list[str]] = field(default_factory=dict)
    bare: set[_Key] = field(default_factory=set)
    framed: dict[_Key, Traceback] = field(default_factory=dict)

    def folds(self, event: Traceback) -> bool:
        """Whether the same was seen before; its process is then kept as a rank of the first."""
        key = sameness(event)
        if key is None:
            return False
        ranks = self.ranks.get(key)
        if ranks is None:
            if len(self.ranks) < _MOST:
                self.ranks[key] = list(event.ranks)
                if not event.frames:
                    self.bare.add(key)
            return False
        if event.process and event.process not in ranks and len(ranks) < _RANKS:
            ranks.append(event.process)
        if event.frames and key in self.bare and len(self.framed) < _MOST_FRAMED:
            self.framed[key] = event
            self.bare.discard(key)
        return True

    def merged(self, event: Event) -> Event:
        """An event with the ranks, and if it had none the frames, of those that were folded into it."""
        if not isinstance(event, Traceback):
            return event
        key = sameness(event)
        ranks = self.ranks.get(key) if key else None
        if key is None or ranks is None:
            return event
        fuller = self.framed.get(key)
        if fuller is not None:
            event = replace(event, frames=fuller.frames, cause=event.cause or fuller.cause)
        return replace(event, ranks=tuple(ranks))
