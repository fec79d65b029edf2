"""Launches whose command line a consumer of the file puts together: only what the file spells is read.

KubeAI's models and catalogue (`engine: VLLM` with `args`); the operator adds the model and its name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.programs import API_SERVER
from vllm_doctor.launch.types import Launch
from vllm_doctor.launch.yamlfile.dialect import PLAIN, Dialect
from vllm_doctor.launch.yamlfile.environment import read_environment
from vllm_doctor.launch.yamlfile.listed import ListHost, received
from vllm_doctor.launch.yamlfile.site import MOST_LAUNCHES, YamlSite
from vllm_doctor.launch.yamlfile.tree import Node, walk
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from vllm_doctor.launch.yamlfile.environment import Environment
    from vllm_doctor.launch.yamlfile.hosts import Host


def engine_sites(text: str, file: str, kind: str, documents: list[Node]) -> list[YamlSite]:
    """A launch for each map that names vLLM as its engine, but for those that are switched off."""
    found: list[YamlSite] = []
    for _, node in walk(documents):
        if node.kind != "map" or (node.string("engine") or "").lower() != "vllm" or node.string("enabled") == "false":
            continue
        if (node.get("args") is None and node.get("url") is None) or len(found) >= MOST_LAUNCHES:
            continue
        env = node.get("env")
        form = "pairs" if env and env.kind == "list" else "map"
        variables = read_environment(text, PLAIN, node, "env", form, [env] if env else [])
        args = node.get("args")
        found.append(literal_site(text, file, kind, documents, node, args, variables, program=API_SERVER))
    return found


def literal_site(
    text: str,
    file: str,
    kind: str,
    documents: list[Node],
    owner: Node,
    args: Node | None,
    env: Environment,
    *,
    program: str,
    image: str | None = None,
    dialect: Dialect = PLAIN,
    options: dict[str, str] | None = None,
    before: tuple[Host, ...] = (),
) -> YamlSite:
    """A launch of the arguments that a list spells; `before` are words that the consumer puts in front."""
    listed = args if args is not None and args.kind == "list" else None
    hosts: tuple[Host, ...] = (*before, *((ListHost(text, listed, 0, dialect),) if listed else ()))
    words = tuple(word for host in hosts for word in host.words)
    places = [word.span for word in words] or [Span(owner.start, owner.start)]
    span = Span(min(place.start for place in places), max(place.end for place in places))
    literal = [word.value for host in before for word in host.words]
    literal += [received(text, item, dialect) for item in listed.items] if listed else []
    launch = Launch(program, words, text, span, file, text.count("\n", 0, span.start) + 1, kind, env.variables, image)
    launch = replace(
        launch,
        container=options or {},
        program_source="image-entrypoint",
        argv_effective=tuple(literal) if tuple(literal) != launch.argv else None,
    )
    return YamlSite(launch, hosts, documents, env)
