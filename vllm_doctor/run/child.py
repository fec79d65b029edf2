"""One start of a command: its own session, its output pumped, its end waited for, nothing of it left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from vllm_doctor.run import guardian
from vllm_doctor.run.pump import Pump
from vllm_doctor.run.streams import open_streams, resize

if TYPE_CHECKING:
    from vllm_doctor.run.capture import Capture
    from vllm_doctor.run.command import Command

_DRAIN = 2.0
"""Seconds for what was printed last to come through the pipes once the processes are gone."""
_TTY_SIGNALS = (signal.SIGINT, signal.SIGQUIT)


class Child:
    """A started command. `code` is its exit status as a shell says it, None while it runs."""

    def __init__(self, command: Command, mark: str, capture: Capture) -> None:
        """Start it.

        Raises:
            OSError: it cannot be started (no such program, not executable, no more processes).
        """
        streams = open_streams()
        environment = {**os.environ, **dict(command.env), guardian.MARKER: mark}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - it is what the user asks for, and no shell takes part
                command.argv,
                stdout=streams.out,
                stderr=streams.err,
                env=environment,
                close_fds=False,
                start_new_session=True,
            )
        except BaseException:
            streams.close()
            raise
        streams.close_theirs()
        self.pid = self._process.pid
        self.code: int | None = None
        self.killed_by = 0
        self.capture = capture
        self._mark = mark
        self._since = guardian.started(os.getpid())
        self._terminal = streams.terminal
        self.pump = Pump(capture, streams.routes)

    def send(self, signum: int, *, group: bool = False) -> None:
        """Send it a signal; `group` means the whole process group, as a terminal does."""
        if signum == signal.SIGWINCH and self._terminal is not None:
            resize(self._terminal)
        if self.code is None:
            with suppress(OSError):
                (os.killpg if group else os.kill)(self.pid, signum)

    def reap(self) -> None:
        """Take note of every process that has ended; as pid 1 or subreaper orphans are ours to reap."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                if pid == self.pid:
                    self._ended(os.waitstatus_to_exitcode(status))

    def finish(self, spare: frozenset[int] = frozenset()) -> set[int]:
        """After its end: end what is left of the launch, take the last output; returns what could not be ended."""
        left: set[int] = set()
        if sys.platform == "linux":
            left = guardian.end(self.pid, self._mark, os.getpid(), self._since, spare)
        else:
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        self.pump.join(_DRAIN)
        return left

    def silence(self) -> float:
        """Seconds since it last printed something."""
        return time.monotonic() - self.pump.heard

    def _ended(self, code: int) -> None:
        self._process.returncode = code
        self.killed_by = max(0, -code)
        self.code = 128 - code if code < 0 else code
