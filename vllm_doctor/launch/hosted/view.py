"""A shell text that stands in a file of another format, and how an edit of it is written there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vllm_doctor.launch.source import Source
    from vllm_doctor.launch.writer import Edits


class View(Protocol):
    """A part of a file as shell text (`source.inner`)."""

    @property
    def source(self) -> Source:
        """The shell text with the places that it comes from."""

    def outer(self, edits: Edits) -> Iterator[Edits]:
        """Ways to make edits of the shell text in the file, the best first; none where it cannot be done."""


@dataclass(frozen=True, slots=True)
class TextView:
    """Shell text that the file holds almost as it is.

    `newline` is what a line break of the text is in the file: with the indentation or the mark that begins its
    lines. `escape` writes a piece of text without line breaks; None where the file cannot hold it. `home` is where a
    text stands of which parts are elsewhere in the file.
    """

    source: Source
    newline: str = "\n"
    escape: Callable[[str], str | None] = str
    home: Span | None = None

    def outer(self, edits: Edits) -> Iterator[Edits]:
        """The edits, each at the characters that it changes."""
        made = [self._outer(edit) for edit in edits]
        if all(made):
            yield tuple(edit for edit in made if edit)

    def _outer(self, edit: Edit) -> Edit | None:
        source, start, end = self.source, edit.span.start, edit.span.end
        if not source.inner or end > len(source.inner):
            return None
        if start < end and source.starts[start] == source.ends[start] and source.inner[end : end + 1] == " ":
            end += 1  # the blank before the words stands nowhere, so the one behind them goes
        span = Span(at := self._at(start), at) if start == end else self._covered(start, end)
        lines = [self.escape(line) for line in edit.new.replace("\r\n", "\n").split("\n")]
        if span is None or any(line is None for line in lines):
            return None
        return Edit(span, self.newline.join(line for line in lines if line is not None))

    def _at(self, at: int) -> int:
        """Where something put in stands: behind the character before it, but behind a blank before the next.

        At the end of a line it stays in that line: the break may hide what begins the next one (a recipe's tab).
        """
        source = self.source
        ends_line = at == len(source.inner) or (source.inner[at] == "\n" and source.inner[at - 1 : at] != "\n")
        behind = at and (ends_line or not source.inner[at - 1].isspace())
        return source.ends[at - 1] if behind else source.starts[at]

    def _covered(self, start: int, end: int) -> Span | None:
        """The place of a part, unless characters lie in it that are none of the text's (a comment)."""
        source = self.source
        for at in range(start, end - 1):
            if source.outer[source.ends[at] : source.starts[at + 1]].strip(" \t\r\n>"):
                return None
        return Span(source.starts[start], source.ends[end - 1])
