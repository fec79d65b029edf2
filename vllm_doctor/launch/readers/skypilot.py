"""SkyPilot tasks: `setup` and `run` are scripts, `envs` their environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.names import in_yaml
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

name = "skypilot"
_RUN = pattern(r"^(?:run|setup):", re.MULTILINE)
_TASK = pattern(
    r"^(?:resources|envs|secrets|num_nodes|file_mounts|workdir|service|storage_mounts|setup):", re.MULTILINE
)
_FOREIGN = pattern(r"^(?:apiVersion|jobs|on|services|image|stages):", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file is a task of SkyPilot."""
    return in_yaml(file) and bool(_RUN.search(text) and _TASK.search(text)) and not _FOREIGN.search(text)


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of a task's scripts."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits a launch of a task."""
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    from vllm_doctor.launch.around.placed import placed
    from vllm_doctor.launch.around.sky import of_task
    from vllm_doctor.launch.yamlfile.maps import loose_scripts
    from vllm_doctor.launch.yamlfile.tree import read_yaml

    documents = read_yaml(text)
    found = loose_scripts(text, file, name, documents, keys=("run", "setup"), env_keys=("secrets", "envs"))
    return placed(found, of_task(documents[0])) if len(documents) == 1 else found
