"""Where a command's output goes: into a pseudo-terminal where ours is a terminal, else into pipes."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field

OUT, ERR = 1, 2
_PIPE = 1 << 18


@dataclass
class Streams:
    """Descriptors for a command to write to (`out`, `err`), and what is read from where to where (`routes`)."""

    out: int
    err: int
    routes: list[tuple[int, int]] = field(default_factory=list)
    terminal: int | None = None
    """Our end of the pseudo-terminal."""

    def close_theirs(self) -> None:
        """Close the command's ends in this process: only then does its output come to an end."""
        for descriptor in {self.out, self.err}:
            os.close(descriptor)

    def close(self) -> None:
        """Close all of them, where the command could not be started."""
        self.close_theirs()
        for source, _ in self.routes:
            os.close(source)


def open_streams() -> Streams:
    """A pty when standard output is a terminal (standard error with it if it is one too), else two pipes."""
    if not os.isatty(OUT):
        (our_out, out), (our_err, err) = _pipe(), _pipe()
        return Streams(out, err, [(our_out, OUT), (our_err, ERR)])
    ours, theirs = _pty()
    if os.isatty(ERR):
        return Streams(theirs, theirs, [(ours, OUT)], ours)
    our_err, err = _pipe()
    return Streams(theirs, err, [(ours, OUT), (our_err, ERR)], ours)


def _pipe() -> tuple[int, int]:
    """A pipe that holds more than usual where the system allows it (Linux), for fewer turns between processes."""
    import fcntl

    ours, theirs = os.pipe()
    with suppress(AttributeError, OSError):
        fcntl.fcntl(ours, fcntl.F_SETPIPE_SZ, _PIPE)
    return ours, theirs


def _pty() -> tuple[int, int]:
    """A pseudo-terminal that changes no byte: the real terminal beyond it turns newlines into its own."""
    import pty
    import termios

    ours, theirs = pty.openpty()
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.OPOST
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    resize(ours)
    return ours, theirs


def resize(terminal: int) -> None:
    """Give a pseudo-terminal the size of ours."""
    import fcntl
    import termios

    with suppress(OSError):
        size = fcntl.ioctl(OUT, termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
