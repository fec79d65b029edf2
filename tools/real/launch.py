"""One real launch: its log on disk, watched until it serves, ends or takes too long; then all of it is ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    from pathlib import Path

STARTED = "Application startup complete"
_LOOK = 0.5


def launch(command: str, log: Path, *, folder: Path, env: dict[str, str], limit: float, port: int | None) -> str:
    """Run a shell command in `folder`; returns "started", "exit N" or "limit" (after `limit` seconds).

    The log's first line is the command. With a `port`, started means that /health answers there, too.
    """
    with log.open("w", encoding="utf-8") as out:
        out.write(f"$ {command}\n")
        out.flush()
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}" if _is_simple(command) else command],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=env,
            cwd=folder,
            start_new_session=True,
        )
        try:
            return _watch(process, log, time.monotonic() + limit, port)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _is_simple(command: str) -> bool:
    """Whether `exec` may stand before it: a shell takes no assignments behind exec."""
    return "=" not in command.split()[0]


def _watch(process: subprocess.Popen[bytes], log: Path, end: float, port: int | None) -> str:
    while time.monotonic() < end:
        time.sleep(_LOOK)
        if process.poll() is not None:
            return f"exit {process.returncode}"
        text = log.read_text("utf-8", "replace").partition("\n")[2]
        if STARTED in text and (port is None or healthy(port)):
            return "started"
    return "limit"


def healthy(port: int) -> bool:
    """Whether a server on this machine answers /health with 200."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def held(port: int) -> socket.socket:
    """A socket that listens on the port, for whoever shall find it taken."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("0.0.0.0", port))
    holder.listen()
    return holder
