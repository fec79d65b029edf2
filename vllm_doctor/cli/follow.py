"""`--follow`: a log while it is written, as `tail -F` reads it, and each failure told when it is complete.

When the log falls silent after words that may be a failure's, the process forks: the child takes the silence for the
end, so that what was read so far is diagnosed as it is; the parent waits for it and reads on. So the log is read
once, however long it grows, and in the memory that reading it takes.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from vllm_doctor.errors import InputError
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLOCK = 1 << 18
QUIET = 0.3
"""Seconds of silence after which a failure counts as complete."""
POLL = 0.1
REST = 4
"""A look that found nothing new is not repeated before so many times as long as it took."""
_TAIL = 64
_FAILING = (
    *(b"rror", b"RROR", b"xception", b"raceback", b"atal", b"FATAL", b"CRITICAL", b"illed", b"bort", b"ssert"),
    *(b"exit", b"signal", b"fail", b"Fail", b"hutting down", b"usage: "),
)


class Stream(Protocol):
    """What can be read on: `read` gives what is there now, b"" for nothing yet, None at its end."""

    def read(self) -> bytes | None:
        """What is there."""

    def wait(self, seconds: float) -> None:
        """Let time pass, or return when there is more."""


class File:
    """A file by its name: what is put in its place is read on, and so is what was cut to its start.

    Raises:
        InputError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.handle = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", str(path), "Give a log file.") from error

    def read(self) -> bytes:
        """What was written since; a new file's first bytes after all of the old one's."""
        try:
            block = os.read(self.handle, BLOCK)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", str(self.path), "Give a file.") from error
        return block or self._moved()

    def _moved(self) -> bytes:
        own = os.fstat(self.handle)
        if own.st_size < os.lseek(self.handle, 0, os.SEEK_CUR):
            os.lseek(self.handle, 0, os.SEEK_SET)
            return b"\n"
        try:
            there = self.path.stat()
            if (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino):
                return b""
            new = os.open(self.path, os.O_RDONLY)
        except OSError:
            return b""  # gone for now: whoever turns logs round will make a new one
        os.close(self.handle)
        self.handle = new
        return b"\n"

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


class Pipe:
    """Standard input."""

    def __init__(self) -> None:
        self.handle = sys.stdin.fileno()

    def read(self) -> bytes | None:
        """What is there now."""
        ready, _, _ = select.select([self.handle], [], [], 0)
        return (os.read(self.handle, BLOCK) or None) if ready else b""

    def wait(self, seconds: float) -> None:
        """Let time pass, or return when there is more."""
        select.select([self.handle], [], [], seconds)


@dataclass
class Follower:
    """Gives the blocks of a stream; `told` names the failure that was told last.

    In a child `reply` is where its answer goes; it is None in the process that reads on.
    """

    stream: Stream
    told: str = ""
    reply: int | None = None
    clock: Callable[[], float] = time.monotonic
    next_look: float = 0.0

    def blocks(self) -> Iterator[bytes]:
        """What is read, until the end, an interrupt, or the silence that a child takes for the end."""
        suspect, last, tail = True, self.clock(), b""
        try:
            while (block := self.stream.read()) is not None:
                now = self.clock()
                if block:
                    last = now
                    suspect = suspect or any(word in tail + block for word in _FAILING)
                    tail = block[-_TAIL:]
                    yield block
                elif suspect and now - last >= QUIET and now >= self.next_look:
                    suspect = False
                    if self._look():
                        return
                else:
                    self.stream.wait(POLL)
        except KeyboardInterrupt:
            return

    def _look(self) -> bool:
        """Fork; true in the child. The parent comes back when the child has told what there is to tell."""
        sys.stdout.flush()
        sys.stderr.flush()
        # an interrupt waits until the child has told, else the same would be told twice
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        answer, self.reply = os.pipe()
        child = os.fork()
        if not child:
            os.close(answer)
            return True
        os.close(self.reply)
        self.reply = None
        start = self.clock()
        with os.fdopen(answer, encoding="utf-8") as said:
            told = said.read()
        os.waitpid(child, 0)
        if told:
            self.told = told
        else:
            self.next_look = self.clock() + REST * (self.clock() - start)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        return False

    def leave(self, told: str) -> None:
        """End the child; the parent learns what it told."""
        if self.reply is not None:
            os.write(self.reply, told.encode())
            os._exit(0)


def follower(name: str) -> Follower:
    """What follows a file, or standard input where the name is "-".

    Raises:
        InputError: it cannot be read, or this system cannot fork.
    """
    if not hasattr(os, "fork"):
        raise InputError("this system cannot fork, which --follow needs", "--follow", "Give the log when it is whole.")
    if name != "-":
        return Follower(File(Path(name)))
    if sys.stdin is None:
        raise InputError("standard input is closed", "<stdin>", "Give a FILE, or pipe something in.")
    return Follower(Pipe())
