"""The environment variables that YAML sets: a map, a list of `NAME=value`, or a list of `name:` and `value:`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from vllm_doctor.launch.types import Variable
from vllm_doctor.launch.yamlfile.items import add_lines, after_line, drop_items, joined, line_end, line_start
from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.launch.yamlfile.writing import double, is_text, newline_of, scalars
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.dialect import Dialect
    from vllm_doctor.launch.yamlfile.tree import Node

_MOST_VARIABLES = 1_000
_NAME = pattern(r"[A-Za-z_][\w.-]*")
_BLANK = pattern(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One variable: the node that sets it (a map's key, an item of a list), and the scalar of its value."""

    variable: Variable
    node: Node
    value: Node | None
    collection: Node


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables of a container or step. Later ones win, and those of other files (`more`) give way.

    New variables go into `node`, the last collection; where there is none, `owner` gets the key `key`, with
    `form` ("map", "strings" or "pairs") as this kind of file has it.
    """

    text: str
    dialect: Dialect
    owner: Node | None = None
    key: str = "env"
    form: str = "map"
    node: Node | None = None
    entries: tuple[Entry, ...] = ()
    more: tuple[Variable, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Each variable once, as it ends up."""
        found = {variable.name: variable for variable in [*self.more, *(entry.variable for entry in self.entries)]}
        return tuple(variable for variable in found.values() if variable.name not in self.hidden)

    @property
    def own(self) -> tuple[Node, ...]:
        """What an edit of a variable may change."""
        nodes = [self.node] if self.node else []
        if self.owner:
            pair = next((pair for pair in self.owner.pairs if pair[0].value == self.key), None)
            nodes += list(pair) if pair else []
        return (*nodes, *(entry.collection for entry in self.entries))

    def without(self, name: str) -> Environment:
        """The same without a variable that is read as something else."""
        return replace(self, hidden=(*self.hidden, name))

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """Ways to give a variable a value: where it is set, else as a new entry."""
        written = self.dialect.write(value)
        if written is None:
            return
        for entry in reversed(self.entries):
            if entry.variable.name == name:
                yield from self._changed(entry, name, written)
        if self.node:
            yield from self._added(self.node, name, written)
        elif self.owner:
            yield from self._created(self.owner, name, written)

    def unset(self, name: str) -> Iterator[Edits]:
        """Ways to take a variable out, wherever it is set."""
        gone = [entry for entry in self.entries if entry.variable.name == name]
        whole = self._only(gone)
        if whole and self.owner and not self.owner.flow:
            yield from without_keys(self.text, self.owner, [whole])
        edits: list[Edit] = []
        for entry in gone:
            made = next(self._dropped(entry), None)
            if made is None:
                return
            edits += made
        if gone:
            yield tuple(edits)

    def _only(self, gone: Sequence[Entry]) -> Node | None:
        """The owner's key, when nothing but what is to go stands under it."""
        if not self.owner or len(gone) != 1 or len(self.entries) != 1:
            return None
        pair = next((pair for pair in self.owner.pairs if pair[1] is gone[0].collection), None)
        return pair[0] if pair and not pair[1].flow else None

    def _changed(self, entry: Entry, name: str, written: str) -> Iterator[Edits]:
        node, flow = entry.value, entry.collection.flow
        if node is None:
            return
        strings = node is entry.node
        head = f"{name}=" if strings else ""
        typed = not node.style and not strings and not is_text(node.value) and not node.null
        span = Span(node.start, node.end)
        for made in scalars(head + written, node.style, flow or entry.node.flow, typed and self.form == "map"):
            lead = " " if span.start == span.end and self.text[span.start - 1 : span.start] == ":" else ""
            yield (Edit(span, lead + made),)

    def _added(self, node: Node, name: str, written: str) -> Iterator[Edits]:
        if node.kind == "map":
            yield from new_key(self.text, node, name, self._scalar(written, node))
        elif node.items and node.items[-1].kind == "scalar":
            item = next(scalars(f"{name}={written}", node.items[-1].style, node.flow))
            yield from _new_item(self.text, node, [item])
        elif node.items:
            yield from self._new_pair(node, name, written)

    def _new_pair(self, node: Node, name: str, written: str) -> Iterator[Edits]:
        value = next(scalars(written, '"', True))
        last = node.items[-1]
        if node.flow or last.flow:
            yield from _new_item(self.text, node, [f"{{name: {name}, value: {value}}}"])
            return
        start = line_start(self.text, last.start)
        lead = self.text[start : last.start]
        if not re.fullmatch(r"[ \t]*-[ \t]+", lead):
            return
        lines = [f"{lead}name: {name}", " " * len(lead) + f"value: {value}"]
        yield (after_line(self.text, last.end, lines),)

    def _created(self, owner: Node, name: str, written: str) -> Iterator[Edits]:
        """The key itself, below the image or name of its owner."""
        if owner.flow:
            pair = f"{name}: {double(written)}"
            made = {
                "pairs": f"[{{name: {name}, value: {double(written)}}}]",
                "strings": f"[{double(f'{name}={written}')}]",
            }
            yield from new_key(self.text, owner, self.key, made.get(self.form, f"{{{pair}}}"))
        if owner.flow or not owner.pairs:
            return
        first = owner.pairs[0][0]
        before = self.text[line_start(self.text, first.start) : first.start]
        indent = " " * len(before)
        value = next(scalars(written, '"', True))
        if self.form == "pairs":
            lines = [f"{indent}{self.key}:", f"{indent}- name: {name}", f"{indent}  value: {value}"]
        elif self.form == "strings":
            lines = [f"{indent}{self.key}:", f"{indent}  - {next(scalars(f'{name}={written}', '', False))}"]
        else:
            lines = [f"{indent}{self.key}:", f"{indent}  {name}: {value}"]
        anchor = next(
            (value for key, value in owner.pairs if key.value in ("image", "name") and value.kind == "scalar"), None
        )
        if anchor:
            yield (after_line(self.text, anchor.end, lines),)
            return
        body = newline_of(self.text).join(lines)
        yield (Edit(Span(first.start, first.start), body.lstrip() + newline_of(self.text) + indent),)

    def _scalar(self, written: str, node: Node) -> str:
        styles = [
            value.style for _, value in reversed(node.pairs) if value.kind == "scalar" and value.style in ("", "'", '"')
        ]
        return next(scalars(written, styles[0] if styles else '"', node.flow))

    def _dropped(self, entry: Entry) -> Iterator[Edits]:
        if entry.collection.kind == "list":
            yield from drop_items(self.text, entry.collection, [entry.collection.items.index(entry.node)])
        else:
            yield from without_keys(self.text, entry.collection, [entry.node])


def _new_item(text: str, node: Node, items: Sequence[str]) -> Iterator[Edits]:
    at = len(node.items) - 1
    if node.flow:
        yield (joined(text, node, at, items, [False] * len(items)),)
    else:
        yield from add_lines(text, node, at, items)


def new_key(text: str, node: Node, name: str, written: str) -> Iterator[Edits]:
    """A new key below the last of a map, in the map's own indentation or braces."""
    if not node.pairs:
        return
    key, value = node.pairs[-1]
    if node.flow:
        at = max(value.end, key.end)
        yield (Edit(Span(at, at), f", {name}: {written}"),)
        return
    first = node.pairs[0][0]
    lead = text[line_start(text, key.start) : key.start] if len(node.pairs) > 1 else ""
    indent = lead if _BLANK.fullmatch(lead) and lead else " " * (first.start - line_start(text, first.start))
    yield (after_line(text, max(value.end, key.end), [f"{indent}{name}: {written}"]),)


def without_keys(text: str, node: Node, keys: Sequence[Node]) -> Iterator[Edits]:
    """Keys of a map taken out, with their lines or commas."""
    gone = {id(key) for key in keys}
    starts = [key.start for key, _ in node.pairs]
    if starts != sorted(starts):
        return  # an alias as a key stands where its anchor is
    if len(gone) >= len(node.pairs):
        if node.flow:
            yield (Edit(Span(node.pairs[0][0].start, max(node.pairs[-1][0].end, node.pairs[-1][1].end)), ""),)
        return
    edits: list[Edit] = []
    for at, (key, value) in enumerate(node.pairs):
        if id(key) not in gone:
            continue
        end = max(key.end, value.end)
        start = line_start(text, key.start)
        if node.flow:
            before, after = node.pairs[at - 1], node.pairs[at + 1 :]
            with_comma = Span(max(before[0].end, before[1].end), end) if at else Span(key.start, after[0][0].start)
            edits.append(Edit(with_comma, ""))
        elif text[start : key.start].strip():
            return
        else:
            edits.append(Edit(Span(start, line_end(text, end)), ""))
    yield tuple(edits)


def read_environment(
    text: str,
    dialect: Dialect,
    owner: Node | None,
    key: str,
    form: str,
    nodes: Sequence[Node],
    more: Sequence[Variable] = (),
) -> Environment:
    """The environment of an owner; `nodes` are the collections that set it, the last wins and takes new ones."""
    entries = [entry for node in nodes for entry in islice(_entries(text, node, dialect), _MOST_VARIABLES)]
    last = next((node for node in reversed(nodes) if node.items or node.pairs), None)
    return Environment(text, dialect, owner, key, form, last, tuple(entries), tuple(more))


def _entries(text: str, node: Node, dialect: Dialect) -> Iterator[Entry]:
    if node.kind == "map":
        inside = {id(key): (key, value, node) for key, value in node.pairs}
        for key, value in node.entries().values():
            collection = node if id(key) in inside else _holder(node, key)
            yield Entry(
                _variable(key.value, value, Span(key.start, max(key.end, value.end)), dialect), key, value, collection
            )
        return
    for item in node.items:
        if item.kind == "scalar":
            name, glue, _ = item.value.partition("=")
            read = content(text, item)
            said = (read.source.inner if read else item.value).partition("=")[2] if glue else None
            if _NAME.fullmatch(name):
                made = Variable(name, None if said is None else dialect.read(said), Span(item.start, item.end), "file")
                yield Entry(made, item, item, node)
        elif named := item.string("name"):
            found = item.get("value")
            yield Entry(_variable(named, found, Span(item.start, item.end), dialect), item, found, node)


def _holder(node: Node, key: Node) -> Node:
    """The merged map in which a key stands."""
    for merge, value in node.pairs:
        if merge.value == "<<":
            for base in [value] if value.kind == "map" else value.items:
                if any(one is key for one, _ in base.pairs):
                    return base
    return node


def _variable(name: str, value: Node | None, span: Span, dialect: Dialect) -> Variable:
    said = None if value is None or value.null or value.kind != "scalar" else dialect.read(value.value)
    return Variable(name, said, span, "file")
