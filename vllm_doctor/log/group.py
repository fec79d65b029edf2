"""Lines -> records: what one call of a logger printed belongs together, whoever spoke in between."""

from __future__ import annotations

from collections import deque
from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from vllm_doctor.log.chatter import bar_name, is_access, is_bar, is_client_debug, is_quoted, is_request, is_statistics
from vllm_doctor.log.decode import Source
from vllm_doctor.log.frames import bare, frame, is_other
from vllm_doctor.log.header import Header, header
from vllm_doctor.log.types import Line, Record
from vllm_doctor.log.unwrap import LoggedLine
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PATIENCE = 64
"""A record ends when its process was silent for so many lines."""
_LONGEST = 2000
_WAITING = 512
_LONGEST_QUOTE = 200
_MOST_VOICES = 4096
_Key: TypeAlias = "tuple[Header, int]"
_Voice: TypeAlias = "tuple[str, str]"


@dataclass(slots=True)
class _Open:
    """A record that is being written."""

    key: _Key | None
    head: Header
    texts: list[str]
    lines: list[Line]
    closed: bool = False
    quotes: bool = False
    bar: bool = False

    def record(self) -> Record:
        line = self.lines[0]
        return Record(
            "\n".join(self.texts),
            tuple(self.lines),
            self.head.level,
            self.head.file,
            self.head.at,
            line.process,
            line.container,
            line.time or self.head.time,
            self.quotes,
            self.bar,
        )


_NONE = Header("", "", "", 0, 0, False)


@dataclass(slots=True)
class _Quote:
    """Whether the lines are a client's command that goes on: `curl ... -d '{`, until its quote ends."""

    open: bool = False
    lines: int = 0

    def covers(self, text: str) -> bool:
        """Whether this line belongs to such a command."""
        starts = "curl " in text[:200] and is_quoted(text)
        if not starts and not self.open:
            return False
        self.lines = 0 if starts else self.lines + 1
        odd = text.replace("'\\''", "").count("'") % 2 == 1
        inside = odd if starts else self.open != odd
        self.open = (inside or (starts and text.endswith("\\"))) and self.lines < _LONGEST_QUOTE
        return True


@dataclass(slots=True)
class _Grouper:
    source: Source
    queue: deque[_Open] = field(default_factory=deque)
    speaking: dict[_Voice, _Open] = field(default_factory=dict)
    latest: _Open | None = None
    quote: _Quote = field(default_factory=_Quote)

    def add(self, line: Line) -> Iterator[Record]:
        """Take a line; give the records that ended."""
        head = _header(line)
        text = line.text[head.end :] if head else line.text
        if (head is None or not head.file) and is_bar(text):
            self.source.bar = line.number
            self._bar(line, text)
            return
        if _dropped(text, head):
            self.source.chatter += 1
            self.source.server = self.source.server or head is not None
            self.source.empty = line.number
            return
        if head is None:
            if not self._continues(line):
                self._start(line, _NONE, None, text)
        else:
            self._headed(line, head, (head._replace(end=0), 0 if head.file and head.time else line.number), text)
        yield from self._ended(line.number)

    def _bar(self, line: Line, text: str) -> None:
        """Keep the last state of a bar; it neither ends nor continues what others say."""
        if self.queue and (last := self.queue[-1]).bar and bar_name(last.texts[0]) == bar_name(text):
            last.texts[:], last.lines[:] = [text], [line]
        else:
            self.queue.append(_Open(None, _NONE, [text], [line], True, bar=True))

    def _headed(self, line: Line, head: Header, key: _Key, text: str) -> None:
        voice = (line.container, line.process)
        open_ = self.speaking.get(voice)
        if open_ is not None:
            if open_.key == key and not open_.closed and len(open_.lines) < _LONGEST and self._may_join(open_):
                open_.texts.append(text)
                open_.lines.append(line)
                self.latest = open_
                return
            open_.closed = True
        elif len(self.speaking) >= _MOST_VOICES:
            self.speaking.clear()
        self.speaking[voice] = self._start(line, head, key, text)

    def _may_join(self, open_: _Open) -> bool:
        """Whether a record may go on: only a failure's does when its own process printed something since."""
        latest = self.latest
        if latest is None or latest is open_ or open_.head.level in ("ERROR", "CRITICAL"):
            return True
        line, own = latest.lines[-1], open_.lines[-1]
        return (line.container, line.process) != (own.container, own.process)

    def _start(self, line: Line, head: Header, key: _Key | None, text: str) -> _Open:
        quotes = (key is None and self.quote.covers(text)) or is_request(text) or is_quoted(text)
        quotes = quotes or is_client_debug(line.text)
        new = _Open(key, head, [text], [line], key is None, quotes)
        self.queue.append(new)
        self.latest = new
        return new

    def _continues(self, line: Line) -> bool:
        """Whether an unheaded line is the rest of an exception's or a frame's that a terminal broke."""
        open_ = self.latest
        if open_ is None or open_.key is None or line.process or not line.text or open_.quotes:
            return False
        last = open_.lines[-1]
        if last.container != line.container or line.number != last.last + 1 or len(open_.lines) >= _LONGEST:
            return False
        if last.process and last.number == open_.lines[0].number and not bare(open_.texts[0]):
            return False
        if line.text[0].isspace() or is_other(line.text) or bare(line.text):
            return False
        broken = frame(open_.texts[-1]) is not None and " " not in line.text and len(last.text) > 70
        if broken:
            open_.texts[-1] += line.text
        elif any(bare(text) for text in open_.texts[-20:]):
            open_.texts.append(line.text)
        else:
            return False
        open_.lines.append(line)
        return True

    def _ended(self, number: int) -> Iterator[Record]:
        queue = self.queue
        while queue:
            first = queue[0]
            if not first.closed and number - first.lines[-1].last <= _PATIENCE and len(queue) < _WAITING:
                return
            if first is self.latest and number - first.lines[-1].last <= 1:
                return
            first.closed = True
            yield queue.popleft().record()

    def rest(self) -> Iterator[Record]:
        """What was still open at the end."""
        for open_ in self.queue:
            yield open_.record()
        self.queue.clear()


def records(lines: Iterable[Line], source: Source | None = None) -> Iterator[Record]:
    """Group lines to records in the order of their first lines.

    Access lines and statistics are left out; `source` counts them. Of the states of a bar that follow each other the
    last is kept.
    """
    grouper = _Grouper(source or Source())
    for line in lines:
        yield from grouper.add(line)
    yield from grouper.rest()


def _header(line: Line) -> Header | None:
    if not isinstance(line, LoggedLine):
        return header(line.text)
    found = header(line.text, line.dated)
    if line.level and not (found and found.ours):
        return Header(line.level, line.time, line.file, line.at, 0, True)
    return found


def _dropped(text: str, head: Header | None) -> bool:
    if head is not None and is_statistics(text):
        return True
    return (head is None or not head.file) and is_access(text)
