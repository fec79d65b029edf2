"""Words between commas: put in and taken out with the commas, blanks and lines that the list has."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from vllm_doctor.launch.options import is_flag
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.hosted.cells import Cell
    from vllm_doctor.launch.writer import Edits

_GAP = pattern(r"\s*,(?:[^\S\n]*\\?\n)*\s*")


class CommaListing:
    """A list whose words are separated by commas; subclasses say how a word is written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def whole(self, cell: Cell | None, value: str) -> str | None:
        """A word anew, in the quotes of `cell`."""
        raise NotImplementedError

    def insert(self, cells: Sequence[Cell], after: int, values: Sequence[str]) -> Edit | None:
        """New words behind one, separated as others of the list are."""
        if after < 0:
            return self._before(cells, values)
        near = cells[after]
        end, made = near.span.end, ""
        for value in values:
            written = self.whole(near, value)
            if written is None:
                return None
            made += self._gap(cells, near.row, is_flag(value)) + written
        return Edit(Span(end, end), made)

    def _before(self, cells: Sequence[Cell], values: Sequence[str]) -> Edit | None:
        if not cells:
            return None
        start = cells[0].span.start
        written = [self.whole(cells[0], value) for value in values]
        if any(one is None for one in written):
            return None
        return Edit(Span(start, start), "".join(f"{one}, " for one in written))

    def _gap(self, cells: Sequence[Cell], row: int, before_flag: bool) -> str:
        """What stands between two words where the second is (or is not) a flag, as near the end as can be."""
        found = ""
        for one, two in pairwise(cells):
            gap = self.text[one.span.end : two.span.start] if one.row == two.row == row else ""
            if _GAP.fullmatch(gap) and (is_flag(two.value) == before_flag or not found):
                found = gap
        return found or ", "

    def delete(self, cells: Sequence[Cell], gone: Sequence[int]) -> Edits | None:
        """Words of one list taken out, each with the comma before it (the first ones: behind it)."""
        edits: list[Edit] = []
        for row in dict.fromkeys(cells[at].row for at in gone):
            inside = [at for at in range(len(cells)) if cells[at].row == row]
            mine = [at for at in gone if cells[at].row == row]
            edit = self._without(cells, inside, mine)
            if edit is None:
                return None
            edits.append(edit)
        return tuple(edits)

    def _without(self, cells: Sequence[Cell], inside: Sequence[int], mine: Sequence[int]) -> Edit | None:
        if mine[0] > inside[0]:
            return self._cut(cells[mine[0] - 1].span.end, cells[mine[-1]].span.end)
        if mine[-1] < inside[-1]:
            return self._cut(cells[mine[0]].span.start, cells[mine[-1] + 1].span.start)
        return None

    def _cut(self, start: int, end: int) -> Edit | None:
        return Edit(Span(start, end), "") if "#" not in self._outside_words(start, end) else None

    def _outside_words(self, start: int, end: int) -> str:
        return re.sub(r"""'[^'\n]*'|"(?:[^"\\\n]|\\.)*\"""", "", self.text[start:end])
