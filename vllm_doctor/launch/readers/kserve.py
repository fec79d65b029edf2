"""KServe: InferenceService, LLMInferenceService and serving runtimes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.names import in_yaml
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

name = "kserve"
_OBJECT = pattern(r"^[ \t]*(?:- )?apiVersion:[ \t]*[\"']?serving\.kserve\.io/", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file holds objects of KServe."""
    return in_yaml(file) and bool(_OBJECT.search(text))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of all objects, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits a launch of such an object."""
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    from vllm_doctor.launch.yamlfile.kserve_objects import kserve_sites

    return kserve_sites(text, file)
