"""A command's output, passed on byte for byte as it comes, while a copy of it is kept."""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vllm_doctor.run.capture import Capture

BLOCK = 1 << 16


class Pump:
    """Threads that read what a command prints, write it to our own streams and keep it.

    Nobody who reads too slowly keeps signals waiting: the main thread writes nothing. Where our reader has gone the
    command goes on; its output is then only kept.
    """

    def __init__(self, capture: Capture, routes: list[tuple[int, int]]) -> None:
        """`routes` are pairs of a descriptor to read, which the pump closes, and one to write."""
        self.capture = capture
        self.heard = time.monotonic()
        """When something was last printed, in seconds of the monotonic clock."""
        self._threads = [Thread(target=self._run, args=route, daemon=True) for route in routes]
        for thread in self._threads:
            thread.start()

    def join(self, seconds: float) -> bool:
        """Wait until all was passed on, at most so long: a process that left the launch may hold a pipe open."""
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self.capture.finish()
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, source: int, target: int) -> None:
        there = True
        try:
            while block := _read(source):
                self.heard = time.monotonic()
                there = there and _write_all(target, block)
                self.capture.add(source, block)
        finally:
            os.close(source)


def _read(source: int) -> bytes:
    """What is there to read; nothing at the end. A pty whose other end is closed reports EIO on Linux."""
    try:
        return os.read(source, BLOCK)
    except OSError:
        return b""


def _write_all(target: int, block: bytes) -> bool:
    """Write a whole block; False once nobody can read it any more."""
    rest = memoryview(block)
    while rest:
        try:
            rest = rest[os.write(target, rest) :]
        except BlockingIOError:
            with suppress(OSError):
                select.select([], [target], [])
        except OSError:
            return False
    return True
