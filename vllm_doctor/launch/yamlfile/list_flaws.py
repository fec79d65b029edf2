"""Words of a YAML list that reach vLLM otherwise than they were meant: two in one, quoted twice, no strings at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vllm_doctor.launch.broken import typography, words
from vllm_doctor.launch.broken.flaws import Flaw
from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.yamlfile.items import lead_of
from vllm_doctor.launch.yamlfile.listed import EQUALS, QUOTED, words_of
from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.launch.yamlfile.typed import is_typed
from vllm_doctor.launch.yamlfile.writing import newline_of, scalars, single
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.listed import ListHost
    from vllm_doctor.launch.yamlfile.texts import TextHost
    from vllm_doctor.launch.yamlfile.tree import Node

SEVERAL, WHOLE = "option-and-value", "whole-command"
QUOTES, MAPPING, JSON_MAP, TYPED = "quotes-kept", "mapping", "flow-map", "not-text"


def list_flaws(host: ListHost) -> Iterator[Flaw]:
    """The flaws of the items from the host's first on; what a chart makes of a list is not known."""
    if host.dialect.name == "plain":
        return
    for at in sorted({item.at for item in host.items}):
        found = _of_item(host, at)
        if found:
            item = host.node.items[at]
            yield Flaw(found[0], Span(item.start, item.end), tuple(found[1]))


def whole_command(host: TextHost, documents: Sequence[tuple[tuple[str, ...], Node]]) -> Iterator[Flaw]:
    """A list of one item that is a whole command, which no shell splits."""
    node = host.script.node
    listed = next((one for _, one in documents if one.kind == "list" and node in one.items), None)
    if listed is None or not host.script.split:
        return
    tokens = lex(host.script.meant)
    plain = all(token.kind in ("word", "space", "newline", "continuation") for token in tokens)
    words = [token.value for token in tokens if token.kind == "word"]
    ways = _several(host.script.source.outer, listed, listed.items.index(node), words) if plain else iter(())
    yield Flaw(WHOLE, Span(node.start, node.end), tuple(ways))


def _of_item(host: ListHost, at: int) -> tuple[str, Iterator[Edits]] | None:
    node, text = host.node.items[at], host.text
    if node.kind != "scalar":
        return _of_collection(host, node)
    read = content(text, node)
    value = read.source.inner if read else node.value
    if equals := EQUALS.fullmatch(value):
        return words.EQUALS, _anew(node, f"{equals['flag']}={equals['value']}", host.node.flow)
    meant = words_of(text, host.node, at, host.dialect)
    if meant[0].part:
        said = [_part(value, word.part) for word in meant if word.part]
        return SEVERAL, _several(text, host.node, at, said)
    if not node.style and is_typed(node.value, host.dialect.name):
        return TYPED, iter([(Edit(Span(node.start, node.end), f'"{node.value}"'),)])
    if QUOTED.fullmatch(host.dialect.read(value)):
        head, _, rest = value.partition(value[-1])
        return QUOTES, _anew(node, head + rest[:-1], host.node.flow)
    flag = typography.meant_flag(value)
    return (typography.DASH, _anew(node, flag, host.node.flow)) if flag else None


def _part(value: str, span: Span) -> str:
    said = span.of(value)
    return said if said[0] in "[{" else lex(said)[0].value


def _of_collection(host: ListHost, node: Node) -> tuple[str, Iterator[Edits]] | None:
    """A map or list where a string should stand: JSON without quotes, or `--flag: value`."""
    raw = Span(node.start, node.end).of(host.text)
    if node.flow:
        try:
            json.loads(raw)
        except ValueError:
            return JSON_MAP, iter(())
        written = single(" ".join(raw.split("\n")))
        return JSON_MAP, iter([(Edit(Span(node.start, node.end), written),)] if written else [])
    if len(node.pairs) != 1 or not node.pairs[0][0].value.startswith("-"):
        return None
    key, value = node.pairs[0]
    said = raw if "{" in key.value or value.kind != "scalar" else f"{key.value}={value.value}"
    if "\n" in said:
        return MAPPING, iter(())
    return MAPPING, _anew(node, said, host.node.flow)


def _anew(node: Node, value: str, flow: bool) -> Iterator[Edits]:
    """An item written anew, in quotes that need the fewest escapes."""
    style = node.style if node.style in ("", "'", '"') else ""
    for written in sorted(scalars(value, style, flow), key=lambda one: one.count("\\")):
        yield (Edit(Span(node.start, node.end), written),)


def _several(text: str, node: Node, at: int, words: Sequence[str]) -> Iterator[Edits]:
    """One item as several, each in its own style and on its own line, or behind a comma."""
    item = node.items[at]
    style = item.style if item.style in ("", "'", '"') else ""
    written = [min(scalars(word, style, node.flow), key=lambda one: one.count("\\")) for word in words]
    lead = None if node.flow else lead_of(text, node, at)
    between = ", " if node.flow else f"{newline_of(text)}{lead}"
    if node.flow or lead is not None:
        yield (Edit(Span(item.start, item.end), between.join(written)),)
