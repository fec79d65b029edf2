"""Where a launch's words stand in YAML, and how they are changed there: items of a list, or a text in a scalar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Word
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.tree import Node


class Host(Protocol):
    """Some of a launch's words, in one place. Each method yields ways to make an edit, the best first."""

    @property
    def words(self) -> tuple[Word, ...]:
        """The words, with their places in the file."""

    @property
    def own(self) -> tuple[Node, ...]:
        """The YAML that the words stand in, which an edit may change."""

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """Put `value` in place of a word, but for its first `skip` characters."""

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words behind a word."""

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words at the end."""

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """Take words out."""


class FixedHost:
    """Words that cannot be changed here: another file's, or those that a consumer of the file adds."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words: tuple[Word, ...] = tuple(words)
        self.own: tuple[Node, ...] = ()

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """No way."""
        yield from ()

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """No way."""
        yield from ()

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """No way."""
        yield from ()

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """No way."""
        yield from ()
