"""Physical lines -> logical lines: container, process and JSON wrappers taken off, split lines joined."""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum
from itertools import chain, islice
from typing import TYPE_CHECKING

from vllm_doctor.log.ansi import states
from vllm_doctor.log.chatter import Sieve, is_bar
from vllm_doctor.log.decode import HEAD, TAIL, Source
from vllm_doctor.log.header import VLLM
from vllm_doctor.log.jsonlog import Logged, logged
from vllm_doctor.log.midline import Fronts, header_inside, is_wrapper
from vllm_doctor.log.prefixes import PREFIXES, Front
from vllm_doctor.log.types import Line, Piece
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DEPTH = 10
"""More wrappers than that around a line are left as they are."""
_MOST_PARTS = 64
_SAMPLE = 200
"""Lines that are looked at for their prefixes before the first is read."""
_PLAIN = ("INFO ", "ERROR ", "WARNING ", "DEBUG ", "    ", "  File ", "CRITICAL ")


@dataclass(frozen=True, slots=True)
class LoggedLine(Line):
    """A line with what its logger said outside the text: a JSON record's level and place.

    `dated` is true when a logger's own time stamp stood right before the text.
    """

    dated: bool = False
    level: str = ""
    file: str = ""
    at: int = 0


class _Stop(Enum):
    """What ended the taking off of prefixes."""

    TEXT = 0
    JSON = 1
    PART = 2
    INSIDE = 3


@dataclass(slots=True)
class _Unwrapper:
    source: Source
    learned: set[str] = field(default_factory=set)
    fronts: Fronts = field(default_factory=Fronts)
    parts: dict[tuple[str, str], list[Piece]] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """See what prefixes a line has, for those before it that show them less clearly."""
        front = Front(text, learned=self.learned)
        for _ in range(_DEPTH):
            stop = self._strip(front, _DEPTH)
            record = logged(front.text) if stop is _Stop.JSON else None
            if record is not None:
                front.text = record.text.partition("\n")[0]
            elif stop is not _Stop.PART:
                break
            front.partial = ""
        before = front.text[: header_inside(front.text)] if stop is _Stop.INSIDE else ""
        if before:
            self.fronts.learn(before)

    def lines(self, number: int, text: str) -> Iterable[Line]:
        """The logical lines that end on a physical one."""
        front, pieces = Front(text, learned=self.learned), (Piece(number, text),)
        if self._strip(front, _DEPTH) is _Stop.TEXT and "\r" not in front.text:
            return (self._line(front, pieces, text),)
        return self._peel(Front(text, learned=self.learned), pieces, text, _DEPTH)

    def _strip(self, front: Front, depth: int) -> _Stop:
        """Take off prefixes until the text itself, or something that is more than a prefix."""
        for _ in range(depth):
            text = front.text
            if not text or text.startswith(_PLAIN):
                return _Stop.TEXT
            if text[0] == "{":
                return _Stop.JSON if text.rstrip(" \t,").endswith("}") else _Stop.TEXT
            form = PREFIXES.get(text[0])
            if form is not None and form(front):
                if front.partial:
                    return _Stop.PART
            elif not self.fronts.known or not front.take(self.fronts.wrapper(text)):
                return _Stop.INSIDE if header_inside(text) else _Stop.TEXT
        return _Stop.TEXT

    def _peel(self, front: Front, pieces: tuple[Piece, ...], whole: str, depth: int) -> Iterator[Line]:
        while depth:
            stop = self._strip(front, depth)
            depth -= 1
            if stop is _Stop.JSON:
                record = logged(front.text)
                if record is not None:
                    yield from self._json(front, record, pieces, depth)
                    return
                break
            if stop is _Stop.INSIDE:
                yield from self._before(front, pieces, header_inside(front.text))
            elif stop is _Stop.PART:
                joined = self._join(front, pieces)
                if joined is None:
                    return
                pieces, whole = joined
            else:
                break
        if "\r" in front.text:
            for state in _worth(states(front.text)):
                shown = replace(front, text=state)
                yield from self._peel(shown, (Piece(pieces[0].line, state),), state, depth)
            return
        yield self._line(front, pieces, whole)

    def _before(self, front: Front, pieces: tuple[Piece, ...], end: int) -> Iterator[Line]:
        """Take off what stands before a header; a line of its own when it says something."""
        before = front.text[:end]
        self.fronts.learn(before)
        if not is_wrapper(before):
            number = pieces[0].line
            yield Line(before.rstrip(), (Piece(number, before.rstrip()),), front.process, front.container, front.time)
        front.take(end)

    def _join(
        self, front: Front, pieces: tuple[Piece, ...], by: str = "containerd"
    ) -> tuple[tuple[Piece, ...], str] | None:
        """The pieces of a line that was split `by` a runtime with this one; None while it goes on."""
        more, front.partial = front.partial == "P", ""
        key = (by, front.container)
        held = self.parts.pop(key, [])
        held.append(Piece(pieces[-1].line, front.text))
        if more:
            size = sum(len(piece.text) for piece in held)
            if len(held) > _MOST_PARTS or (size > HEAD + TAIL and len(held) > 2):
                self.source.note("lines longer than 64 KiB were cut in their middle")
                del held[len(held) // 2]
            if len(self.parts) < 1000:
                self.parts[key] = held
            return None
        front.text = "".join(piece.text for piece in held)
        return tuple(held), front.text

    def _json(self, front: Front, record: Logged, pieces: tuple[Piece, ...], depth: int) -> Iterator[Line]:
        front.stamp(record.time)
        front.container = record.container or front.container
        number = pieces[0].line
        if not record.whole:
            front.text, front.partial = record.text, "P"
            self._join(front, pieces, "docker")
            return
        for text in record.text.removesuffix("\n").split("\n"):
            inner = Front(text, record.process or front.process, front.container, front.time, "", self.learned)
            held: tuple[Piece, ...] = (Piece(number, text),)
            if ("docker", front.container) in self.parts:
                held, _ = self._join(inner, held, "docker") or (held, "")
            level = record.level
            for line in self._peel(inner, held, inner.text, depth):
                yield _leveled(line, record) if level else line

    def _line(self, front: Front, pieces: tuple[Piece, ...], whole: str) -> Line:
        text = front.text
        if front.process and " [repeated " in text:
            text = _once(text)
        text = text.rstrip().removesuffix("\\n")
        number = pieces[0].line
        if len(pieces) == 1:
            tail = self.source.cuts.pop(number, 0) if self.source.cuts else 0
            pieces = (Piece(number, text),)
            if 0 < tail < len(text):
                pieces = (Piece(number, text[:-tail]), Piece(number, text[-tail:]))
        else:
            pieces = _within(pieces, len(whole) - len(front.text), text)
        if front.dated:
            return LoggedLine(text, pieces, front.process, front.container, front.time, True)
        return Line(text, pieces, front.process, front.container, front.time)

    def rest(self) -> Iterator[Line]:
        """What was split and never ended."""
        for (_, container), held in self.parts.items():
            text = "".join(piece.text for piece in held)
            yield from self._peel(Front(text, "", container, learned=self.learned), tuple(held), text, _DEPTH)


def logical_lines(physical: Iterable[tuple[int, str]], source: Source) -> Iterator[Line]:
    """Lines as the program wrote them; each of their pieces stands on its physical line as it is.

    Most of a long log, uvicorn's access lines and the request logger's, is left out here already, and counted.
    """
    unwrapper, sieve = _Unwrapper(source), Sieve(source)
    rest = iter(physical)
    sample = list(islice(rest, _SAMPLE))
    for _, text in sample:
        unwrapper.learn(text)
    for number, text in chain(sample, rest):
        count = 0
        if unwrapper.parts or not sieve.drops(text):
            for line in unwrapper.lines(number, text):
                count += 1
                yield line
        else:
            count, source.empty = 1, number
        if source.skim is not None:
            source.skim.read(number, count, source.empty == number, source.bar == number)
            source.skim.asked = sieve.full and not unwrapper.parts
    yield from unwrapper.rest()


def _worth(shown: list[str]) -> list[str]:
    """The last state of a line, and before it what is no bar but a record that a bar was drawn over."""
    kept = [state for state in shown[:-1][-50:] if VLLM.search(state, 0, 300) and not is_bar(state)]
    return [*kept, shown[-1]]


def _once(text: str) -> str:
    """A line without Ray's remark that it was printed by others too."""
    start = text.rfind(" [repeated ")
    end = text.find("across cluster]", start)
    return text[:start] if 0 < end < start + 60 else text


def _leveled(line: Line, record: Logged) -> Line:
    return LoggedLine(
        line.text,
        line.pieces,
        line.process,
        line.container,
        line.time,
        False,
        record.level,
        record.file,
        record.at,
    )


def _within(pieces: tuple[Piece, ...], front: int, text: str) -> tuple[Piece, ...]:
    """The parts of `pieces` (joined) that make up `text`, which begins after `front` characters."""
    kept, start, end = [], 0, front + len(text)
    for piece in pieces:
        part = piece.text[max(0, front - start) : max(0, end - start)]
        if part:
            kept.append(Piece(piece.line, part))
        start += len(piece.text)
    return tuple(kept) or (Piece(pieces[0].line, ""),)
