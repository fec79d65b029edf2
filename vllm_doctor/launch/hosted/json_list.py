"""A JSON array of strings, as Docker's exec form has it, and words written into one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.cells import Cell
from vllm_doctor.launch.hosted.commas import CommaListing
from vllm_doctor.launch.quoting import Piece
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from vllm_doctor.launch.source import Source

_STRING = pattern(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_MEANT = pattern(r"""'[^']*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_CHARACTER = pattern(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
_LIKE_LIST = pattern(r"""\[(?:\s*(?:'[^']*'|"(?:[^"\\]|\\.)*")\s*(?:,|(?=\])))*\s*\]""", re.DOTALL)


class JsonListing(CommaListing):
    """Words written as JSON strings."""

    def whole(self, cell: Cell | None, value: str) -> str | None:
        """A JSON string."""
        return json.dumps(value, ensure_ascii=False)

    def part(self, cell: Cell, place: int, value: str) -> str | None:
        """A part of a JSON string."""
        return json.dumps(value, ensure_ascii=False)[1:-1]


def json_cells(source: Source, row: int = 0) -> list[Cell] | None:
    """The strings of a text that is one JSON array of strings; None for any other text."""
    text = source.inner.strip()
    if not text.startswith("["):
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, list) or not all(isinstance(item, str) for item in said):
        return None
    return [_cell(source, found, row) for found in _STRING.finditer(source.inner)]


def meant_cells(source: Source, row: int = 0) -> list[Cell] | None:
    """The strings of a text that was meant as such an array: in single quotes, or with a comma too many."""
    if not _LIKE_LIST.fullmatch(source.inner.strip()):
        return None
    return [_cell(source, found, row, fixed=True) for found in _MEANT.finditer(source.inner)]


def _cell(source: Source, found: re.Match[str], row: int, fixed: bool = False) -> Cell:
    pieces: list[Piece] = []
    for char in _CHARACTER.finditer(source.inner, found.start() + 1, found.end() - 1):
        span = source.span(Span(char.start(), char.end()))
        value = char[0] if len(char[0]) == 1 or fixed else json.loads(f'"{char[0]}"')
        pieces.append(Piece(value, span.start, span.end))
    return Cell(source.span(Span(found.start(), found.end())), tuple(pieces), row, fixed)
