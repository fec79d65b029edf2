"""The streams: how wide, whether coloured, in which encoding; and standard input that may say nothing."""

from __future__ import annotations

import os
import select
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

SILENCE = 5.0
BLOCK = 1 << 18


@dataclass(frozen=True)
class Look:
    """How text is drawn on standard output: columns, colour, encoding."""

    width: int
    color: bool
    encoding: str


def look(color: str) -> Look:
    """The look of standard output; `color` is auto, always or never. NO_COLOR and FORCE_COLOR are kept to."""
    tty = sys.stdout.isatty()
    wanted = color == "always" or (color == "auto" and (bool(os.environ.get("FORCE_COLOR")) or tty))
    if color == "auto" and (os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"):
        wanted = False
    width = shutil.get_terminal_size((80, 24)).columns if tty or os.environ.get("COLUMNS") else 80
    return Look(max(30, min(width, 120)), wanted, sys.stdout.encoding or "ascii")


def write(text: str) -> None:
    """Write to standard output; a reader that went away ends the program quietly."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.buffer.write(text.encode(encoding, "backslashreplace") + b"\n")
        sys.stdout.flush()


def standard_input() -> Iterator[bytes]:
    """Standard input in blocks; one line on standard error when it says nothing for a while."""
    stream = sys.stdin.buffer
    _hint_when_silent(stream.fileno())
    read = getattr(stream, "read1", stream.read)
    while block := read(BLOCK):
        yield block


def _hint_when_silent(descriptor: int) -> None:
    try:
        ready, _, _ = select.select([descriptor], [], [], SILENCE)
    except (OSError, ValueError):
        return
    if not ready:
        sys.stderr.write("vllm-doctor: waiting for a log on standard input (end it with Ctrl-D)\n")
        sys.stderr.flush()
