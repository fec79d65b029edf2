"""What is read of a file: bytes become text, or the reason why they do not.

A file that somebody named is read whatever it is. One that a walk found is read only if it speaks of vLLM, and what
is wrong with it is a note: nobody asked for that very file.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

MAX_LAUNCH_FILE = 4 << 20
WORD = b"vllm"
_BLOCK = 1 << 18
_HEAD = 8000
"""Bytes in which git looks for a NUL to tell a binary file."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_EVIDENT = (b"vllm serve", b"vllm.entrypoints")


@dataclass(frozen=True)
class Found:
    """A walked file: its `text` where it speaks of vLLM and can be read, else a `note` where one should be told.

    `speaks` is false for a file without vLLM; `large` is true for one that is too large to look into.
    """

    text: str | None = None
    note: str = ""
    speaks: bool = False
    large: bool = False


_NOTHING = Found()


def read_walked(path: str) -> Found:
    """A walked file, opened once; never blocks, and never raises for what the file is."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        return Found(note=f"cannot be read: {error.strerror or error}")
    try:
        there = os.fstat(handle)
        if not stat.S_ISREG(there.st_mode) or not there.st_size:
            return _NOTHING
        if there.st_size > MAX_LAUNCH_FILE:
            return Found(large=True)
        data = _if_it_speaks(handle)
    except OSError as error:
        return Found(note=f"cannot be read: {error.strerror or error}")
    finally:
        os.close(handle)
    return _NOTHING if data is None else _decoded(data)


def read_named(path: Path) -> tuple[str, str]:
    """The text of a launch file that somebody named, and a note: bytes without vLLM that are no text are no error.

    Raises:
        InputError: it cannot be read, is too large, or speaks of vLLM and is no UTF-8 text.
    """
    try:
        if not path.is_file():
            raise InputError("is no regular file" if path.exists() else "does not exist", str(path))
        if path.stat().st_size > MAX_LAUNCH_FILE:
            raise InputError("is larger than 4 MiB, too large for a launch file", str(path))
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", str(path)) from error
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        wrong = f"is no UTF-8 text (byte {error.start})"
        if _text_of_16_bits(data) is not None:
            raise InputError("is UTF-16 text", str(path), "Save it as UTF-8.") from error
        if WORD in data.lower():
            raise InputError(wrong, str(path)) from error
        return "", wrong


def _if_it_speaks(handle: int) -> bytes | None:
    """All bytes of a text file that holds `vllm` in any case; None for any other, and for a binary one."""
    read: list[bytes] = []
    before, speaks = b"", False
    while block := os.read(handle, _BLOCK):
        wide = (read[0] if read else block).startswith(_UTF_16)
        if not read and not wide and b"\0" in block[:_HEAD]:
            return None
        if not speaks:
            seen = (before + block).lower()
            speaks = WORD in (seen.replace(b"\0", b"") if wide else seen)
            before = block[1 - len(WORD) :]
        read.append(block)
        if sum(map(len, read)) > MAX_LAUNCH_FILE:
            return None  # it grows while it is read
    return b"".join(read) if speaks else None


def _decoded(data: bytes) -> Found:
    try:
        return Found(data.decode("utf-8-sig"), speaks=True)
    except UnicodeDecodeError as error:
        wide = _text_of_16_bits(data)
        if wide is not None:
            evident = any(word.decode() in wide for word in _EVIDENT)
            return Found(note="is UTF-16 text, which is not read: save it as UTF-8" if evident else "", speaks=True)
        evident = any(word in data for word in _EVIDENT)
        return Found(note=f"is no UTF-8 text (byte {error.start}), so it is not read" if evident else "", speaks=True)


def _text_of_16_bits(data: bytes) -> str | None:
    if not data.startswith(_UTF_16):
        return None
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError:
        return None
