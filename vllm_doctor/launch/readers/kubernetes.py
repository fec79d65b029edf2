"""Kubernetes manifests: Deployment, StatefulSet, Job, Pod, LeaderWorkerSet, List and whatever holds containers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.names import in_yaml
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

name = "kubernetes"
_OBJECT = pattern(r"^[ \t]*(?:- )?apiVersion:", re.MULTILINE)
_RELEASES = ("HelmRelease", "HelmChart", "Application")
_KIND = pattern(r"^[ \t]*(?:- )?kind:", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file holds objects of Kubernetes."""
    return in_yaml(file) and bool(_OBJECT.search(text) and _KIND.search(text))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of all containers and scripts of the documents, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits a launch of a manifest."""
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    from vllm_doctor.launch.yamlfile.charts import chart_sites
    from vllm_doctor.launch.yamlfile.pods import pod_sites
    from vllm_doctor.launch.yamlfile.site import in_order, overlaps
    from vllm_doctor.launch.yamlfile.tree import read_yaml

    documents = read_yaml(text)
    found = pod_sites(text, file, name, documents)
    if any(document.string("kind") in _RELEASES for document in documents):
        found += [site for site in chart_sites(text, file, name, documents) if not overlaps(site, found)]
    return in_order(found)
