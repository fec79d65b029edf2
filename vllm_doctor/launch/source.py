"""A shell text that may stand inside a quoted word of another, with the way back to the outer places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.quoting import Piece, heredoc_pieces, pieces
from vllm_doctor.launch.types import Token, Word
from vllm_doctor.text import Edit, Span, apply
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Source:
    """`inner` is the text to read; its character i comes from `outer[starts[i]:ends[i]]`."""

    outer: str
    inner: str
    starts: Sequence[int]
    ends: Sequence[int]
    depth: int = 0

    def span(self, inner: Span) -> Span:
        """Where a part of the inner text stands in the outer one."""
        if not self.starts:
            return Span(0, 0)
        if inner.start >= len(self.starts):
            return Span(self.ends[-1], self.ends[-1])
        start = self.starts[inner.start]
        return Span(start, self.ends[inner.end - 1] if inner.end > inner.start else start)

    def word(self, token: Token) -> Word:
        """A word token as an argument with its outer place."""
        span = self.span(token.span)
        return Word(token.value, span.of(self.outer), span, token.dynamic)

    def within(self, token: Token, skip: int = 0) -> Source:
        """What the shell makes of a word or here-document, without its first `skip` characters."""
        if token.kind == "heredoc":
            body = token.raw[: len(token.value)]
            return self._mapped(heredoc_pieces(body, token.quote == "'"), token.span.start, 0)
        return self._mapped(pieces(token.raw), token.span.start, skip)

    def _mapped(self, parts: Iterable[Piece], offset: int, skip: int) -> Source:
        value: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for part in parts:
            value.append(part.value)
            at = range(offset + part.start, offset + part.end)
            if len(at) == len(part.value):
                starts.extend(self.starts[i] for i in at)
                ends.extend(self.ends[i] for i in at)
            else:
                starts.extend([self.starts[at[0]]] * len(part.value))
                ends.extend([self.ends[at[-1]]] * len(part.value))
        return Source(self.outer, "".join(value)[skip:], starts[skip:], ends[skip:], self.depth + 1)


def whole(text: str, hidden: Iterable[Span] = ()) -> Source:
    """A text as its own source; `hidden` parts (shell prompts) are read as blanks."""
    inner = apply(text, [Edit(span, " " * (span.end - span.start)) for span in hidden])
    return Source(text, inner, range(len(text)), range(1, len(text) + 1))
