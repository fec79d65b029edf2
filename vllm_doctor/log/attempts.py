"""Events -> attempts: one start of the server each, with a bounded number of events."""

from __future__ import annotations

from collections import deque
from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.log.chatter import bar_name
from vllm_doctor.log.done import Done
from vllm_doctor.log.marks import start_step
from vllm_doctor.log.same import Same
from vllm_doctor.log.types import Attempt, Event, Record, Traceback
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST = LAST = 1500
"""Events of each kind (failures, others) that are kept at either end of an attempt."""
_QUOTED = 20
_SIZE = 8 << 20
"""Characters that are kept at either end."""
_NOTES = 20
_HELD = 40
"""Events that may stand between "Automatically detected platform" and the banner of a start."""
_BARS = 50
_SERVED = ("Application startup complete", "Uvicorn running on")


class _Kept:
    """The first and last events of a kind, within a number and a size for each end."""

    def __init__(self, first: int, last: int) -> None:
        self.first: list[tuple[int, Event]] = []
        self.last: deque[tuple[int, Event]] = deque()
        self.most = (first, last)
        self.sizes = [0, 0]
        self.lost = 0

    def add(self, index: int, event: Event) -> None:
        size = _size(event)
        if not self.last and len(self.first) < self.most[0] and self.sizes[0] + size <= _SIZE:
            self.first.append((index, event))
            self.sizes[0] += size
            return
        self.last.append((index, event))
        self.sizes[1] += size
        while len(self.last) > self.most[1] or (self.sizes[1] > _SIZE and len(self.last) > 1):
            self.sizes[1] -= _size(self.last.popleft()[1])
            self.lost += 1

    def __iter__(self) -> Iterator[tuple[int, Event]]:
        yield from self.first
        yield from self.last


@dataclass(slots=True)
class _Open:
    """The attempt that is being read."""

    first_line: int
    last_line: int = 0
    served: bool = False
    failed: bool = False
    stages: set[str] = field(default_factory=set)
    speakers: set[tuple[str, str, str]] = field(default_factory=set)
    containers: set[str] = field(default_factory=set)
    count: int = 0
    failures: _Kept = field(default_factory=lambda: _Kept(FIRST, LAST))
    others: _Kept = field(default_factory=lambda: _Kept(FIRST, LAST))
    quoted: _Kept = field(default_factory=lambda: _Kept(_QUOTED, _QUOTED))
    bars: dict[str, Record] = field(default_factory=dict)
    same: Same = field(default_factory=Same)

    def add(self, event: Event) -> None:
        """Keep an event, or let it go into an equal one."""
        self.first_line = min(self.first_line, event.first_line)
        self.last_line = max(self.last_line, event.last_line)
        if isinstance(event, Record) and event.bar:
            self._drawn(event)
            return
        if isinstance(event, Traceback):
            self.first_line = min(self.first_line, *(link.first_line for link in event.chain()))
        self.count += 1
        if isinstance(event, Traceback):
            self.failed = self.failed or _outermost(event)
            if self.same.folds(event):
                return
            self.failures.add(self.count, event)
            return
        if event.quotes:
            self.quoted.add(self.count, event)
        else:
            serious = event.level in ("ERROR", "CRITICAL")
            (self.failures if serious else self.others).add(self.count, event)
        self._said(event.message)

    def _drawn(self, bar: Record) -> None:
        name = bar_name(bar.message)
        if name in self.bars or len(self.bars) < _BARS:
            self.bars[name] = bar

    def _said(self, message: str) -> None:
        if message.startswith(_SERVED):
            self.served = True
        elif "error while attempting to bind on address" in message:
            self.served = False

    def attempt(self) -> Attempt:
        """The attempt as read, its events in the order of the log."""
        kept = [*self.failures, *self.others, *self.quoted]
        kept += enumerate(self.bars.values())
        kept.sort(key=lambda item: (item[1].first_line, item[0]))
        done = tuple(self.same.merged(event) for _, event in kept)
        return Attempt(self.first_line, self.last_line, done, self.served)

    @property
    def lost(self) -> int:
        """How many events were not kept."""
        return self.failures.lost + self.others.lost

    @property
    def size(self) -> int:
        """Characters that are kept."""
        return sum(sum(kept.sizes) for kept in (self.failures, self.others, self.quoted))


def _size(event: Event) -> int:
    return len(event.message) + sum(len(line.text) + 300 for line in event.lines)


def _outermost(event: Traceback) -> bool:
    """Whether the process that nobody watches died: the one that the user started."""
    return _is_outermost(event.process)


def _is_outermost(process: str) -> bool:
    return not process or process.startswith(("APIServer", "ApiServer", "MainProcess"))


@dataclass(slots=True)
class Cutter:
    """Cuts a stream of events into attempts. `notes` says what was not kept, `starts` how often it was cut."""

    done: Done = field(default_factory=Done)
    open: _Open | None = None
    before: _Open | None = None
    held: list[tuple[Event, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    starts: int = 0

    def add(self, event: Event) -> None:
        """Take the next event."""
        stage = start_step(event) if isinstance(event, Record) and not event.quotes else ""
        if self.open is None:
            self.open = _Open(event.first_line)
        elif stage == "platform" and self.open.served and not self.open.failed and not self.held:
            self.held.append((event, stage))
            return
        elif stage and self._is_new(stage, event):
            self._cut(self.held[0][0].first_line if self.held else event.first_line)
            self._release()
        if self.held:
            self.held.append((event, stage))
            if len(self.held) > _HELD:
                self._release()
            return
        self._keep(event, stage)

    @property
    def serving(self) -> bool:
        """Whether the server of the attempt that is being read said that it serves."""
        return self.open is not None and self.open.served

    def _release(self) -> None:
        """Keep what was held back: of the attempt before, or of the one that was just cut."""
        held, self.held = self.held, []
        for event, stage in held:
            self._keep(event, stage)

    def _keep(self, event: Event, stage: str) -> None:
        current = self.open
        if current is None:
            return
        if self.before is not None and event.first_line < current.first_line:
            self.before.add(event)
            return
        if stage:
            current.stages.add(stage)
            current.speakers.add((stage, event.container, event.process))
            current.containers.add(event.container)
        current.add(event)

    def _is_new(self, stage: str, event: Event) -> bool:
        current = self.open
        if current is None or not current.count:
            return False
        over = current.failed or current.served
        if stage == "platform":
            return current.failed and _is_outermost(event.process)
        if stage == "shell":
            return bool(current.stages) or current.failed or current.count > 1
        if stage == "banner":
            return self._again(current, stage, event, over)
        if stage == "args":
            again = (stage, event.container, event.process) in current.speakers
            return (again or over) and self._again(current, stage, event, over)
        return over and stage in current.stages

    def _again(self, current: _Open, stage: str, event: Event, over: bool) -> bool:
        """Whether a step that a start takes once was taken again, not by another server of the same start."""
        if stage not in current.stages:
            return over and bool(current.stages - {"shell"})
        if (stage, event.container, event.process) in current.speakers:
            return True
        return over and event.container in current.containers

    def _cut(self, line: int) -> None:
        self.starts += 1
        if self.before is not None:
            self._close(self.before)
        self.before = self.open
        self.open = _Open(line)

    def _close(self, open_: _Open) -> None:
        if open_.lost and len(self.notes) < _NOTES:
            self.notes.append(
                f"lines {open_.first_line}-{open_.last_line}: {open_.lost} events in the middle were not kept"
            )
        self.done.add(open_.attempt(), open_.size)

    def finish(self, lines: int) -> tuple[Attempt, ...]:
        """All attempts, at least one."""
        self._release()
        for open_ in (self.before, self.open):
            if open_ is not None:
                self._close(open_)
        if self.done.lost:
            self.notes.append("of many attempts, those in the middle were not kept")
        return tuple(self.done.attempts) or (Attempt(1, max(lines, 1), ()),)


def attempts(events: Iterable[Event], lines: int = 1) -> tuple[Attempt, ...]:
    """Cut events into the starts that they tell of."""
    cutter = Cutter()
    for event in events:
        cutter.add(event)
    return cutter.finish(lines)
