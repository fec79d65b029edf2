"""What breaks a command that a shell text means, and the text as it was meant.

    text -lex-> tokens -repairs-> Repair (what, where, the edits that mend it) -meant-> Source of the mended text

The readers read the meant text, so that the launch says what its writer wanted; the same edits mend the file.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from vllm_doctor.launch.lexer import closed, lex
from vllm_doctor.launch.source import Source
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span, apply
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# what any repair begins with; a text without it is as its writer meant it
_HINT = pattern(
    "\\\\[ \\t]+(?:[#\\n]|\\r\\n|\\Z)|(?<!\\\\)\\r?\\n[ \\t]*--?[A-Za-z]|#[^\\n]*\\n\\s*-|\\\\\\r?\\n\\s*(?:#|\\r?\\n)"
    '|[{\\[][ \\t]*"|[ \\t]=|=[ \\t]+[^ \\t-]|[\\u00a0\\u2000-\\u200b\\u202f\\u205f\\u3000\\ufeff'
    "\\u2010-\\u201f\\u2212\\ufe58\\ufe63\\uff0d\\uff02\\uff07]"
)
_BREAKS = "\\\n#{[="
"""One of which every hint of ASCII characters has."""
_MOST, _PASSES = 200, 3


@dataclass(frozen=True, slots=True)
class Repair:
    """A break of a command and what mends it.

    `how` names the break. `span` is the place to show. `edits` make the text say what was meant; `keeps` are more
    edits for a person's file, which put comments that stood in the way before the command.
    """

    how: str
    span: Span
    edits: tuple[Edit, ...]
    keeps: tuple[Edit, ...] = ()


def may_be_broken(text: str) -> bool:
    """Whether a text has anything with which a repair begins."""
    plain = text.isascii() and not any(character in text for character in _BREAKS)
    return not plain and _HINT.search(text) is not None


def repairs(text: str) -> tuple[Repair, ...]:
    """The breaks of all commands of a shell text that may start vLLM, in their order."""
    if not may_be_broken(text):
        return ()
    from vllm_doctor.launch.broken import lines, typography, words

    found: list[Repair] = []
    tokens = lex(text)
    steps = (typography.repairs, words.repairs, lines.repairs)
    for step in steps:
        for repair in step(tokens, text):
            if len(found) < _MOST and not any(_clash(repair, other) for other in found):
                found.append(replace(repair, edits=tuple(_smallest(text, edit) for edit in repair.edits)))
    return tuple(sorted(found, key=lambda repair: repair.span))


def _smallest(text: str, edit: Edit) -> Edit:
    """The edit without what it leaves as it is at its end and at its start."""
    old, new = edit.span.of(text), edit.new
    tail = 0
    while tail < min(len(old), len(new)) and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    return Edit(Span(edit.span.start + head, edit.span.end - tail), new[head:])


def _clash(one: Repair, two: Repair) -> bool:
    return any(a.span.overlaps(b.span) or a.span == b.span for a in one.edits for b in two.edits)


def meant(source: Source) -> Source:
    """The text with all breaks mended, each character with its place; the same source where there are none."""
    for _ in range(_PASSES):
        edits = [edit for repair in repairs(source.inner) for edit in repair.edits]
        if not edits or not closed(apply(source.inner, edits)):
            break
        source = edited(source, edits)
    return source


def edited(source: Source, edits: Sequence[Edit]) -> Source:
    """A source after edits of its inner text; what an edit puts in stands where the edit does."""
    inner: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        start, end = edit.span.start, edit.span.end
        inner += [source.inner[at:start], edit.new]
        starts += source.starts[at:start]
        ends += source.ends[at:start]
        for place in _places(source, edit):
            starts.append(place.start)
            ends.append(place.end)
        at = end
    inner.append(source.inner[at:])
    return Source(
        source.outer, "".join(inner), [*starts, *source.starts[at:]], [*ends, *source.ends[at:]], source.depth
    )


def _places(source: Source, edit: Edit) -> Iterator[Span]:
    """Where each character that an edit puts in stands: character for character, or all over its place."""
    start, end = edit.span.start, edit.span.end
    if len(edit.new) == end - start:
        yield from (source.span(Span(at, at + 1)) for at in range(start, end))
        return
    place = source.span(edit.span) if end > start else _between(source, start)
    yield from (place for _ in edit.new)


def _between(source: Source, at: int) -> Span:
    place = source.ends[at - 1] if at else (source.starts[0] if source.starts else 0)
    return Span(place, place)
