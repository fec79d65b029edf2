"""The streams: how wide, whether coloured, in which encoding; and standard input that may say nothing."""

from __future__ import annotations

import os
import select
import sys
from typing import TYPE_CHECKING, BinaryIO, TypedDict

from vllm_doctor.errors import DoctorError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SILENCE = 5.0
"""Seconds for which standard input may say nothing before one line tells that it is waited for."""
BLOCK = 1 << 18
_NARROWEST, _WIDEST, _USUAL = 30, 120, 80


class ReaderGone(Exception):
    """Whoever read standard output has gone, as `head -1` does; no OSError, for click would make it exit 1."""


class Look(TypedDict):
    """How text is drawn on standard output, as the drawing functions of `report` take it."""

    width: int
    colour: bool
    encoding: str


def look(color: str) -> Look:
    """The look of standard output; `color` is auto, always or never. NO_COLOR and FORCE_COLOR are kept to.

    Raises:
        DoctorError: there is none.
    """
    if sys.stdout is None:
        raise DoctorError("is closed", "standard output")
    tty = sys.stdout.isatty()
    wanted = color == "always" or (color == "auto" and (bool(os.environ.get("FORCE_COLOR")) or tty))
    if color == "auto" and (os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"):
        wanted = False
    return {"width": _width(tty), "colour": wanted, "encoding": sys.stdout.encoding or "ascii"}


def error_look() -> Look:
    """The look of standard error, for what is said beside another program's output."""
    tty = sys.stderr is not None and sys.stderr.isatty()
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    encoding = (sys.stderr.encoding if sys.stderr is not None else None) or "ascii"
    return {"width": _width(tty), "colour": tty and not plain, "encoding": encoding}


def _width(tty: bool) -> int:
    if not tty and not os.environ.get("COLUMNS"):
        return _USUAL
    import shutil

    return max(_NARROWEST, min(shutil.get_terminal_size((_USUAL, 24)).columns, _WIDEST))


def write(text: str) -> None:
    """Write a text and its newline to standard output; nothing where the text is empty.

    Raises:
        ReaderGone: nobody reads it any more.
        DoctorError: it cannot be written, for example on a full disk.
    """
    if not text:
        return
    if sys.stdout is None:
        raise DoctorError("is closed", "standard output")
    line = text if text.endswith("\n") else text + "\n"
    try:
        try:
            sys.stdout.write(line)
        except UnicodeEncodeError:
            sys.stdout.buffer.write(line.encode(sys.stdout.encoding or "ascii", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error
    except OSError as error:
        give_up_output()
        raise DoctorError(f"cannot be written: {error.strerror or error}", "standard output") from error


def give_up_output() -> None:
    """Let what is still to be written go nowhere: the interpreter flushes once more at its end, and must not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def asks_a_person(words: Sequence[str]) -> bool:
    """Whether standard input would be read and is a terminal, where nobody knows that a log is waited for."""
    return "--" not in words and sys.stdin is not None and sys.stdin.isatty()


def standard_input() -> Iterator[bytes]:
    """Standard input in blocks; one line on standard error when it says nothing for a while.

    Raises:
        InputError: there is none.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed", "<stdin>", "Give a FILE, or pipe something in.")
    stream = sys.stdin.buffer
    _hint_when_silent(stream)
    read = getattr(stream, "read1", stream.read)
    while block := read(BLOCK):
        yield block


def _hint_when_silent(stream: BinaryIO) -> None:
    try:
        ready, _, _ = select.select([stream], [], [], SILENCE)
    except (OSError, ValueError):
        return  # not something that can be waited for, a file on Windows for example
    if not ready:
        sys.stderr.write("vllm-doctor: waiting for standard input (end it with Ctrl-D)\n")
        sys.stderr.flush()
