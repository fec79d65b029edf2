"""Words written into PowerShell: into a command, between blanks, or into an array, between commas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.commas import CommaListing
from vllm_doctor.launch.hosted.unit_words import UnitListing
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.hosted.cells import Cell
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.text import Edit

_BARE = pattern(r"[\w./:=+-]+")


class PowerShellListing(UnitListing):
    """The words of a command; those of the rows `arrays` stand in arrays."""

    continued = pattern(r"[ \t]*`[ \t]*\r?\n[ \t]*")
    gap = pattern(r"(?:[ \t]|`[ \t]*\r?\n)+")

    def __init__(self, text: str, arrays: set[int]) -> None:
        super().__init__(text)
        self.arrays, self.commas = arrays, _Array(text)

    def whole(self, cell: Cell | None, value: str) -> str | None:
        """A word in the quotes of `cell`, else bare, else in single quotes."""
        raw = cell.span.of(self.text)[:1] if cell else ""
        if raw != '"' and raw != "'" and _BARE.fullmatch(value):
            return value
        quote = '"' if raw == '"' else "'"
        return quote + _escaped(value, quote) + quote

    def part(self, cell: Cell, place: int, value: str) -> str | None:
        """A piece of a word; None where the word would need quotes that it has not."""
        raw = cell.span.of(self.text)
        if raw[0] in "'\"" and raw.endswith(raw[0]):
            return _escaped(value, raw[0])
        bare = not value or _BARE.fullmatch(value)
        return value if bare and "'" not in raw and '"' not in raw else None

    def insert(self, cells: Sequence[Cell], after: int, values: Sequence[str]) -> Edit | None:
        """New words behind one."""
        if cells[after].row in self.arrays:
            return self.commas.insert(cells, after, values)
        return super().insert(cells, after, values)

    def delete(self, cells: Sequence[Cell], gone: Sequence[int]) -> Edits | None:
        """Words taken out with their blanks or commas."""
        if all(cells[at].row in self.arrays for at in gone):
            return self.commas.delete(cells, gone)
        return super().delete(cells, gone)


class _Array(CommaListing):
    def whole(self, cell: Cell | None, value: str) -> str | None:
        raw = cell.span.of(self.text)[:1] if cell else ""
        quote = raw if raw in ("'", '"') else "'"
        return quote + _escaped(value, quote) + quote


def _escaped(value: str, quote: str) -> str:
    if quote == "'":
        return value.replace("'", "''")
    for char in '`"$':
        value = value.replace(char, "`" + char)
    return value
