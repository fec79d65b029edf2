"""Containers and scripts in YAML of no fixed shape: a map with an image, a command or arguments, and an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.yamlfile.container import Container, container_sites, script_sites
from vllm_doctor.launch.yamlfile.dialect import PLAIN, Dialect
from vllm_doctor.launch.yamlfile.environment import Environment, read_environment
from vllm_doctor.launch.yamlfile.pods import pod_options
from vllm_doctor.launch.yamlfile.scripts import scripts
from vllm_doctor.launch.yamlfile.site import MOST_LAUNCHES, YamlSite, overlaps
from vllm_doctor.launch.yamlfile.tree import Node, lineage
from vllm_doctor.launch.yamlfile.words import args_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENV = ("env", "envs", "environment", "extraEnv", "extraEnvs", "envVars", "variables", "secrets")
_ENTRY = ("command", "entrypoint")
_ARGS = (
    "args",
    "arguments",
    "containerArgs",
    "extraArgs",
    "vllmArgs",
    "engineArgs",
    "serverArgs",
    "additionalArgs",
    "vllmExtraArgs",
)


def map_sites(text: str, file: str, kind: str, documents: list[Node], taken: Sequence[YamlSite] = ()) -> list[YamlSite]:
    """The launches of maps that describe a container, but for what others have read (`taken`)."""
    found: list[YamlSite] = []
    for path, node, above in lineage(documents):
        if node.kind != "map" or any(
            key in ("initContainers", "probe", "livenessProbe", "readinessProbe") for key in path
        ):
            continue
        box = _container(text, file, kind, documents, path, node, above)
        if len(found) >= MOST_LAUNCHES:
            break
        if box:
            found += [site for site in container_sites(box) if not overlaps(site, [*taken, *found])]
    return found


def loose_scripts(
    text: str,
    file: str,
    kind: str,
    documents: list[Node],
    taken: Sequence[YamlSite] = (),
    *,
    keys: Iterable[str] = (),
    env_keys: Sequence[str] = _ENV,
    dialect: Dialect = PLAIN,
) -> list[YamlSite]:
    """The launches of scripts in scalars, with the environment of all maps around them; `keys`: only under these."""
    found: list[YamlSite] = []
    wanted = frozenset(keys)
    for _, node, above in scripts(documents, wanted):
        env = _environment(text, dialect, above, env_keys)
        box = Container(text, file, kind, documents, dialect, env, image=_image_above(above))
        found += [site for site in script_sites(box, node) if not overlaps(site, [*taken, *found])]
    return found


def _container(
    text: str, file: str, kind: str, documents: list[Node], path: tuple[str, ...], node: Node, above: Sequence[Node]
) -> Container | None:
    entry = next((found for key in _ENTRY if (found := node.filled(key))), None)
    args = next((found for key in _ARGS if (found := node.filled(key))), None)
    if not any(one is not None and one.kind in ("list", "scalar") for one in (entry, args)):
        return None
    if entry is not None and args is None and _only_options(text, entry):
        entry, args = None, entry
    around = [*above, node]
    return Container(
        text=text,
        file=file,
        kind=kind,
        documents=documents,
        dialect=PLAIN,
        env=_environment(text, PLAIN, around[-2:] if node.get("repository") else [node], _ENV),
        image=_image_above(around),
        name=" ".join([*path[1:], node.string("name") or ""]),
        entry=entry,
        command=args,
        options=pod_options(node),
    )


def _only_options(text: str, node: Node) -> bool:
    """Whether a command begins with an option, so that it can only follow the image's own program."""
    args = args_of(text, node, PLAIN)
    return bool(args) and args[0].value.startswith("-")


def _image_above(around: Sequence[Node]) -> str | None:
    """The image of the nearest map that has one: a string, or a map of its repository and tag."""
    for node in reversed(around):
        if node.kind != "map":
            continue
        found = node if node.get("repository") else node.get("image")
        image = image_name(found) if found else None
        if image:
            return image
    return None


def image_name(node: Node) -> str | None:
    """An image as one string; charts write its registry, repository and tag apart."""
    if node.kind == "scalar":
        return node.value
    repository = node.string("repository") or node.string("name")
    if not repository:
        return None
    registry, tag, digest = node.string("registry"), node.string("tag"), node.string("digest")
    head = f"{registry}/{repository}" if registry else repository
    return head + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def _environment(text: str, dialect: Dialect, around: Sequence[Node], keys: Sequence[str]) -> Environment:
    nodes: list[Node] = []
    owner: Node | None = None
    key, form = "env", "map"
    for node in around:
        for one in keys:
            found = node.get(one) if node.kind == "map" else None
            if found and found.kind in ("map", "list"):
                nodes.append(found)
                owner, key, form = node, one, "pairs" if found.kind == "list" else "map"
    return read_environment(text, dialect, owner, key, form, nodes)
