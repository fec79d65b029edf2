"""A line of a reviewed text with a caret under what is meant, in terminal columns.

The text is a stranger's: secrets are hidden and controls made visible before anything is drawn, and the caret stands
under what is drawn. A line that cannot be hidden and lined up for certain is not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.masking import MASKED, is_hidden, mask, mask_argv
from vllm_doctor.report.layout import columns
from vllm_doctor.report.safe import clean, encodable
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.finding import LaunchReview, Region, Review
    from vllm_doctor.report.pen import Pen

_TAB = 4
_SHORTEST = 4
"""Characters that a value needs before it is hidden wherever it stands."""
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Cell:
    """What is drawn for the characters `start` to `end` of a line, in `width` columns."""

    drawn: str
    start: int
    end: int
    width: int


class Quoter:
    """Quotes lines of one review's text; it is masked once, when the first is asked for."""

    def __init__(self, pen: Pen, review: Review) -> None:
        self._pen = pen
        self._review = review
        self._lines: list[tuple[str, str]] | None = None

    def lines(self, region: Region | None, style: str) -> list[str]:
        """The first line of a region and the caret line below it; nothing where it cannot be shown."""
        if region is None:
            return []
        if self._lines is None:
            self._lines = _masked(self._review)
        if not 0 < region.line <= len(self._lines):
            return []
        raw, masked = self._lines[region.line - 1]
        start = region.col - 1
        end = region.end_col - 1 if region.end_line == region.line else len(raw)
        cells = _cells(raw, masked, self._pen.encoding)
        return _drawn(self._pen, cells, region.line, (start, end), style) if cells else []


def _masked(review: Review) -> list[tuple[str, str]]:
    """Each line as it is and as it may be shown; none where the two cannot be told apart line by line."""
    raw, masked = _split(review.text), _split(mask(review.text))
    if len(raw) != len(masked):
        return []
    secrets = sorted({value for launch in review.launches for value in _secrets(launch)}, key=len, reverse=True)
    for value in secrets:
        masked = [line.replace(value, MASKED) for line in masked]
    return list(zip(raw, masked, strict=True))


def _split(text: str) -> list[str]:
    """The lines as editors count them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _secrets(launch: LaunchReview) -> Iterator[str]:
    """Values of a launch that are hidden in its arguments and variables."""
    hidden = mask_argv(launch.argv)
    found = [word for word, shown in zip(launch.argv, hidden, strict=True) if shown == MASKED]
    found += [value for name, value in launch.env.items() if value and is_hidden(name)]
    for value in found:
        if len(value) >= _SHORTEST and not value.startswith(("$", "{")):
            yield value


def _cells(raw: str, masked: str, encoding: str) -> list[Cell] | None:
    """The line in cells; None where what is hidden cannot be found in it, or it is too long to be worth it."""
    if len(raw) > _LONGEST:
        return None
    cells: list[Cell] = []
    at = used = 0
    pieces = masked.split(MASKED)
    for index, piece in enumerate(pieces):
        last = index == len(pieces) - 1
        begin = len(raw) - len(piece) if last else raw.find(piece, at)
        if begin < at or (not index and begin) or not raw.startswith(piece, begin):
            return None
        if index:
            cells.append(Cell(MASKED, at, begin, len(MASKED)))
            used += len(MASKED)
        for offset, char in enumerate(piece, begin):
            drawn = " " * (_TAB - used % _TAB) if char == "\t" else encodable(clean(char), encoding)
            cells.append(Cell(drawn, offset, offset + 1, columns(drawn)))
            used += cells[-1].width
        at = begin + len(piece)
    return cells


def _drawn(pen: Pen, cells: Sequence[Cell], number: int, meant: tuple[int, int], style: str) -> list[str]:
    gutter = f"  {number} | "
    mark = pen.sign("…")
    before, shown, after = _window(cells, meant[0], pen.width - len(gutter), len(mark))
    text = (mark if before else "") + "".join(cell.drawn for cell in shown) + (mark if after else "")
    left = len(mark) if before else 0
    left += sum(cell.width for cell in shown if cell.end <= meant[0])
    left = min(left, pen.width - len(gutter) - 1)  # the end of a line that fills the width
    under = sum(cell.width for cell in shown if cell.end > meant[0] and cell.start < meant[1])
    bar = " " * (len(gutter) - 2) + "| "
    return [
        pen.paint(gutter, "dim") + text.rstrip(),
        pen.paint(bar, "dim") + " " * left + pen.paint("^" * max(under, 1), style),
    ]


def _window(cells: Sequence[Cell], at: int, room: int, mark: int) -> tuple[bool, Sequence[Cell], bool]:
    """The cells to draw in `room` columns, around the one at character `at`, and whether others are before or after."""
    if sum(cell.width for cell in cells) <= room:
        return False, cells, False
    first = next((index for index, cell in enumerate(cells) if cell.end > at), len(cells))
    left = _back(cells, first, room // 3)
    if sum(cell.width for cell in cells[left:]) <= room - mark:
        return True, cells[_back(cells, len(cells), room - mark) :], False
    room -= 2 * mark if left else mark
    end, used = left, 0
    while end < len(cells) and used + cells[end].width <= room:
        used += cells[end].width
        end += 1
    return left > 0, cells[left:end], True


def _back(cells: Sequence[Cell], end: int, room: int) -> int:
    """From which cell on those before `end` take at most `room` columns."""
    at, used = end, 0
    while at > 0 and used + cells[at - 1].width <= room:
        at -= 1
        used += cells[at].width
    return at
