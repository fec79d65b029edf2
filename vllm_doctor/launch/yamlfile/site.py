"""A launch in a YAML file, with the places at which it may be edited."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.tree import Node, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.environment import Environment
    from vllm_doctor.launch.yamlfile.hosts import Host
    from vllm_doctor.launch.yamlfile.texts import TextHost


MOST_LAUNCHES = 500
"""So many launches of one file are read, and no more."""


@dataclass(frozen=True, slots=True)
class YamlSite:
    """A launch whose words stand in `hosts`, one after another; `env` is what the file sets around it.

    `shell` is the script that starts it, where one does, in which variables may be set too. `script` is the text
    whose quotes must stay closed.
    """

    launch: Launch
    hosts: tuple[Host, ...]
    documents: list[Node] = field(repr=False)
    env: Environment | None = None
    shell: TextHost | None = None
    script: str = ""

    def outside(self) -> list[tuple[tuple[str, ...], str, str]]:
        """Everything of the file that is not this launch: it must be the same after an edit."""
        own = {id(node) for host in self.hosts for node in host.own}
        own |= {id(node) for node in self.env.own} if self.env else set()
        return [(path, node.kind, node.value) for path, node in _walk_outside(self.documents, own) if not node.null]


def _walk_outside(documents: list[Node], own: set[int]) -> list[tuple[tuple[str, ...], Node]]:
    hidden = {id(below) for _, node in walk(documents) if id(node) in own for _, below in walk([node])}
    return [(path, node) for path, node in walk(documents) if id(node) not in hidden]


def in_order(found: Iterable[YamlSite]) -> list[YamlSite]:
    """The launches in the order of the text."""
    return sorted(found, key=lambda site: (site.launch.span.start, site.launch.span.end))


def overlaps(site: YamlSite, others: Iterable[YamlSite]) -> bool:
    """Whether a launch stands where one of the others does."""
    span = site.launch.span
    return any(span.start < other.launch.span.end and other.launch.span.start < span.end for other in others)
