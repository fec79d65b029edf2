"""Any other YAML: scripts in its scalars, and maps that describe a container (Ansible, GitLab CI, dstack)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.names import in_yaml

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

name = "yaml"


def claims(file: str, text: str) -> bool:
    """Whether a file is YAML by its name."""
    return in_yaml(file)


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of the scripts and containers, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits a launch of such a file."""
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    if "vllm" not in text.lower() and "api_server" not in text:
        return []
    from vllm_doctor.launch.yamlfile.maps import loose_scripts, map_sites
    from vllm_doctor.launch.yamlfile.site import in_order
    from vllm_doctor.launch.yamlfile.tree import read_yaml

    documents = read_yaml(text)
    found = map_sites(text, file, name, documents)
    found += loose_scripts(text, file, name, documents, found)
    return in_order(found)
