"""Kubernetes manifests: Deployment, StatefulSet, Job, Pod, LeaderWorkerSet, List and whatever holds containers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.container import Container, container_sites, script_sites
from vllm_doctor.launch.yamlfile.derived import engine_sites
from vllm_doctor.launch.yamlfile.dialect import PLAIN
from vllm_doctor.launch.yamlfile.environment import Environment
from vllm_doctor.launch.yamlfile.names import in_yaml
from vllm_doctor.launch.yamlfile.pods import containers
from vllm_doctor.launch.yamlfile.scripts import scripts
from vllm_doctor.launch.yamlfile.tree import Node, read_yaml
from vllm_doctor.launch.yamlfile.writer import YamlWriter

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite

name = "kubernetes"
_OBJECT = re.compile(r"^[ \t]*(?:- )?apiVersion:", re.MULTILINE)
_KIND = re.compile(r"^[ \t]*(?:- )?kind:", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file holds objects of Kubernetes."""
    return in_yaml(file) and bool(_OBJECT.search(text) and _KIND.search(text))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of all containers and scripts of the documents, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits a launch of a manifest."""
    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    documents = read_yaml(text)
    return in_order(pod_sites(text, file, name, documents))


def pod_sites(text: str, file: str, kind: str, documents: list[Node]) -> list[YamlSite]:
    """The launches of the containers, of scripts elsewhere (a ConfigMap's), and of objects that name an engine."""
    found: list[YamlSite] = []
    for _, box in containers(text, file, kind, documents):
        found += container_sites(box)
    found += engine_sites(text, file, kind, documents)
    taken = [(site.launch.span.start, site.launch.span.end) for site in found]
    bare = Container(text, file, kind, documents, PLAIN, Environment(text, PLAIN))
    for path, node in scripts(documents):
        inside = any(key in ("containers", "initContainers") for key in path)
        if not inside and not any(start < node.end and node.start < end for start, end in taken):
            found += script_sites(bare, node)
    return found


def in_order(found: list[YamlSite]) -> list[YamlSite]:
    """The launches in the order of the text."""
    return sorted(found, key=lambda site: (site.launch.span.start, site.launch.span.end))
