"""Lines put into a YAML file for what a container or pod is to be given, in the file's own indentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.environment import new_key
from vllm_doctor.launch.yamlfile.items import after_line, line_start
from vllm_doctor.launch.yamlfile.tree import walk
from vllm_doctor.launch.yamlfile.writing import newline_of
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.tree import Node

VOLUME = "dshm"


def map_at(documents: list[Node], span: Span) -> Node | None:
    """The map that stands at a place."""
    found = (node for _, node in walk(documents) if (node.kind, node.start, node.end) == ("map", span.start, span.end))
    return next(found, None)


def key_below(text: str, node: Node, name: str, value: str) -> Edits:
    """A key with a plain value in a map, below its image where it has one of its own; () where there is no way."""
    if node.flow:
        return next(new_key(text, node, name, value), ())
    return _below(text, node, [f"{name}: {value}"])


def key_set(text: str, node: Node, name: str, value: str) -> Edits:
    """A key of a map with another plain value, or the key anew."""
    there = next((scalar for key, scalar in node.pairs if key.value == name and scalar.start >= key.end), None)
    if there is None:
        return next(new_key(text, node, name, value), ())
    return (Edit(Span(there.start, there.end), value),) if there.kind == "scalar" and there.end > there.start else ()


def key_first(text: str, node: Node, lines: Sequence[str]) -> Edits:
    """A key with its lines before all others of a block map; () for one in braces."""
    if node.flow or not node.pairs:
        return ()
    at = node.pairs[0][0].start
    indent = _indent(text, at)
    if indent is None:
        return ()
    body = (newline_of(text) + indent).join([*lines, ""])
    return (Edit(Span(at, at), body),)


def shared_memory(text: str, spec: Node, box: Node) -> Edits:
    """An emptyDir in memory, mounted at /dev/shm: a volume of the pod, and its mount in the container."""
    volumes, mounts = spec.get("volumes"), box.get("volumeMounts")
    taken = {item.string("name") for item in volumes.items} if volumes else set()
    name = next(one for one in (VOLUME, f"{VOLUME}-1", f"{VOLUME}-2", f"{VOLUME}-3") if one not in taken)
    source = [f"- name: {name}", "  emptyDir:", "    medium: Memory"]
    place = [f"- name: {name}", "  mountPath: /dev/shm"]
    first = _item(text, volumes, source) if volumes else key_first(text, spec, ["volumes:", *_in(source)])
    second = _item(text, mounts, place) if mounts else _below(text, box, ["volumeMounts:", *_in(place)])
    return tuple(sorted([*first, *second], key=lambda edit: edit.span)) if first and second else ()


def startup_probe(text: str, box: Node, failures: str) -> Edits:
    """So many failures of the startup probe that is there, else one that looks as the liveness probe does."""
    there = box.get("startupProbe")
    if there:
        return key_set(text, there, "failureThreshold", failures)
    key, live = next((pair for pair in box.pairs if pair[0].value == "livenessProbe"), (None, None))
    lines = _check_of(text, live) if live else []
    indent = _indent(text, key.start) if key and not box.flow else None
    if key is None or not lines or indent is None:
        return ()
    made = ["startupProbe:", *_in([*lines, f"failureThreshold: {failures}"])]
    return (Edit(Span(key.start, key.start), (newline_of(text) + indent).join([*made, ""])),)


def _check_of(text: str, live: Node) -> list[str]:
    """What a probe looks at and how often, a key a line; [] where that is more than a few plain keys."""
    for way in ("httpGet", "tcpSocket", "grpc"):
        check = live.get(way)
        if check and all(value.kind == "scalar" and "\n" not in _raw(text, value) for _, value in check.pairs):
            period = live.get("periodSeconds")
            said = [f"{key.value}: {_raw(text, value)}" for key, value in check.pairs]
            return [f"{way}:", *_in(said), f"periodSeconds: {_raw(text, period) if period else 10}"]
    return []


def _raw(text: str, node: Node) -> str:
    return text[node.start : node.end]


def _in(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _below(text: str, node: Node, lines: Sequence[str]) -> Edits:
    """Lines of a block map below one of its own scalars: what `<<` merges in belongs to others, too."""
    own = [(key, value) for key, value in node.pairs if value.kind == "scalar" and value.style not in ("|", ">")]
    own = [pair for pair in own if pair[1].start >= pair[0].end]
    named = {key.value: (key, value) for key, value in own}
    key, value = named.get("image") or named.get("name") or next(iter(own), (None, None))
    if node.flow or key is None or value is None:
        return key_first(text, node, lines)
    start = line_start(text, key.start)
    lead = text[start : key.start]
    if not re.fullmatch(r"[ \t]*(?:-[ \t]+)?", lead):
        return ()
    indent = " " * len(lead.expandtabs(1))
    return (after_line(text, value.end, [indent + line for line in lines]),)


def _item(text: str, node: Node, lines: Sequence[str]) -> Edits:
    """One more item of a block list, with the dash of the one above."""
    if node.flow or not node.items or node.items[-1].flow:
        return ()
    last = node.items[-1]
    lead = text[line_start(text, last.start) : last.start]
    dash = re.fullmatch(r"([ \t]*)-([ \t]+)", lead)
    if dash is None:
        return ()
    rest = [f"{dash[1]}-{dash[2]}{lines[0].removeprefix('- ')}"]
    rest += [" " * len(lead) + line.removeprefix("  ") for line in lines[1:]]
    return (after_line(text, last.end, rest),)


def _indent(text: str, at: int) -> str | None:
    """What stands before a key on its line, where it is blank."""
    lead = text[line_start(text, at) : at]
    return lead if re.fullmatch(r"[ \t]*", lead) else None
