"""Writing a mended file: whole or not at all, with its mode, and nothing of the user's lost."""

from __future__ import annotations

import os
from pathlib import Path

from vllm_doctor.errors import InputError
from vllm_doctor.text import unified

BOM = b"\xef\xbb\xbf"


def write_atomically(path: Path, text: str) -> None:
    """Put a text in a file's place, or where there was none; a byte order mark and the mode stay, and so does a link.

    Raises:
        InputError: the folder cannot be written; the file is then as it was.
    """
    import tempfile

    real = Path(os.path.realpath(path))
    try:
        mark, mode = _kept(real)
        handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        try:
            with os.fdopen(handle, "wb") as new:
                new.write(mark + text.encode("utf-8"))
                new.flush()
                os.fsync(new.fileno())
            Path(name).chmod(mode)
            Path(name).replace(real)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror or error}", str(path), "The file is unchanged."
        ) from error


def _kept(path: Path) -> tuple[bytes, int]:
    """The byte order mark and the mode of a file; of one that is not there, those of a new one."""
    try:
        with path.open("rb") as old:
            return (BOM if old.read(len(BOM)) == BOM else b""), path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return b"", 0o666 & ~mask


def diff(before: str, after: str, name: str) -> str:
    """A unified diff as `patch` takes it, but for secrets, which are masked."""
    from vllm_doctor.masking import mask

    return unified(mask(before), mask(after), name or "command")
