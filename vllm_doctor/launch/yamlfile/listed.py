"""Words that are items of a YAML list: `["--port", "8000"]`, or one on each line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.options import is_flag
from vllm_doctor.launch.types import Word
from vllm_doctor.launch.yamlfile.items import add_lines, drop_items, joined
from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.launch.yamlfile.writing import is_text, scalars
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.dialect import Dialect
    from vllm_doctor.launch.yamlfile.tree import Node

_SEVERAL = re.compile(r"\s*--?[A-Za-z][\w.-]*(?:\s+\S|=\S*\s+--?[A-Za-z])", re.DOTALL)
_QUOTED = re.compile(r"""(?:--?[A-Za-z][\w.-]*=)?(?P<q>['"])[\[{].*[\]}](?P=q)""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """A word of a list: the item that holds it, and what the program really receives of the item.

    `whole` is false when the item holds several words (`- --port 8000`), which the program gets as one.
    """

    word: Word
    at: int
    whole: bool = True


class ListHost:
    """The items of a list from the `first` on."""

    def __init__(self, text: str, node: Node, first: int, dialect: Dialect) -> None:
        self.text, self.node, self.dialect = text, node, dialect
        self.items = [item for at in range(first, len(node.items)) for item in words_of(text, node, at, dialect)]
        self.own: tuple[Node, ...] = (node,)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words that are meant."""
        return tuple(item.word for item in self.items)

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """The item anew, in its own style or another that says the same."""
        item = self.items[index]
        written = self.dialect.write(value)
        if written is None or not item.whole:
            return
        node = self.node.items[item.at]
        head = self.dialect.write(item.word.value[:skip]) or ""
        typed = node.kind == "scalar" and not node.style and not is_text(node.value)
        for made in scalars(head + written, node.style, self.node.flow, typed):
            yield (Edit(Span(node.start, node.end), made),)

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """New items behind the one that holds a word."""
        yield from self._added(self.items[index].at, values)

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """New items at the end of the list."""
        yield from self._added(len(self.node.items) - 1, values)

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """The items of the words gone, with their lines or commas."""
        gone = {self.items[index].at for index in indices}
        left = [index for index, item in enumerate(self.items) if item.at in gone and index not in indices]
        if not left:
            yield from drop_items(self.text, self.node, sorted(gone))

    def _added(self, at: int, values: Sequence[Value]) -> Iterator[Edits]:
        written = [self.dialect.write(value) for value in values]
        if not self.node.items:
            return
        for style in self._styles(at):
            made = [next(scalars(value, style, self.node.flow), None) for value in written if value is not None]
            texts = [text for text in made if text is not None]
            if len(texts) != len(values):
                continue
            if self.node.flow:
                flags = [is_flag(str(value)) for value in values]
                yield (joined(self.text, self.node, at, texts, flags),)
            else:
                yield from add_lines(self.text, self.node, at, texts)

    def _styles(self, at: int) -> list[str]:
        """How words of this list are quoted, the nearest first."""
        near = [item.style for item in reversed(self.node.items[: at + 1]) if item.style in ("", "'", '"')]
        return list(dict.fromkeys([*near[:1], '"']))


def words_of(text: str, node: Node, at: int, dialect: Dialect) -> list[Item]:
    """The words that an item of a list was meant to be: itself, or the words that it holds."""
    item = node.items[at]
    span = Span(item.start, item.end)
    if item.kind != "scalar":
        return [Item(Word(span.of(text), span.of(text), span), at)]
    read = content(text, item)
    value = read.source.inner if read else item.value
    parts = _parts(value) if read and _SEVERAL.match(value) else []
    if read and parts:
        return [Item(_part(text, read.source.span(place), part, dialect), at, False) for part, place in parts]
    meant = dialect.read(value)
    if _QUOTED.fullmatch(meant):
        head, _, rest = meant.partition(meant[-1])
        meant = head + rest[:-1]
    return [Item(Word(meant, span.of(text), span, dialect.dynamic(value)), at)]


def _part(text: str, place: Span, value: str, dialect: Dialect) -> Word:
    return Word(dialect.read(value), place.of(text), place, dialect.dynamic(value))


def received(text: str, item: Node, dialect: Dialect) -> str:
    """What the program gets of an item: its string as it stands."""
    read = content(text, item)
    return dialect.read(read.source.inner if read else item.value) if item.kind == "scalar" else _printed(item)


def _printed(node: Node) -> str:
    """A map or list that stands where a string should, as Go prints it (`map[method:ngram]`)."""
    if node.kind == "scalar":
        return node.value
    if node.kind == "list":
        return "[" + " ".join(_printed(item) for item in node.items[:100]) + "]"
    return "map[" + " ".join(f"{key.value}:{_printed(value)}" for key, value in node.pairs[:100]) + "]"


def _parts(value: str) -> list[tuple[str, Span]]:
    tokens = lex(value)
    words = [token for token in tokens if token.kind == "word"]
    plain = all(token.kind in ("word", "space", "newline", "continuation") for token in tokens)
    return [(token.value, token.span) for token in words] if plain and len(words) > 1 else []
