"""What a command printed, as far as it is kept: its beginning and its end, in whole lines, in bounded memory."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = 2 << 20
TAIL = 2 << 20
LONGEST = 1 << 16
"""Bytes of one line that may wait for its end before they are kept as they are."""
CHUNK = 1 << 15
"""The tail is dropped in pieces of about this size."""
STARTED = b"Application startup complete"
"""The server's own word that it serves (starlette and uvicorn, `uvicorn/lifespan/on.py`)."""


class Capture:
    """The output of one start, of all its streams, lines whole and in the order in which they came.

    The head holds the settings and the start, the tail the end; `left_out` counts the bytes between them.
    """

    def __init__(self, head: int = HEAD, tail: int = TAIL) -> None:
        self._head_size = head
        self._tail_size = tail
        self._head = bytearray()
        self._tail: deque[bytes | bytearray] = deque()
        self._in_tail = 0
        self._open: dict[int, bytes] = {}
        self._lock = Lock()
        self.left_out = 0
        self.bytes = 0
        self.started = False

    def add(self, stream: int, data: bytes) -> None:
        """Take what a stream said; a line's beginning waits for its end, so that streams do not mix within lines."""
        with self._lock:
            self.bytes += len(data)
            waiting = self._open.pop(stream, b"")
            whole = waiting + data if waiting else data
            cut = whole.rfind(b"\n") + 1
            if len(whole) - cut > LONGEST:
                cut = len(whole)
            if cut < len(whole):
                self._open[stream] = whole[cut:]
            if cut:
                self._keep(whole[:cut])

    def finish(self) -> None:
        """No more will come: what waits for a line's end is kept."""
        with self._lock:
            for rest in self._open.values():
                self._keep(rest + b"\n")
            self._open.clear()

    def say(self, line: str) -> None:
        """Add a line of our own about how the command ended."""
        self.finish()
        with self._lock:
            self._keep(line.encode() + b"\n")

    def blocks(self) -> Iterator[bytes]:
        """What is kept, in order. Lines that are not ended yet are part of it."""
        with self._lock:
            kept = [bytes(self._head), *map(bytes, self._tail), *self._open.values()]
        yield from kept

    def _keep(self, data: bytes) -> None:
        if not self.started and STARTED in data:
            self.started = True
        if not self._tail and len(self._head) < self._head_size:
            self._head += data
            return
        last = self._tail[-1] if self._tail else b""
        if isinstance(last, bytearray) and len(last) < CHUNK:
            last += data
        else:
            self._tail.append(data if len(data) >= CHUNK else bytearray(data))
        self._in_tail += len(data)
        while self._in_tail > self._tail_size and len(self._tail) > 1:
            gone = len(self._tail.popleft())
            self._in_tail -= gone
            self.left_out += gone
