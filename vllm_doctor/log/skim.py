"""Lines that need no reading, known by their shape: the bytes of a line without its digits.

A server that runs for a month prints the same few lines with other figures. What one of them came to when it was
read (nothing: an access line, statistics) holds for all of its shape, whatever wrapper stands around it, for no
reader of this room asks which digit a digit is. So nothing is skipped that was not read and found to be empty before;
what was never seen is always read. Records that say the same with other figures are read so often, then by sample.
"""

from __future__ import annotations

from dataclasses import field
from itertools import compress, islice, repeat
from typing import TYPE_CHECKING

from vllm_doctor.log.chatter import REQUESTS
from vllm_doctor.log.marks import start_step
from vllm_doctor.log.types import Event, Record
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = b"0123456789"
_LONGEST = 1024
_MOST = 20_000
_MOST_RECENT = 4096
REPEATS = 256
"""So often a record that differs in figures only is read once a server serves, and a bar."""
STARTING = 2048
"""So often before that: there the figures of each rank count, and no deployment has so many."""
ROUND = 1 << 16
"""Then once in so many lines, so that a later figure is seen as well."""
_QUIET = ("DEBUG", "INFO", "WARNING")
_REQUESTS = tuple(words.encode() for words in REQUESTS)


@dataclass(slots=True)
class Skim:
    """What is known of shapes. `known` is false for those that are skipped; `folded` are the sampled ones of them.

    `asked` says that enough of the request logger's lines were read; `size` is how many lines the last bytes held.
    """

    known: dict[bytes, bool] = field(default_factory=dict)
    folded: set[bytes] = field(default_factory=set)
    counts: dict[bytes, int] = field(default_factory=dict)
    latest: tuple[int, bytes] = (0, b"")
    recent: dict[int, bytes] = field(default_factory=dict)
    asked: bool = False
    size: int = 0
    follows: bool = False

    def lines(self, data: bytes, number: int, forced: bool) -> Iterator[tuple[int, bytes]]:
        """The numbers and bytes of the lines that must be read; `number` is that of the line before them.

        `forced` says that the first line must be, whatever it looks like.
        """
        shapes = data.translate(None, _DIGITS).split(b"\n")
        self.size = len(shapes)
        texts: list[bytes] = []
        for index in self._worth(shapes, number, forced):
            texts = texts or data.split(b"\n")
            text = texts[index]
            if self.asked and _is_request(text):
                continue
            shape = shapes[index]
            if len(shape) <= _LONGEST:
                self.latest = (number + index + 1, shape)
            yield number + index + 1, text

    def _worth(self, shapes: list[bytes], number: int, forced: bool) -> Iterator[int]:
        start, end, last = 0, len(shapes), -1
        if forced or (self.follows and shapes[0] in self.folded):
            yield 0
            start = 1
        while start < end:
            if not (number + start) % ROUND:
                self._sample()
            stop = min(end, start + ROUND - (number + start) % ROUND)
            wanted = map(self.known.get, islice(shapes, start, stop), repeat(True))
            for index in compress(range(start, stop), wanted):
                if index <= last:
                    continue
                yield index
                last = index
                if index + 1 < stop and shapes[index + 1] in self.folded and shapes[index] not in self.folded:
                    last = index + 1  # it may be what ends a text, so it is read with it
                    yield last
            start = stop
        self.follows = end > 0 and shapes[-1] not in self.known

    def _sample(self) -> None:
        for shape in self.folded:
            self.known.pop(shape, None)

    def read(self, number: int, lines: int, empty: bool, repeats: bool) -> None:
        """Note what a physical line came to: how many logical `lines`, `empty` or one that `repeats` others."""
        latest, shape = self.latest
        if number != latest or lines != 1:
            return
        if empty:
            if len(self.known) >= _MOST:
                self.known.clear()
            self.known[shape] = False
        elif repeats:
            self._again(shape)
        else:
            if len(self.recent) >= _MOST_RECENT:
                self.recent = dict(islice(self.recent.items(), _MOST_RECENT // 2, None))
            self.recent[number] = shape

    def said(self, event: Event, serving: bool) -> None:
        """Note an event: a plain record whose lines come again and again need not be read each time."""
        if not isinstance(event, Record) or event.level not in _QUIET or not event.file or event.quotes:
            return
        shapes = {self.recent.pop(line.number, b"") for line in event.lines}
        if len(shapes) == 1 and (shape := shapes.pop()) and not start_step(event):
            self._again(shape, len(event.lines), REPEATS if serving else STARTING)

    def _again(self, shape: bytes, times: int = 1, most: int = REPEATS) -> None:
        if len(self.counts) >= _MOST:
            self.counts.clear()
        count = self.counts[shape] = self.counts.get(shape, 0) + times
        if count > most:
            self.folded.add(shape)
            self.known[shape] = False

    def renew(self) -> None:
        """Another start of the server: what it says is read again."""
        self._sample()
        self.folded.clear()
        self.counts.clear()


def _is_request(text: bytes) -> bool:
    """The same as `Sieve` asks of the decoded line; one with an escape sequence is left to it."""
    at = text.find(b"] ", 0, 120)
    return at >= 0 and text.startswith(_REQUESTS, at + 2) and text[0] != 0x7B and 0x1B not in text[: at + 2]
