"""What is broken in a launch that YAML holds: words of a list, texts that YAML folds, values that are no strings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.entry import repeated
from vllm_doctor.launch.broken.flaws import Flaw, shell_flaws
from vllm_doctor.launch.yamlfile.dollars import dollars
from vllm_doctor.launch.yamlfile.list_flaws import list_flaws, whole_command
from vllm_doctor.launch.yamlfile.listed import ListHost
from vllm_doctor.launch.yamlfile.remarks import remarks
from vllm_doctor.launch.yamlfile.texts import TextHost
from vllm_doctor.launch.yamlfile.tree import walk
from vllm_doctor.launch.yamlfile.typed import is_typed
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.yamlfile.writer import YamlWriter

FOLDED_BACKSLASH, FOLDED_LINES, VARIABLE = "folded-backslash", "folded-lines", "variable-not-text"

_CONTAINERS = frozenset({"compose", "kubernetes", "kserve"})
"""Kinds of files whose lists are a program's arguments; what others make of a list is not known."""
_CONTINUED = pattern(r"(?<!\\)\\(?=\s)")


def yaml_flaws(writer: YamlWriter) -> Iterator[Flaw]:
    """The flaws of all texts and lists of a launch, and of what a container makes of it."""
    folded = any(host.script.node.style == ">" for host in writer.shelled())
    for flaw in shell_flaws(writer):
        lines = folded and flaw.how == "missing-backslash"
        yield replace(flaw, how=FOLDED_LINES) if lines else flaw
    documents = list(walk(writer.site.documents))
    for host in writer.site.hosts:
        if isinstance(host, ListHost):
            yield from list_flaws(host)
        elif isinstance(host, TextHost):
            yield from _backslashes(host)
            yield from remarks(host)
            yield from whole_command(host, documents) if writer.launch.kind in _CONTAINERS else ()
    yield from _variables(writer)
    yield from dollars(writer)
    yield from repeated(writer.launch)


def _variables(writer: YamlWriter) -> Iterator[Flaw]:
    """Values of a container's environment that are no strings, which Kubernetes refuses."""
    if writer.launch.kind not in ("kubernetes", "kserve"):
        return
    for entry in writer.site.env.entries if writer.site.env else ():
        node = entry.value
        if node is None or node is entry.node or node.style or node.text is not writer.text:
            continue
        if node.kind == "scalar" and is_typed(node.value, "kubernetes"):
            place = Span(node.start, node.end)
            yield Flaw(VARIABLE, place, ((Edit(place, f'"{node.value}"'),),))


def _backslashes(host: TextHost) -> Iterator[Flaw]:
    """Backslashes that were meant to continue a line which YAML, or Compose's splitting, joins itself."""
    script, source = host.script, host.script.source
    skip = len(script.prefix)
    for found in _CONTINUED.finditer(source.inner):
        at = found.start()
        if not host.inner.span.start <= at + skip <= host.inner.span.end:
            continue
        behind = source.outer[source.starts[at + 1] : source.ends[at + 1]]
        if script.split or ("\n" in behind and source.inner[at + 1] != "\n"):
            place = Span(source.starts[at], source.ends[at])
            start = len(source.outer[: place.start].rstrip(" \t"))
            yield Flaw(FOLDED_BACKSLASH, place, ((Edit(Span(start, place.end), ""),),))
