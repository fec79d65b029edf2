"""A TOML file as data, and the line at which a key stands, which no TOML reader tells."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import InputError
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PART = r"""(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)"""
_KEY = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = pattern(rf"[ \t]*\[\[?[ \t]*({_KEY})[ \t]*\]")
_SETS = pattern(rf"[ \t]*({_KEY})[ \t]*=")
_PARTS = pattern(_PART)
_AT = pattern(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_toml(data: bytes, file: str) -> tuple[dict[str, Any], str]:
    """The data of a TOML file, and its text.

    Raises:
        InputError: it is no TOML.
    """
    from importlib import import_module

    tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        raise InputError(f"is no UTF-8 text (byte {error.start})", file) from error
    except RecursionError as error:
        raise InputError("is nested too deeply", file) from error
    except ValueError as error:  # TOMLDecodeError is one
        found = _AT.search(str(error))
        at = (
            f":{found[1]}:{found[2]}" if found and found[1] else f":{text.rstrip().count(chr(10)) + 1}" if found else ""
        )
        what = str(error)[: found.start()] if found else str(error)
        raise InputError(f"is no TOML: {what}", f"{file}{at}") from error


def line_of(text: str, path: Sequence[str]) -> int:
    """The line, from 1, at which the key of this path is set, else where the nearest table above it begins."""
    best, depth = 1, 0
    for number, keys in _set_in(text):
        if keys[: len(path)] == tuple(path):
            return number
        if len(keys) > depth and keys == tuple(path[: len(keys)]):
            best, depth = number, len(keys)
    return best


def _set_in(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each line that opens a table or sets a key, with the key's whole path."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if opened := _HEADER.match(line):
            table = _parts(opened[1])
            yield number, table
        elif made := _SETS.match(line):
            yield number, (*table, *_parts(made[1]))


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _PARTS.findall(key))
