"""GitHub workflows and composite actions: the `run` scripts of their steps, with the `env` around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.names import in_yaml
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

name = "workflow"
_STEPS = pattern(r"^[ \t]+steps:", re.MULTILINE)
_WORKFLOW = pattern(r"^(?:jobs|runs):", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file is a workflow (`jobs` with `steps`) or a composite action (`runs` with `steps`)."""
    return in_yaml(file) and bool(_WORKFLOW.search(text) and _STEPS.search(text))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of the steps' scripts."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits a launch of a step."""
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    from vllm_doctor.launch.yamlfile.maps import loose_scripts
    from vllm_doctor.launch.yamlfile.tree import read_yaml

    documents = read_yaml(text)
    return loose_scripts(text, file, name, documents, keys=("run",), env_keys=("env",))
