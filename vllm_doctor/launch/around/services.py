"""The services of a Kubernetes file whose addresses containers get as environment variables.

A container gets variables for every service of its namespace that has an address of its own; headless ones
(`clusterIP: None`) and those of type ExternalName have none (kubernetes: pkg/kubelet/envvars/envvars.go,
`FromServices`, and pkg/kubelet/kubelet_pods.go, `getServiceEnvVarMap`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.around.numbers import unresolved
from vllm_doctor.text import Span
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.yamlfile.tree import Node


@dataclass(frozen=True, slots=True)
class Service:
    """A service with an address: its name, the namespace as written (None: not written), where its name stands."""

    name: str
    namespace: str | None
    place: Span


def services(documents: list[Node]) -> list[Service]:
    """The services of a file, in its order; one whose name is not known is left out."""
    found = []
    for node in objects(documents):
        name = node.get("metadata", "name")
        spec = node.get("spec")
        if (node.string("apiVersion"), node.string("kind")) != ("v1", "Service"):
            continue
        if name is None or name.kind != "scalar" or unresolved(name.value) or _headless(spec):
            continue
        found.append(Service(name.value, node.string("metadata", "namespace"), Span(name.start, name.end)))
    return found


def objects(documents: list[Node]) -> Iterator[Node]:
    """The objects of a file, those of a `kind: List` among them."""
    for document in documents:
        items = document.get("items") if (document.string("kind") or "").endswith("List") else None
        yield from items.items if items else [document]


def _headless(spec: Node | None) -> bool:
    if spec is None:
        return True
    address = spec.string("clusterIP") or ""
    return address == "None" or unresolved(address) or spec.string("type") == "ExternalName"
