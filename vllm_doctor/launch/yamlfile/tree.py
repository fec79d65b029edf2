"""YAML as a tree of nodes with their places; no objects are made, aliases are the node that they name.

The tree is built from PyYAML's events (libyaml's where it is there: both give the same marks), so that depth
and size are bounded and a document of aliases to aliases costs no more than its text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.launch.yamlfile.template import masked
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_NODES = 200_000
_MOST_DEPTH = 100
_PROPERTIES = pattern(r"(?:[&!]\S*\s+)*")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_MOST_MERGED = 2_000


@dataclass(slots=True, eq=False)
class Node:
    """A value: `kind` is scalar, list or map. `style` is a scalar's: "" (plain), "'", '"', "|" or ">".

    `text` is the text that was parsed: the file's, with templates masked where it was none of YAML's own; what a
    scalar says there is `parsed`, while `value` has the templates.
    `pairs` are a map's keys and values in the order of the text, merge keys (`<<`) among them.
    """

    kind: str
    start: int
    end: int
    text: str
    value: str = ""
    parsed: str = ""
    style: str = ""
    flow: bool = False
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    merged: dict[str, tuple[Node, Node]] | None = None

    @property
    def null(self) -> bool:
        """Whether this is no value at all (`key:`, `~`, `null`)."""
        return self.kind == "scalar" and not self.style and self.value in _NULL

    def entries(self) -> dict[str, tuple[Node, Node]]:
        """The keys of a map with their nodes; what `<<` merges in comes first and gives way."""
        return _merged(self, 0) if self.kind == "map" else {}

    def get(self, *names: str) -> Node | None:
        """The value under nested keys; None where there is none, or null."""
        node: Node | None = self
        for name in names:
            found = node.entries().get(name) if node else None
            node = found[1] if found else None
        return None if node is None or node.null else node

    def filled(self, *names: str) -> Node | None:
        """The value under nested keys, unless it is an empty list or map."""
        node = self.get(*names)
        return node if node and (node.kind == "scalar" or node.items or node.pairs) else None

    def string(self, *names: str) -> str | None:
        """The text of the scalar under nested keys."""
        node = self.get(*names)
        return node.value if node and node.kind == "scalar" else None


def _merged(node: Node, depth: int) -> dict[str, tuple[Node, Node]]:
    if node.merged is not None:
        return node.merged
    made: dict[str, tuple[Node, Node]] = {}
    own: dict[str, tuple[Node, Node]] = {}
    for key, value in node.pairs:
        if key.kind != "scalar":
            continue
        if key.value == "<<" and not key.style and depth < 8:
            for base in [value] if value.kind == "map" else value.items[:50]:
                if base.kind == "map" and len(made) < _MOST_MERGED:
                    made = {**_merged(base, depth + 1), **made}
        else:
            own[key.value] = (key, value)
    node.merged = {**made, **own}
    return node.merged


def read_yaml(text: str) -> list[Node]:
    """The documents of a text; [] where it is no YAML, too deep or too large. A template is read as far as it goes."""
    found = _documents(text)
    if found is None and ("{{" in text or "{%" in text):
        found = _documents(masked(text))
        for _, node in walk(found or []):
            if node.kind == "scalar" and node.text[node.start : node.end] != text[node.start : node.end]:
                read = content(text, node)
                node.value = read.source.inner if read else text[node.start : node.end]
    return found or []


def _documents(text: str) -> list[Node] | None:
    from vllm_doctor.launch.yamlfile.pyyaml import events

    builder = _Builder(text)
    try:
        for event in events(text):
            if not builder.take(type(event).__name__, event):
                return None
    except (ValueError, RecursionError):
        return None
    return builder.documents


class _Builder:
    """Puts events together; `open` are the collections not yet closed, with a map's waiting key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.documents: list[Node] = []
        self.open: list[Node] = []
        self.keys: list[Node | None] = []
        self.anchors: dict[str, Node] = {}
        self.count = 0

    def take(self, name: str, event: Any) -> bool:
        """Take in one event; false when the text is too much, or names an anchor that it does not have."""
        if name == "DocumentStartEvent":
            self.anchors = {}
        elif name == "ScalarEvent":
            self._add(self._scalar(event), event.anchor)
        elif name in ("SequenceStartEvent", "MappingStartEvent"):
            kind = "list" if name == "SequenceStartEvent" else "map"
            start = self._start(event)
            node = Node(kind, start, event.end_mark.index, self.text, flow=bool(event.flow_style))
            self._add(node, event.anchor)
            self.open.append(node)
            self.keys.append(None)
        elif name in ("SequenceEndEvent", "MappingEndEvent"):
            self._close(event)
        elif name == "AliasEvent":
            named = self.anchors.get(event.anchor)
            if named is None:
                return False
            self._add(named, None)
        return self.count <= _MOST_NODES and len(self.open) <= _MOST_DEPTH

    def _start(self, event: Any) -> int:
        found = _PROPERTIES.match(self.text, event.start_mark.index, event.end_mark.index)
        return found.end() if found and (event.anchor or event.tag) else int(event.start_mark.index)

    def _scalar(self, event: Any) -> Node:
        start, end = self._start(event), event.end_mark.index
        style = event.style or ""
        if style in ("|", ">", ""):
            end = max(start, start + len(self.text[start:end].rstrip()))
        return Node("scalar", start, end, self.text, value=event.value, parsed=event.value, style=style)

    def _close(self, event: Any) -> None:
        node = self.open.pop()
        self.keys.pop()
        if node.flow:
            node.end = event.end_mark.index
            return
        children = [child for pair in node.pairs for child in pair] or node.items
        inside = [child.end for child in children if child.start >= node.start]
        node.end = max([node.end, *inside])

    def _add(self, node: Node, anchor: str | None) -> None:
        self.count += 1
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.documents.append(node)
            return
        parent = self.open[-1]
        if parent.kind == "list":
            parent.items.append(node)
        elif self.keys[-1] is None:
            self.keys[-1] = node
        else:
            parent.pairs.append((self.keys[-1], node))
            self.keys[-1] = None


def walk(documents: list[Node]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every node once, in the order of the text, with the keys and indices that lead to it."""
    for path, node, _ in lineage(documents):
        yield path, node


def lineage(documents: list[Node]) -> Iterator[tuple[tuple[str, ...], Node, tuple[Node, ...]]]:
    """Every node once, as `walk` does it, with the nodes that lead to it."""
    seen: set[int] = set()
    stack: list[tuple[tuple[str, ...], Node, tuple[Node, ...]]] = []
    stack.extend(((str(at),), node, ()) for at, node in reversed(list(enumerate(documents))))
    while stack:
        path, node, above = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield path, node, above
        below = [((*path, key.value), value, (*above, node)) for key, value in node.pairs]
        below += [((*path, str(at)), item, (*above, node)) for at, item in enumerate(node.items)]
        stack.extend(reversed(below))
