"""Logs, however they are given: a text, a file, a stream."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from vllm_doctor.errors import InputError
from vllm_doctor.log import read_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vllm_doctor.finding import Diagnosis
    from vllm_doctor.log.types import Log

LogInput: TypeAlias = "str | bytes | os.PathLike[str] | IO[bytes] | Iterable[bytes]"
BLOCK = 1 << 18


def read(log: LogInput, name: str) -> Log:
    """A log, read; see `diagnose`."""
    if isinstance(log, (str, bytes)):
        read = read_log([log.encode("utf-8", "surrogateescape") if isinstance(log, str) else log], name or "log")
    elif isinstance(log, os.PathLike):
        path = Path(log)
        if "\0" in str(log):
            raise InputError("is no name of a file", str(log), "Give a log file.")
        try:
            with path.open("rb") as stream:
                _refuse_device(stream, name or str(log))
                read = read_log(_blocks(stream), name or str(log))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", str(log), "Give a log file.") from error
    else:
        stream_name = name or str(getattr(log, "name", "log"))
        read = read_log(_chunks(log), stream_name)
    if not read.lines:
        raise _no_log("this is no vLLM log" if read.bytes else "this log is empty", read)
    return read


def _refuse_device(stream: IO[bytes], name: str) -> None:
    """A pipe is read as a shell's `<(...)` is, and so is a terminal; most devices never end.

    Raises:
        InputError: it is such a device.
    """
    mode = os.fstat(stream.fileno())
    device = stat.S_ISBLK(mode.st_mode) or (stat.S_ISCHR(mode.st_mode) and not stream.isatty())
    if device and not os.path.samestat(mode, Path(os.devnull).stat()):
        raise InputError("is a device, which may never end", name, "Give a log file.")


def refuse_other(log: Log, made: Diagnosis) -> None:
    """Refuse what shows neither vLLM's hand nor a cause: one line of an exception often lacks its name.

    Raises:
        InputError: it is no log of vLLM.
    """
    sure = made.root_cause and made.root_cause.confidence != "possible"
    if not log.vllm and not sure:
        raise _no_log("this is no vLLM log", log)


def _no_log(what: str, log: Log) -> InputError:
    do = "Pipe in what the server printed, from its start: `docker logs NAME 2>&1`, `kubectl logs POD --previous`."
    return InputError(what, log.name, do)


def _chunks(log: IO[bytes] | Iterable[bytes]) -> Iterable[bytes]:
    return _blocks(log) if isinstance(log, io.IOBase) or hasattr(log, "read") else log  # type: ignore[arg-type]


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """What is there, block by block; a live pipe gives what it has without waiting for a full block."""
    read = getattr(stream, "read1", stream.read)
    while block := read(BLOCK):
        yield block
