"""Where blanks and line continuations stand around the words of a command, so that edits keep its layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.frame import Site
    from vllm_doctor.launch.types import Launch

_BREAK = pattern(r"[ \t]*\\\r?\n[ \t]*")
_GAP = pattern(r"(?:[ \t]|\\?\r?\n)*")
_BLANKS = pattern(r"[ \t]*")
_AFTER = pattern(r"[ \t]*(?:\\\r?\n[ \t]*)?")


def separator(site: Site) -> str:
    """What stands between a command's last word and one added to it: the last line break, or a blank."""
    text, words = site.launch.text, site.launch.words
    inside = [word.span for word in words if site.own.start <= word.span.start and word.span.end <= site.tail]
    for index in range(len(inside) - 1, -1, -1):
        start = inside[index - 1].end if index else gap_before(text, inside[0].start)
        gap = text[start : inside[index].start] if start <= inside[index].start else ""
        if _BREAK.fullmatch(gap):
            return " " + gap.lstrip(" \t")
    return " "


def break_before(text: str, at: int) -> str:
    """The continued line break just before a word, or a blank where the word begins no line."""
    gap = text[gap_before(text, at) : at]
    return gap if _BREAK.fullmatch(gap) else " "


def gap_before(text: str, at: int) -> int:
    """Where the blanks before `at` begin, the last line break (with its backslash) included."""
    start = _blanks_before(text, at)
    if start and text[start - 1] == "\n":
        start -= 1
        start -= text.endswith("\r", 0, start)
        start -= text.endswith("\\", 0, start)
        start = _blanks_before(text, start)
    return start


def _blanks_before(text: str, at: int) -> int:
    while at and text[at - 1] in " \t":
        at -= 1
    return at


def runs(launch: Launch, indices: Sequence[int]) -> list[Span]:
    """The places of some words, those joined that have only blanks and line breaks between them."""
    spans: list[Span] = []
    for index in sorted(indices):
        span = launch.words[index].span
        last = spans[-1] if spans else None
        if last and last.end <= span.start and _GAP.fullmatch(launch.text, last.end, span.start):
            spans[-1] = Span(last.start, span.end)
        else:
            spans.append(span)
    return spans


def with_gap(launch: Launch, span: Span) -> Span:
    """A run of words to delete, with the gap that it would leave.

    That is the gap before it; but where it begins a line on which other words follow, the blanks after it.
    """
    text = launch.text
    start, after = gap_before(text, span.start), blanks_after(text, span.end)
    follows = any(word.span.start == after for word in launch.words)
    begins = start == span.start or "\n" in text[start : span.start]
    return Span(span.start, after) if begins and follows else Span(start, span.end)


def blanks_after(text: str, at: int) -> int:
    """Where the blanks after `at` end, on the same line."""
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def gap_after(text: str, at: int) -> int:
    """Where the blanks after `at` end, with one continued line break."""
    found = _AFTER.match(text, at)
    return found.end() if found else at
