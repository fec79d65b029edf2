"""Values of Helm charts: the production stack, KubeAI, llm-d, and charts with a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.names import in_yaml, last_part
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

name = "helm"
_NAME = pattern(r"(?:.*[-_.])?values\b.*\.ya?ml$", re.IGNORECASE)
_VALUES = pattern(
    r"^(?:servingEngineSpec|routerSpec|replicaCount|catalog|modelArtifacts|nameOverride|fullnameOverride"
    r"|serviceAccount|nodeSelector|tolerations|resourceProfiles|imagePullSecrets):",
    re.MULTILINE,
)
_FOREIGN = pattern(r"^(?:apiVersion|services|jobs|run):", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file holds the values of a chart."""
    if not in_yaml(file) or _FOREIGN.search(text):
        return False
    return bool(_NAME.match(last_part(file)) or _VALUES.search(text))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches that the chart makes of the values, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits a launch of a chart's values."""
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    from vllm_doctor.launch.yamlfile.charts import chart_sites
    from vllm_doctor.launch.yamlfile.tree import read_yaml

    return chart_sites(text, file, name, read_yaml(text))
