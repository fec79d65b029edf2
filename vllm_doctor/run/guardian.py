"""The processes of a launch, found and ended; run as a program, it does so when its parent is gone.

A launch's processes are told by the session that its first process leads, or by a variable that all of them inherit.
vLLM's engine and workers overwrite their environment with a title (setproctitle), so one sign is not enough. What
leaves the session and drops the variable too is found only while this process lives, as its descendant.

As a program it imports nothing of the package and outlives kill -KILL of its parent: it reads the number of the current
session from standard input, one a line, and at the end of the input ends what is left of the last one.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
MARKER = "VLLM_DOCTOR_RUN"
PATIENCE = 0.5
"""Seconds that processes have to end by themselves, and then again after SIGTERM."""
LIMIT = 4.0
_PAUSE = 0.05
_STATE, _PARENT, _SESSION, _STARTED = 0, 1, 3, 19
"""Fields of /proc/PID/stat after the name in brackets (proc(5))."""


def members(session: int, mark: str, ancestor: int = 0, since: int = 0) -> set[int]:
    """The living processes of a launch: those of its session, with its mark, or below `ancestor`.

    `since` is a time as /proc/PID/stat counts it (ticks since the boot); what was started before it is none of ours.
    """
    stats = {int(entry.name): fields for entry in _processes() if (fields := stat(entry))}
    sign = f"{MARKER}={mark}".encode()
    own = os.getpid()
    found: set[int] = set()
    for pid, fields in stats.items():
        if pid == own or fields[_STATE] in "ZX" or int(fields[_STARTED]) < since:
            continue
        if int(fields[_SESSION]) == session or sign in _environment(pid) or _below(pid, ancestor, stats):
            found.add(pid)
    return found


def started(pid: int) -> int:
    """When a process was started, in ticks since the boot; 0 where that is not known."""
    fields = stat(PROC / str(pid))
    return int(fields[_STARTED]) if fields else 0


def stat(entry: Path) -> list[str] | None:
    """The fields of a process after its name; None for one that is gone."""
    try:
        return (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None


def end(session: int, mark: str, ancestor: int = 0, since: int = 0, spare: frozenset[int] = frozenset()) -> set[int]:
    """End what is left of a launch within a few seconds; returns what could not be ended."""
    began = time.monotonic()
    left: set[int] = set()
    while (passed := time.monotonic() - began) < LIMIT:
        left = members(session, mark, ancestor, since) - spare
        if not left:
            return left
        if passed >= PATIENCE:
            _send(left, signal.SIGTERM if passed < 2 * PATIENCE else signal.SIGKILL)
        _reap(ancestor)
        time.sleep(_PAUSE)
    return left


def _send(pids: set[int], signum: int) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, signum)


def _reap(ancestor: int) -> None:
    """Take leave of orphans that came to us, where we are the ancestor."""
    if ancestor == os.getpid():
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _processes() -> list[Path]:
    try:
        return [entry for entry in PROC.iterdir() if entry.name.isdigit()]
    except OSError:
        return []


def _environment(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return b""


def _below(pid: int, ancestor: int, stats: dict[int, list[str]]) -> bool:
    seen: set[int] = set()
    while ancestor and pid in stats and pid not in seen:
        seen.add(pid)
        pid = int(stats[pid][_PARENT])
        if pid == ancestor:
            return True
    return False


def main(mark: str) -> None:
    """Wait until standard input ends, then end the session that it named last."""
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(signum, signal.SIG_IGN)
    since = started(os.getpid())
    session = 0
    for line in sys.stdin:
        session = int(line)
    if session:
        end(session, mark, since=since)


if __name__ == "__main__":
    main(sys.argv[1])
