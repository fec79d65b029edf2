"""Records -> events: tracebacks put together, each process by itself, chained exceptions linked."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from vllm_doctor.log.frames import (
    HEAD,
    bare,
    frame,
    is_chain,
    is_group_rule,
    is_head,
    is_marker,
    is_other,
    raised,
    unmargined,
)
from vllm_doctor.log.marks import start_step
from vllm_doctor.log.types import Event, Frame, Line, Record, Traceback
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_MESSAGE = 200
_MOST_FRAMES = 1500
_MOST_OPEN = 512
_APART = 200
_FOREIGN = 3
"""Lines of others that may stand between the frames of an unheaded traceback."""


@dataclass(slots=True)
class _Building:
    """A traceback while its lines come in. `exception` is None while frames are read."""

    record: Record
    lines: list[Line] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    exception: str | None = None
    message: list[str] = field(default_factory=list)
    raised: list[Line] = field(default_factory=list)
    cause: Traceback | None = None
    blank: bool = False
    chained: bool = False
    foreign: int = 0

    def feed(self, text: str, line: Line, alone: bool) -> bool:
        """Take a line that belongs here; false when it does not. `alone`: no header ends a message."""
        if self.chained:
            return self._between(text, line)
        if self.exception is None:
            return self._frames(text, line)
        return self._message(text, line, alone)

    def _between(self, text: str, line: Line) -> bool:
        if not text.strip():
            return True
        if is_head(text):
            self.cause, self.chained, self.exception = self.build(), False, None
            self.lines, self.frames, self.message, self.raised = [line], [], [], []
            self.blank = False
            return True
        return False

    def _frames(self, text: str, line: Line) -> bool:
        found = frame(text)
        if found:
            if len(self.frames) < _MOST_FRAMES:
                self.frames.append(found)
                self.lines.append(line)
            return True
        if is_head(text):
            return not self.frames
        if not text.strip():
            return True
        if text.startswith(("    ", "\t", "  [Previous line")) or is_marker(text):
            self._code(text, line)
            return True
        if text.startswith("  ") and self.frames and _is_validation(text):
            self.exception, self.message, self.raised = "", [text.strip()], [line]
            self.lines.append(line)
            return True
        found_exception = raised(text)
        if found_exception:
            self.exception, self.message = found_exception[0], [found_exception[1]]
            self.raised = [line]
            self.lines.append(line)
            return True
        self.foreign += 1
        return False

    def _code(self, text: str, line: Line) -> None:
        self.lines.append(line)
        if self.frames and not self.frames[-1].code and not is_marker(text) and text.startswith(" "):
            self.frames[-1] = replace(self.frames[-1], code=text.strip())

    def _message(self, text: str, line: Line, alone: bool) -> bool:
        if not text.strip():
            self.blank = True
            return True
        if is_chain(text):
            self.chained = True
            return True
        if is_head(text) or frame(text) or bare(text) or (alone and (self.blank or is_other(text))):
            return False
        if alone and not self.record.process and line.number > self.lines[-1].last + 1:
            return False
        if len(self.message) < _LONGEST_MESSAGE:
            if self.blank:
                self.message.append("")
            self.message.append(text)
            self.lines.append(line)
            self.raised.append(line)
        self.blank = False
        return True

    def build(self) -> Traceback:
        """The traceback so far."""
        record = self.record
        return Traceback(
            self.exception or "",
            "\n".join(self.message).rstrip(),
            tuple(self.frames),
            tuple(self.lines),
            tuple(self.raised),
            record.process,
            record.container,
            record.time,
            self.cause,
            (record.process,) if record.process else (),
            record.level,
            record.file,
            record.at,
        )

    def ended(self) -> list[Traceback]:
        """The traceback, if anything of it was seen."""
        if self.frames or self.exception is not None or self.lines:
            return [self.build()]
        return [self.cause] if self.cause else []


def _is_validation(text: str) -> bool:
    return text.lstrip().startswith(("Value error, ", "Assertion failed, ", "Input should be "))


def _opens(text: str) -> bool:
    return is_head(text) or 'File "' in text[:60] or bare(text) is not None


def _begin(record: Record, text: str, line: Line) -> _Building | None:
    """A traceback that begins with this line."""
    new = _Building(record)
    if is_head(text):
        new.lines.append(line)
        return new
    if frame(text):
        new.feed(text, line, False)
        return new
    found = bare(text)
    if found:
        new.exception, new.message, new.raised, new.lines = found[0], [found[1]], [line], [line]
        return new
    return None


def _headed(record: Record) -> list[Event]:
    """The events of a record that a logger's header opened: its words, and the tracebacks in them."""
    message = record.message
    if record.quotes or not (HEAD in message or 'File "' in message or _has_bare(message)):
        return [record]
    out: list[Event] = []
    words: list[tuple[str, Line]] = []
    open_: _Building | None = None
    texts = message.split("\n")
    for index, (text, line) in enumerate(zip(texts, record.lines, strict=False)):
        if HEAD in text and "|" in text[:8]:
            text = unmargined(text)
        following = texts[index + 1] if index + 1 < len(texts) else ""
        if open_ is not None:
            announces = open_.exception is not None and not open_.chained and is_head(following) and text.strip()
            if not announces and open_.feed(text, line, False):
                continue
            out += open_.ended()
            open_ = None
        before = text.rstrip().removesuffix(HEAD) if HEAD in text else ""
        if before.strip() and before != text.rstrip():
            words.append((before.rstrip(), line))
            open_ = _Building(record, [line])
        else:
            open_ = _begin(record, text, line)
            if open_ is None:
                words.append((text, line))
        if open_ is not None:
            out += _worded(record, words)
            words = []
    if open_ is not None:
        out += open_.ended()
    return out + _worded(record, words)


def _has_bare(message: str) -> bool:
    return any(bare(text) for text in message.split("\n", 200))


def _worded(record: Record, words: list[tuple[str, Line]]) -> list[Event]:
    message = "\n".join(text for text, _ in words).strip("\n")
    if not message.strip():
        return []
    return [replace(record, message=message, lines=tuple(line for _, line in words))]


@dataclass(slots=True)
class _Folder:
    """Unheaded tracebacks that are open, by container and process."""

    open: dict[tuple[str, str], _Building] = field(default_factory=dict)

    def add(self, record: Record) -> Iterator[Event]:
        if record.level or record.file or record.quotes:
            yield from self._interrupted(record)
            yield from _headed(record) if not record.quotes else [record]
            return
        voice = (record.container, record.process)
        text, line = record.message, record.lines[0]
        building = self.open.get(voice)
        if building is not None and line.number - building.lines[-1].last > _APART:
            yield from self.open.pop(voice).ended()
            building = None
        if building is not None:
            if self._feeds(building, text, line):
                return
            if building.exception is not None or building.foreign > _FOREIGN or _opens(text):
                yield from self.open.pop(voice).ended()
        elif not record.process and bare(text):
            above = self._just_above(record.container, line.number)
            if above is not None and above.feed(text, line, True):
                return
        yield from self._begun(record, voice, text, line)

    def _feeds(self, building: _Building, text: str, line: Line) -> bool:
        if "|" in text[:12] or is_group_rule(text):
            if is_group_rule(text):
                return True
            text = unmargined(text)
        return building.feed(text, line, True)

    def _begun(self, record: Record, voice: tuple[str, str], text: str, line: Line) -> Iterator[Event]:
        if "Exception Group Traceback" in text[:40]:
            text = HEAD
        elif text.endswith(HEAD) and not is_head(text):
            yield replace(record, message=text[: -len(HEAD)].rstrip())
            text = HEAD
        new = _begin(record, text, line)
        if new is None:
            if text.strip():
                yield record
            return
        if voice in self.open:
            yield from self.open.pop(voice).ended()
        elif len(self.open) >= _MOST_OPEN:
            yield from self.open.pop(next(iter(self.open))).ended()
        self.open[voice] = new

    def _just_above(self, container: str, number: int) -> _Building | None:
        """A traceback cut before its exception, on the line before."""
        for (where, _), building in self.open.items():
            if where == container and building.exception is None and building.lines[-1].last == number - 1:
                return building
        return None

    def _interrupted(self, record: Record) -> Iterator[Event]:
        """A header ends the messages that were being written by the same process, or by one without a name.

        The banner of a new start ends all.
        """
        banner = start_step(record) in ("banner", "args")
        for voice, building in list(self.open.items()):
            mine = banner or voice == (record.container, record.process) or not voice[1]
            if voice[0] == record.container and mine and building.exception is not None and not building.chained:
                yield from self.open.pop(voice).ended()

    def rest(self) -> Iterator[Event]:
        for building in self.open.values():
            yield from building.ended()
        self.open.clear()


def events(records: Iterable[Record]) -> Iterator[Event]:
    """Records and tracebacks; a traceback comes when it ended, so later than the records in between."""
    folder = _Folder()
    for record in records:
        if record.bar:
            yield record
        else:
            yield from folder.add(record)
    yield from folder.rest()
