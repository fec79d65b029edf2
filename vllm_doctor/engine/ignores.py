"""Comments by which a launch file says what is not to be told: `# vllm-doctor: ignore[rule-id, other-id] why`.

Behind something on a line it is meant for that line; alone on its line for what follows (in YAML and pages: the whole
block that follows); alone on the first line of a file for the file. docs/repositories.md has the words for users.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from vllm_doctor.text import Span

HINT = "vllm-doctor:"
_COMMENT = pattern(
    r"""(?:^|(?<=[\s;]))(?:\[//\]:[ \t]*\#|\{\{-?[ \t]*/\*|<!--|\{\#|<\#|/\*|//|\#+|--|;+|%+|::|\.\."""
    r"""|@?[Rr][Ee][Mm][ \t])"""
    r"""[ \t("']*vllm-doctor:[ \t]*ignore\b(?!-)[ \t]*(?:\[([^\]\n]{0,2000})\]?)?""",
)
_ONLY_COMMENT = pattern(
    r"[ \t]*(?:#|//|/\*|<!--|\{#|\{\{-?[ \t]*/\*|<#|;|%|::|\.\.[ \t](?!\S+::)|\[//\]:|@?[Rr][Ee][Mm]\b)"
)
_BEFORE_FIRST = pattern(r"#!|---|%YAML|<\?xml|\ufeff|@echo|#[ \t]*(?:syntax|escape|check)[ \t]*=|#.*coding[:=]")
_FENCE = pattern(r"[ \t]*(`{3,}|~{3,})")
_IDS = pattern(r"[^\s,]+")
_PAGES = (".md", ".markdown", ".mdx", ".mdown", ".qmd", ".rmd", ".rst", ".rest")
_BLOCKS = (".yaml", ".yml", ".rst", ".rest")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment: the ids that it names, where it stands, and the lines (from 1, both included) for which it is."""

    ids: tuple[str, ...]
    line: int
    col: int
    end_col: int
    first: int
    last: int


class Ignores:
    """The comments of one text."""

    def __init__(self, text: str, file: str) -> None:
        self.items: tuple[Ignore, ...] = ()
        self._starts: Sequence[int] = ()
        if HINT in text:
            lines = text.split("\n")
            self.items = tuple(_read(lines, file.lower()))
            self._starts = [0, *accumulate(len(line) + 1 for line in lines)]

    def meant(self, names: Collection[str], spans: Iterable[Span]) -> list[tuple[Ignore, str]]:
        """The comments, each with the id of its that counts, that silence a finding of these names at these places."""
        if not self.items:
            return []
        ranges = [(self._line(span.start), self._line(max(span.start, span.end - 1))) for span in spans]
        return [
            (one, id_)
            for one in self.items
            for id_ in one.ids
            if id_ in names and any(first <= one.last and one.first <= last for first, last in ranges)
        ]

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)


def _read(lines: Sequence[str], file: str) -> Iterator[Ignore]:
    top = True
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line) if HINT in line else None
        if found is None:
            top = top and _BEFORE_FIRST.match(line) is not None
            continue
        alone = not line[: found.start()].strip()
        ids = tuple(dict.fromkeys(_IDS.findall(found[1] or "")))
        if not alone:
            first = last = number
        elif top:
            first, last = 1, len(lines)
        else:
            first, last = _block(lines, number, file)
        yield Ignore(ids, number, found.start() + 1, found.end() + 1, first, last)
        top = top and alone


def _block(lines: Sequence[str], after: int, file: str) -> tuple[int, int]:
    """The lines that a comment alone on line `after` is meant for: the next that is no comment, and what it opens."""
    page = file.endswith(_PAGES)
    at = after
    while at < len(lines) and (_ONLY_COMMENT.match(lines[at]) or (page and not lines[at].strip())):
        at += 1
    if at >= len(lines) or not lines[at].strip():
        return after, after
    fence = _FENCE.match(lines[at]) if page else None
    end = at + 1
    if fence:
        while end < len(lines) and not lines[end].strip().startswith(fence[1]):
            end += 1
    elif any(f"{suffix}." in f"{file}." for suffix in _BLOCKS):
        while end < len(lines) and _inside(lines[end], lines[at]):
            end += 1
    return at + 1, end


def _inside(line: str, opener: str) -> bool:
    """Whether a line belongs to the block that another opens: it is indented deeper, or an item of its list."""
    deep, base = (len(one) - len(one.lstrip()) for one in (line, opener))
    item = line.lstrip().startswith("- ") and not opener.lstrip().startswith("- ")
    return not line.strip() or deep > base or (deep == base and item)
