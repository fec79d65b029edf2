"""JSON files of a model folder, read as hostile input.

A config comes from whoever published the model. It is read only when it is a regular file under 4 MiB inside
its own folder, and anything odd in it becomes an `InputError` with one sentence.
"""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, NoReturn

from vllm_doctor.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 4 * 1024 * 1024
"""The largest file that is read whole."""


MAX_DIGITS = 40
"""The longest whole number that is converted (before Python 3.10.7 nothing else bounds the time)."""


def root_of(folder: Path) -> Path:
    """The folder that a model's files may not lead out of.

    A snapshot of the Hugging Face cache links to `blobs/` beside it, so there it is the repository's folder.
    """
    real = folder.resolve()
    return real.parents[1] if real.parent.name == "snapshots" and len(real.parents) > 1 else real


def is_inside(path: Path, root: Path) -> bool:
    """Whether `path`, links followed, is a regular file inside `root`. False for what does not exist."""
    try:
        real = path.resolve(strict=True)
        return real.is_relative_to(root) and stat.S_ISREG(real.stat().st_mode)
    except (OSError, RuntimeError, ValueError):
        return False


def read_json(path: Path, root: Path) -> dict[str, object]:
    """The object that a JSON file holds.

    Raises:
        InputError: not a regular file inside `root`, over 4 MiB, no UTF-8, no JSON object, or JSON made to
            hurt (NaN, numbers of thousands of digits, nesting too deep).
    """
    if not is_inside(path, root):
        raise InputError("is not a regular file inside the model's folder", path.name)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or 'unknown error'})", path.name) from error
    if len(raw) > MAX_BYTES:
        raise InputError("is over 4 MiB, which no model config is", path.name)
    return parse_object(raw, path.name)


def parse_object(raw: bytes, where: str) -> dict[str, object]:
    """The object in a JSON text; see `read_json` for what is refused."""
    try:
        data = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", where) from error
    except RecursionError as error:
        raise InputError("is nested too deep", where) from error
    except ValueError as error:
        reason = (
            str(error).splitlines()[0]
            if isinstance(error, json.JSONDecodeError)
            else "a number is out of range"
        )
        raise InputError(f"is not valid JSON ({reason})", where) from error
    if not isinstance(data, dict):
        raise InputError("holds no JSON object", where)
    return data


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is no JSON number", name, 0)
