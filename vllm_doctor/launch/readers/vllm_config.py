"""vLLM's own config file: each key is an option of `vllm serve --config FILE`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.names import in_yaml
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

name = "vllm-config"
_HINT = pattern(r"(?:^|[{,])[ \t]*[\"']?(?:model|[a-z]+(?:[-_][a-z]+)+)[\"']?:", re.MULTILINE)
_FOREIGN = pattern(r"^(?:apiVersion|services|jobs|run|on|setup):", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file is a map of vLLM's options and nothing else."""
    if not in_yaml(file) or _FOREIGN.search(text) or not _HINT.search(text):
        return False
    from vllm_doctor.launch.yamlfile.config import looks_like_config
    from vllm_doctor.launch.yamlfile.tree import read_yaml

    documents = read_yaml(text)
    return len(documents) == 1 and looks_like_config(documents[0])


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The one launch that the file configures."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits the file's keys."""
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    from vllm_doctor.launch.yamlfile.config import config_sites

    return config_sites(text, file, name)
