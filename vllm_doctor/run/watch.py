"""Signals passed on, the end of a child waited for, a guardian beside it for the case that we are killed."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from vllm_doctor.run import guardian

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from vllm_doctor.run.child import Child

FORWARDED = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH")
ENDING = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
_OF_TERMINAL = frozenset({signal.SIGINT, signal.SIGQUIT})
_PR_SET_CHILD_SUBREAPER = 36
_WAKE = 0.5


class Watch:
    """Waits for children. `stopped` is the signal by which somebody asked us to end, 0 before.

    A signal is passed on at once, whatever else is going on. One that our parent ignores (nohup) stays ignored.
    """

    def __init__(self, mark: str, grace: float) -> None:
        """`grace` is how many seconds a command has after a signal that ends it, before it is killed."""
        self.mark = mark
        self.grace = grace
        self.stopped = 0
        self._deadline = 0.0
        self._child: Child | None = None
        self._terminal = any(os.isatty(descriptor) for descriptor in (0, 1, 2) if _is_open(descriptor))
        self._woken, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for signum in (getattr(signal, name) for name in FORWARDED):
            if signal.getsignal(signum) is not signal.SIG_IGN:
                signal.signal(signum, self._forward)
        _become_subreaper()
        self._guardian = _start_guardian(mark)

    def run(self, child: Child, look: Callable[[], bool] | None = None) -> None:
        """Wait for the end of a child and of all that it left behind.

        `look` is asked about twice a second, and ends the child where it says so.
        """
        self._child = child
        self._tell(child.pid)
        if self.stopped:
            child.send(self.stopped)
        while child.code is None:
            self._sleep(_WAKE)
            child.reap()
            if child.code is None and look and look():
                self.end(child)
            if self._deadline and time.monotonic() > self._deadline:
                child.send(signal.SIGKILL, group=True)
        spare = frozenset({self._guardian.pid}) if self._guardian else frozenset()
        child.finish(spare)
        self._child = None
        self._deadline = 0.0

    def pause(self, seconds: float) -> None:
        """Wait between two starts; ends at once when we are asked to end."""
        until = time.monotonic() + seconds
        while not self.stopped and (left := until - time.monotonic()) > 0:
            self._sleep(min(left, _WAKE))

    def end(self, child: Child) -> None:
        """Ask a child to end, and kill it after the grace period."""
        if not self._deadline:
            self._deadline = time.monotonic() + self.grace
            child.send(signal.SIGTERM)

    def _forward(self, signum: int, _frame: FrameType | None) -> None:
        if signum in ENDING:
            self.stopped = self.stopped or signum
            self._deadline = self._deadline or time.monotonic() + self.grace
        if self._child:
            self._child.send(signum, group=self._terminal and signum in _OF_TERMINAL)

    def _sleep(self, seconds: float) -> None:
        """Sleep until a signal comes; those that came before count."""
        with suppress(InterruptedError):
            if select.select([self._woken], [], [], seconds)[0]:
                os.read(self._woken, 4096)

    def _tell(self, session: int) -> None:
        if self._guardian and self._guardian.stdin:
            with suppress(OSError):
                self._guardian.stdin.write(f"{session}\n".encode())
                self._guardian.stdin.flush()


def _start_guardian(mark: str) -> subprocess.Popen[bytes] | None:
    """A process that ends the launch when we are killed; it ends with us, and holds none of our streams."""
    if sys.platform != "linux":
        return None
    words = [sys.executable, "-I", "-S", str(guardian.__file__), mark]
    try:
        return subprocess.Popen(  # noqa: S603 - our own file
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
    except OSError:
        return None


def _become_subreaper() -> None:
    """Have orphans of the launch come to us rather than to pid 1 (prctl(2), Linux 3.4)."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
