"""docker-compose files: what each service's command makes of vLLM."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.names import in_yaml, last_part
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

name = "compose"
_NAME = pattern(r"(?:docker-)?compose\b.*\.ya?ml$|stack.*\.ya?ml$", re.IGNORECASE)
_SERVICES = pattern(r"^services:", re.MULTILINE)
_INSIDE = pattern(r"^[ \t]+(?:image|build|command|entrypoint|extends|container_name|environment|deploy):", re.MULTILINE)
_FOREIGN = pattern(r"^(?:apiVersion|jobs|on|run|setup):", re.MULTILINE)


def claims(file: str, text: str) -> bool:
    """Whether a YAML file is a compose file: it has `services` that are containers."""
    if not in_yaml(file) or not _SERVICES.search(text) or not _INSIDE.search(text):
        return False
    last = last_part(file)
    return bool(_NAME.match(last)) or not (_FOREIGN.search(text) or "gitlab-ci" in last)


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of a compose file's services, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> YamlWriter:
    """What edits a launch of a compose file."""
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

    return YamlWriter(launch, sites)


def sites(text: str, file: str) -> list[YamlSite]:
    """The launches with the places at which they may be edited."""
    from vllm_doctor.launch.yamlfile.compose_services import compose_sites

    return compose_sites(text, file, name)
