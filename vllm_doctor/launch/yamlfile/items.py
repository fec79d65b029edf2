"""Items put into a YAML list and taken out of it, by its own lines or commas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.options import is_flag
from vllm_doctor.launch.yamlfile.writing import newline_of
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.tree import Node

_DASH = pattern(r"[ \t]*-[ \t]+")
_GAP = pattern(r"\s*,\s*")


def line_start(text: str, at: int) -> int:
    """Where the line of `at` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """The end of the line of `at`, its line break included."""
    close = text.find("\n", at)
    return len(text) if close < 0 else close + 1


def after_line(text: str, at: int, lines: Sequence[str]) -> Edit:
    """Whole lines put below the line of `at`."""
    newline = newline_of(text)
    end = line_end(text, at)
    block = newline.join(lines)
    if end == len(text) and not text.endswith("\n"):
        return Edit(Span(end, end), newline + block)
    return Edit(Span(end, end), block + newline)


def add_lines(text: str, node: Node, at: int, items: Sequence[str]) -> Iterator[Edits]:
    """New items of a block list below item `at`, with the dash and indentation of the one above."""
    lead = lead_of(text, node, at)
    if lead is not None:
        yield (after_line(text, node.items[at].end, [lead + item for item in items]),)


def lead_of(text: str, node: Node, at: int) -> str | None:
    """What stands before an item of a block list, or before another of it: blanks and the dash."""
    others = (found for i in range(len(node.items)) if (found := _lead(text, node, i)))
    return _lead(text, node, at) or next(others, None)


def _lead(text: str, node: Node, at: int) -> str | None:
    """What stands before an item on its line, when that is only its dash."""
    item = node.items[at]
    lead = text[line_start(text, item.start) : item.start]
    return lead if _DASH.fullmatch(lead) else None


def joined(text: str, node: Node, at: int, items: Sequence[str], flags: Sequence[bool]) -> Edit:
    """New items of a flow list behind item `at`, with commas and breaks as the list has them."""
    end = node.items[at].end
    pieces = [_gap(text, node, flag) + item for item, flag in zip(items, flags, strict=True)]
    return Edit(Span(end, end), "".join(pieces))


def _gap(text: str, node: Node, before_flag: bool) -> str:
    """What stands between two items where the second is (or is not) a flag, as near the end as can be."""
    found = ""
    for one, two in zip(node.items, node.items[1:], strict=False):
        gap = text[one.end : two.start]
        if _GAP.fullmatch(gap) and (is_flag(two.value) == before_flag or not found):
            found = gap
    return found or ", "


def drop_items(text: str, node: Node, gone: Sequence[int]) -> Iterator[Edits]:
    """Items taken out with their lines, or with one comma each; a flow list may become empty."""
    if node.flow and len(gone) == len(node.items):
        yield (Edit(Span(node.items[0].start, node.items[-1].end), ""),)
        return
    if not node.flow:
        spans = [_lines_of(text, node.items[at]) for at in gone]
        if all(spans):
            yield tuple(Edit(span, "") for span in spans if span)
        return
    edits: list[Edit] = []
    for run in _runs(gone):
        first, last = node.items[run[0]], node.items[run[-1]]
        if run[0]:
            edits.append(Edit(Span(node.items[run[0] - 1].end, last.end), ""))
        elif run[-1] + 1 < len(node.items):
            edits.append(Edit(Span(first.start, node.items[run[-1] + 1].start), ""))
    yield tuple(edits)


def _runs(indices: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][-1] + 1 == index:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _lines_of(text: str, item: Node) -> Span | None:
    """The lines of an item of a block list, when nothing else stands on them."""
    start = line_start(text, item.start)
    if not _DASH.fullmatch(text[start : item.start]):
        return None
    end = line_end(text, item.end)
    rest = text[item.end : end].strip()
    return Span(start, end) if not rest or rest.startswith("#") else None
