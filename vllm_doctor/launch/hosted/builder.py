"""Builds a text out of parts of a file, remembering where each character comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vllm_doctor.launch.quoting import Piece


class Builder:
    """A text in the making; nothing that is not added stands in it."""

    def __init__(self, outer: str) -> None:
        self.outer = outer
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def copy(self, start: int, end: int) -> None:
        """Add the characters `start`..`end` of the file as they are."""
        if end > start:
            self._parts.append(self.outer[start:end])
            self._starts += range(start, end)
            self._ends += range(start + 1, end + 1)

    def put(self, value: str, start: int, end: int) -> None:
        """Add text that the characters `start`..`end` of the file stand for."""
        self._parts.append(value)
        self._starts += [start] * len(value)
        self._ends += [end] * len(value)

    def add(self, pieces: Iterable[Piece]) -> None:
        """Add the pieces of a word, whose places are the file's."""
        for piece in pieces:
            if self.outer[piece.start : piece.end] == piece.value:
                self.copy(piece.start, piece.end)
            else:
                self.put(piece.value, piece.start, piece.end)

    def source(self) -> Source:
        """The text with its places."""
        return Source(self.outer, "".join(self._parts), self._starts, self._ends)


def without_continuations(source: Source) -> Source:
    """The text with its continued lines joined: no backslash and line break is left."""
    import re

    made_text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for found in re.finditer(r"\\\r?\n", source.inner):
        made_text.append(source.inner[at : found.start()])
        starts += source.starts[at : found.start()]
        ends += source.ends[at : found.start()]
        at = found.end()
    made_text.append(source.inner[at:])
    return Source(source.outer, "".join(made_text), [*starts, *source.starts[at:]], [*ends, *source.ends[at:]])
