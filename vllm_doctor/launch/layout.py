"""A command of several lines with one option on each: what `check --tidy` makes of one that it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.options import is_flag
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span, apply

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch

_CONTINUED = pattern(r"[ \t]*\\\r?\n([ \t]*)")
_BLANK = pattern(r"(?:[ \t]|\\\r?\n)*")


def laid_out(launch: Launch) -> str:
    """The launch's text with each of its options on a line of its own, where the command was continued over lines.

    Only blanks and continuations between its words change; a command of one line, or one whose words do not
    stand in one run, stays as it is.
    """
    text = launch.text
    continued = _CONTINUED.search(launch.span.of(text))
    ordered = all(one.span.end <= two.span.start for one, two in zip(launch.words, launch.words[1:], strict=False))
    if not continued or not ordered:
        return text
    newline = "\\\r\n" if "\\\r\n" in launch.span.of(text) else "\\\n"
    edits = []
    for before, word in zip(launch.words, launch.words[1:], strict=False):
        gap = Span(before.span.end, word.span.start)
        if not _BLANK.fullmatch(gap.of(text)):
            return text
        wanted = f" {newline}{continued[1]}" if is_flag(word.value) else " "
        if gap.of(text) != wanted:
            edits.append(Edit(gap, wanted))
    return apply(text, edits)
