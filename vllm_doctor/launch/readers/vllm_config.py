"""vLLM's own config file: each key is an option of `vllm serve --config FILE`."""

from __future__ import annotations

import re

from vllm_doctor.launch.programs import SERVE
from vllm_doctor.launch.types import Launch
from vllm_doctor.launch.yamlfile.config import config_words, looks_like_config
from vllm_doctor.launch.yamlfile.keyed import KeyHost
from vllm_doctor.launch.yamlfile.names import in_yaml
from vllm_doctor.launch.yamlfile.site import YamlSite
from vllm_doctor.launch.yamlfile.tree import read_yaml
from vllm_doctor.launch.yamlfile.writer import YamlWriter
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

name = "vllm-config"
_HINT = pattern(r"(?:^|[{,])[ \t]*[\"']?(?:model|[a-z]+(?:[-_][a-z]+)+)[\"']?:", re.MULTILINE)
_FOREIGN = pattern(r"^(?:apiVersion|services|jobs|run|on|setup):", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file is a map of vLLM's options and nothing else."""
    if not in_yaml(file) or _FOREIGN.search(text) or not _HINT.search(text):
        return False
    documents = read_yaml(text)
    return len(documents) == 1 and looks_like_config(documents[0])


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The one launch that the file configures."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits the file's keys."""
    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launch with the keys that spell it."""
    documents = read_yaml(text)
    if len(documents) != 1 or documents[0].kind != "map":
        return []
    node = documents[0]
    host = KeyHost(text, node, config_words(text, node), _spelled)
    span = Span(node.start, node.end)
    line = text.count("\n", 0, span.start) + 1
    launch = Launch(SERVE, host.words, text, span, file, line, name)
    return [YamlSite(launch, (host,), documents)]


def _spelled(flag: str) -> str | None:
    """The key for a flag."""
    return flag[2:] if flag.startswith("--") and "." not in flag else None
