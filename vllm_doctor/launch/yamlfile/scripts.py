"""Scripts that stand in scalars of YAML: a value is read as shell text where its key, or its lines, say that it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.site import MOST_LAUNCHES
from vllm_doctor.launch.yamlfile.tree import lineage
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.yamlfile.tree import Node

_PROSE = pattern(
    r"(?:description|desc|name|title|message|msg|help|notes?|comments?|summary|label|labels|annotations|tags?|doc|docs"
    r"|documentation|readme|text|content|prompt|example|examples|usage|if|when|pattern|regex|grep|match|query|expr)$",
    re.IGNORECASE,
)
_SCRIPT = pattern(
    r"script|command|cmd|run|shell|exec|entrypoint|start|launch|serve|args|before_|after_|steps?$", re.IGNORECASE
)
_OTHER_FILES = pattern(r"\.(?:ya?ml|json|toml|ini|conf|cfg|py|md|txt|jinja|j2|properties|tpl)$", re.IGNORECASE)
_LAUNCH = pattern(r"vllm\S*\s+serve\b|api_server|\bdocker\b|\bpodman\b|\bnerdctl\b")
_SEVERAL = pattern(r"\n\s*\S")


def scripts(
    documents: list[Node], wanted: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[str, ...], Node, tuple[Node, ...]]]:
    """The scalars that may hold a script with a launch, with the keys and the nodes that lead to them.

    `wanted`: only the values of these keys, and lists of them.
    """
    count = 0
    for path, node, above in lineage(documents):
        if node.kind != "scalar" or not _LAUNCH.search(node.value):
            continue
        keys = [key for key in path[1:] if not key.isdigit()]
        key = keys[-1] if keys else ""
        if (wanted and key not in wanted) or not _reads_as_script(key, node):
            continue
        count += 1
        if count > MOST_LAUNCHES:
            return
        yield path, node, above


def _reads_as_script(key: str, node: Node) -> bool:
    if node.value.startswith("#!"):
        return True
    if _PROSE.match(key) or _OTHER_FILES.search(key):
        return False
    return bool(_SCRIPT.search(key) or node.style in ("|", ">") or _SEVERAL.search(node.value))
