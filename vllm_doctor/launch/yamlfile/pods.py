"""Containers as Kubernetes describes them, wherever they stand in a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.around.placed import placed
from vllm_doctor.launch.around.pods import around_containers
from vllm_doctor.launch.yamlfile.container import Container, container_sites, script_sites
from vllm_doctor.launch.yamlfile.derived import engine_sites
from vllm_doctor.launch.yamlfile.dialect import KUBERNETES, PLAIN
from vllm_doctor.launch.yamlfile.environment import Environment, read_environment
from vllm_doctor.launch.yamlfile.scripts import scripts
from vllm_doctor.launch.yamlfile.site import MOST_LAUNCHES, YamlSite, overlaps
from vllm_doctor.launch.yamlfile.tree import Node, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_GPU = ("nvidia.com/gpu", "amd.com/gpu", "gpu.intel.com/i915", "habana.ai/gaudi", "google.com/tpu")


def containers(text: str, file: str, kind: str, documents: list[Node]) -> Iterator[tuple[Node, Container]]:
    """Every map of an item of `containers` or `initContainers`, with what it runs.

    An init container must write its program out: most of them fetch something and end.
    """
    count = 0
    for path, node in walk(documents):
        if node.kind != "map" or not path[-1].isdigit() or len(path) < 3:
            continue
        group = path[-2]
        if group in ("containers", "initContainers") and count < MOST_LAUNCHES:
            count += 1
            yield node, pod_container(text, file, kind, documents, node, explicit=group == "initContainers")


def pod_container(
    text: str,
    file: str,
    kind: str,
    documents: list[Node],
    node: Node,
    *,
    explicit: bool = False,
    image: str | None = None,
) -> Container:
    """What a container of a pod runs: `command` overrides the entry point, `args` follow it."""
    env = node.get("env")
    return Container(
        text=text,
        file=file,
        kind=kind,
        documents=documents,
        dialect=KUBERNETES,
        env=read_environment(text, KUBERNETES, node, "env", "pairs", [env] if env else []),
        image=node.string("image") or image,
        name=node.string("name") or "",
        entry=node.filled("command"),
        command=node.filled("args"),
        explicit=explicit,
        options=pod_options(node),
    )


def pod_options(node: Node) -> dict[str, str]:
    """The GPUs and ports of a container, as `docker run` calls them."""
    made: dict[str, str] = {}
    for amount in ("limits", "requests"):
        for resource in _GPU:
            count = node.string("resources", amount, resource)
            if count and "gpus" not in made:
                made["gpus"] = count
    ports = node.get("ports")
    numbers = [number for port in ports.items if (number := port.string("containerPort"))] if ports else []
    if numbers:
        made["port"] = ",".join(numbers)
    return made


def pod_sites(text: str, file: str, kind: str, documents: list[Node]) -> list[YamlSite]:
    """The launches of the containers, of scripts elsewhere (a ConfigMap's), and of objects that name an engine."""
    found: list[YamlSite] = []
    around = around_containers(text, documents)
    for node, box in containers(text, file, kind, documents):
        found += placed(container_sites(box), around.get(id(node)))
    found += engine_sites(text, file, kind, documents)
    bare = Environment(text, PLAIN)
    for path, node, _ in scripts(documents):
        if not any(key in ("containers", "initContainers") for key in path):
            box = Container(text, file, kind, documents, PLAIN, bare)
            found += [site for site in script_sites(box, node) if not overlaps(site, found)]
    return found
