"""YAML of a rule file as plain data, with the place of every key and value.

Read through PyYAML's nodes, not its objects: so that two equal keys are an error, and so that nothing is guessed
(`0.10` stays the text "0.10", `no` the text "no"). Numbers and booleans are told by the schema, not by YAML.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from vllm_doctor.errors import Problem
from vllm_doctor.values import dataclass

MAX_DEPTH = 20
MOST_VALUES = 20_000
"""The values of a file with its aliases written out; the largest rule that is shipped has some thousand."""


@dataclass
class Document:
    """The data of a file; `places` maps a path such as ("fixes", 0, "when") to (line, col), both from 1."""

    file: str
    data: Any = None
    places: dict[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    full: bool = False
    """Whether there is more than is read."""

    def problem(self, path: tuple[str | int, ...], message: str) -> None:
        """Note what is wrong at a path, or at the nearest path above it that has a place."""
        while path and path not in self.places:
            path = path[:-1]
        line, col = self.places.get(path, (1, 1))
        self.problems.append(Problem(self.file, line, col, message))


def parse(text: str, file: str) -> Document:
    """Read a YAML text; what is wrong with it stands in `problems`, and what could be read in `data`."""
    import yaml

    document = Document(file)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except RecursionError:
        document.problems.append(Problem(file, 1, 1, "nested too deep"))
        return document
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        words = getattr(error, "problem", None) or str(error).splitlines()[0]
        document.problems.append(Problem(file, line, col, f"no YAML: {words}"))
        return document
    if node is not None:
        document.data = _plain(document, node, (), set())
    return document


def _plain(document: Document, node: Any, path: tuple[str | int, ...], open_: set[int]) -> Any:
    document.places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if node.id == "scalar":
        return _scalar(node)
    if id(node) in open_ or len(path) > MAX_DEPTH:
        document.problem(path, "nested too deep, or an alias of what holds it")
        return None
    if len(document.places) > MOST_VALUES:
        if not document.full:
            document.problem(path, f"too many values: a rule has at most {MOST_VALUES:,}, its aliases written out")
        document.full = True
        return None
    open_ = open_ | {id(node)}
    if node.id == "sequence":
        return [_plain(document, item, (*path, index), open_) for index, item in enumerate(node.value)]
    return _mapping(document, node, path, open_)


def _mapping(document: Document, node: Any, path: tuple[str | int, ...], open_: set[int]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if key_node.id == "scalar" else ""
        here = (*path, key)
        document.places[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not key:
            document.problem(here, "a key must be a word")
        elif key in data:
            document.problem(here, f"the key {key!r} stands here twice")
        data[key] = _plain(document, value_node, here, open_)
    return data


def _scalar(node: Any) -> str | bool | int | None:
    """Quoted: text. Plain: true/false, null and whole numbers; all else is text."""
    if node.style in ("'", '"', "|", ">"):
        return str(node.value)
    words: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
    if node.value in words:
        return words[node.value]
    digits = node.value.lstrip("-")
    return int(node.value) if digits.isdigit() and len(digits) < 16 and digits.isascii() else str(node.value)
