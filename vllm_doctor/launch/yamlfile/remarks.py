"""Comments in a scalar whose lines are joined, or which no shell reads: there they end nowhere, or are words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.flaws import Flaw
from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.yamlfile.items import line_start
from vllm_doctor.launch.yamlfile.writing import newline_of
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.source import Source
    from vllm_doctor.launch.yamlfile.texts import TextHost

REMARK = "comment-in-text"
_MOST = 50


def places(source: Source, meant: str, split: bool) -> list[Span]:
    """Each comment of a text, up to the end of its line in the file; of a text that a shell reads, only those that
    swallow lines which YAML has joined to theirs.
    """
    found: list[Span] = []
    while "#" in meant and len(found) < _MOST:
        comment = next((token.span for token in lex(meant) if token.kind == "comment"), None)
        if comment is None:
            break
        rest = range(comment.start, len(meant))
        end = next((at for at in rest if "\n" in source.outer[source.starts[at] : source.ends[at]]), len(meant))
        swallows = end < comment.end and bool(meant[end : comment.end].strip())
        if split or swallows:
            found.append(Span(comment.start, end))
        meant = meant[: comment.start] + " " * (end - comment.start) + meant[end:]
    return found


def without(source: Source, meant: str, split: bool) -> str:
    """The text with blanks in place of such comments."""
    for place in places(source, meant, split):
        meant = meant[: place.start] + " " * (place.end - place.start) + meant[place.end :]
    return meant


def remarks(host: TextHost) -> Iterator[Flaw]:
    """The comments of a launch's text; mended, they stand above the key that holds it."""
    script, source = host.script, host.script.source
    text, newline = source.outer, newline_of(source.outer)
    above = line_start(text, script.node.start)
    margin = text[above : len(text) - len(text[above:].lstrip(" "))]
    for place in places(source, source.inner, script.split):
        shown = source.span(Span(place.start, place.end))
        start = line_start(text, shown.start)
        alone = not text[start : shown.start].strip()
        close = text.find("\n", shown.end)
        whole = Span(start, close + 1 if close >= 0 else len(text))
        cut = whole if alone else Span(len(text[: shown.start].rstrip(" \t")), shown.end)
        comment = shown.of(text).rstrip()
        if script.node.style in ("|", ">") and above < start:
            yield Flaw(REMARK, shown, ((Edit(Span(above, above), f"{margin}{comment}{newline}"), Edit(cut, "")),))
        else:
            yield Flaw(REMARK, shown)
