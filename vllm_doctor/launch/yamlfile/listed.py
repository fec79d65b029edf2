"""Words that are items of a YAML list: `["--port", "8000"]`, or one on each line."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.typography import meant_flag
from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.options import is_flag
from vllm_doctor.launch.types import Word
from vllm_doctor.launch.yamlfile.items import add_lines, drop_items, joined
from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.launch.yamlfile.writing import is_text, scalars
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span, apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.dialect import Dialect
    from vllm_doctor.launch.yamlfile.tree import Node

_SEVERAL = pattern(r"\s*--?[A-Za-z][\w.-]*(?:\s+\S|=\S*\s+--?[A-Za-z])", re.DOTALL)
_BEFORE_JSON = pattern(r"\s*(?P<flag>--?[A-Za-z][\w.-]*)\s+(?P<json>[\[{].*[\]}])\s*", re.DOTALL)
EQUALS = pattern(r"\s*(?P<flag>--[A-Za-z][\w.-]*)(?:\s+=\s*|=\s+)(?P<value>[^\s=-]\S*)\s*")
"""An option with blanks around its `=`."""
QUOTED = pattern(
    r"""(?:--?[A-Za-z][\w.-]*=)?(?P<q>['"])[\[{].*[\]}](?P=q)|--?[A-Za-z][\w.-]*=(?P<r>['"])[^'"]*(?P=r)""", re.DOTALL
)
"""A value in quotes of its own, which no shell takes away."""


@dataclass(frozen=True, slots=True)
class Item:
    """A word of a list: the item that holds it, and what the program really receives of the item.

    `part` is the word's place in the item's string, where that holds several (`- --port 8000`): the program gets
    them as one.
    """

    word: Word
    at: int
    part: Span | None = None


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
        if written is None:
            return
        head = self.dialect.write(item.word.value[:skip]) or ""
        if item.part:
            yield from self._rewritten(item, [Edit(item.part, shlex.quote(head + written))])
            return
        node = self.node.items[item.at]
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
        """The items of the words gone, with their lines or commas; of an item with other words only a part."""
        gone = {self.items[index].at for index in indices}
        kept = {item.at for index, item in enumerate(self.items) if index not in indices}
        edits: list[Edit] = []
        for at in sorted(gone & kept):
            parts = [item.part for index, item in enumerate(self.items) if item.at == at and index in indices]
            first = next(item for item in self.items if item.at == at)
            cut = [Edit(self._with_blank(first, part), "") for part in parts if part]
            edits += next(self._rewritten(first, cut), ())
        whole = sorted(gone - kept)
        for dropped in drop_items(self.text, self.node, whole) if whole else [()]:
            yield (*edits, *dropped)

    def _with_blank(self, first: Item, part: Span) -> Span:
        value = self._value(first.at)
        start = len(value[: part.start].rstrip())
        return Span(start if start else part.start, part.end)

    def _value(self, at: int) -> str:
        read = content(self.text, self.node.items[at])
        return read.source.inner if read else self.node.items[at].value

    def _rewritten(self, item: Item, edits: Sequence[Edit]) -> Iterator[Edits]:
        """An item that holds several words, with some of its text changed."""
        node = self.node.items[item.at]
        for made in scalars(apply(self._value(item.at), edits).strip(), node.style, self.node.flow):
            yield (Edit(Span(node.start, node.end), made),)

    def _added(self, at: int, values: Sequence[Value]) -> Iterator[Edits]:
        written = [self.dialect.write(value) for value in values]
        if not self.node.items or None in written:
            return
        flags = [is_flag(str(value)) for value in values]
        texts = [
            next(scalars(value or "", self._style(at, flag), self.node.flow))
            for value, flag in zip(written, flags, strict=True)
        ]
        if self.node.flow:
            yield (joined(self.text, self.node, at, texts, flags),)
        else:
            yield from add_lines(self.text, self.node, at, texts)

    def _style(self, at: int, flag: bool) -> str:
        """How the nearest flag, or value, of this list is quoted."""
        near = [item for item in reversed(self.node.items[: at + 1]) if item.style in ("", "'", '"')]
        alike = next((item for item in near if is_flag(item.value) == flag), near[0] if near else None)
        return alike.style if alike else '"'


def words_of(text: str, node: Node, at: int, dialect: Dialect) -> list[Item]:
    """The words that an item of a list was meant to be: itself, or the words that it holds."""
    item = node.items[at]
    span = Span(item.start, item.end)
    if item.kind != "scalar":
        return [Item(Word(_spelled(item, span.of(text)), span.of(text), span), at)]
    read = content(text, item)
    value = read.source.inner if read else item.value
    if dialect.name != "plain" and (equals := EQUALS.fullmatch(value)):
        meant = dialect.read(f"{equals['flag']}={equals['value']}")
        return [Item(Word(meant, span.of(text), span, dialect.dynamic(value)), at)]
    parts = _parts(value) if read and _SEVERAL.match(value) else []
    if read and parts:
        return [Item(_part(text, read.source.span(place), part, dialect), at, place) for part, place in parts]
    meant = dialect.read(value)
    if QUOTED.fullmatch(meant) and (dialect.name != "plain" or meant[-2] in "]}"):
        head, _, rest = meant.partition(meant[-1])
        meant = head + rest[:-1]
    if dialect.name != "plain" and not meant.isascii():
        meant = meant_flag(meant) or meant
    return [Item(Word(meant, span.of(text), span, dialect.dynamic(value)), at)]


def _spelled(item: Node, raw: str) -> str:
    """What was meant by a map or list in place of a string: `--flag: value` is `--flag=value`, others are JSON."""
    if item.kind != "map" or item.flow or len(item.pairs) != 1:
        return raw
    key, value = item.pairs[0]
    plain = key.value.startswith("--") and "{" not in key.value and value.kind == "scalar"
    return f"{key.value}={value.value}" if plain else raw


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
    if found := _BEFORE_JSON.fullmatch(value):
        return [(found[name], Span(*found.span(name))) for name in ("flag", "json")]
    tokens = lex(value)
    words = [token for token in tokens if token.kind == "word"]
    plain = all(token.kind in ("word", "space", "newline", "continuation") for token in tokens)
    return [(token.value, token.span) for token in words] if plain and len(words) > 1 else []
