"""The words of a container's command as arguments, whether they are items of a list or a string that is split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.commands import Arg, commands
from vllm_doctor.launch.source import Source, whole
from vllm_doctor.launch.types import Token, Word
from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.launch.yamlfile.texts import script_of
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from vllm_doctor.launch.yamlfile.dialect import Dialect
    from vllm_doctor.launch.yamlfile.tree import Node


MOST_WORDS = 5_000
"""A longer list is no command line, and is not read."""


class YamlArg(Arg):
    """A word of a command: item `at` of the list `node`, or a word of the string `node` (`at` is -1)."""

    __slots__ = ("at", "node", "place")
    node: Node
    at: int
    place: Span

    def __init__(self, source: Source, token: Token, node: Node, at: int, place: Span) -> None:
        super().__init__(source, token)
        for name, value in (("node", node), ("at", at), ("place", place)):
            object.__setattr__(self, name, value)

    @property
    def word(self) -> Word:
        """The word with its place in the file."""
        return Word(self.token.value, self.place.of(self.source.outer), self.place, self.token.dynamic)

    @property
    def scalar(self) -> Node:
        """The scalar that holds the word."""
        return self.node.items[self.at] if self.at >= 0 else self.node


def args_of(text: str, node: Node | None, dialect: Dialect) -> list[YamlArg]:
    """The words of a list or of a string; the string is split as a shell would do it."""
    if node is None or len(node.items) > MOST_WORDS:
        return []
    if node.kind == "list":
        return [_item(text, node, at, dialect) for at in range(len(node.items))]
    script = script_of(text, node, split=True, doubled=dialect.name == "compose") if node.kind == "scalar" else None
    found = commands(whole(script.text)) if script else []
    made: list[YamlArg] = []
    for arg in found[0].args if found else []:
        word = script.word(arg.word) if script else arg.word
        token = Token("word", arg.token.span, arg.token.raw, word.value, arg.token.quote, arg.token.dynamic)
        made.append(YamlArg(Source(text, "", (), ()), token, node, -1, word.span))
    return made


def _item(text: str, node: Node, at: int, dialect: Dialect) -> YamlArg:
    item = node.items[at]
    read = content(text, item)
    source = read.source if read else Source(text, "", (), ())
    value = source.inner if read else item.value
    token = Token("word", Span(0, len(value)), value, dialect.read(value), "", dialect.dynamic(value))
    return YamlArg(source, token, node, at, Span(item.start, item.end))
