"""The services of a docker-compose file as containers, with what they extend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from vllm_doctor.launch.around.compose import around_service
from vllm_doctor.launch.around.placed import placed
from vllm_doctor.launch.types import Variable, Word
from vllm_doctor.launch.yamlfile.beside import env_file, read_beside
from vllm_doctor.launch.yamlfile.container import Container, container_sites
from vllm_doctor.launch.yamlfile.dialect import COMPOSE
from vllm_doctor.launch.yamlfile.environment import read_environment
from vllm_doctor.launch.yamlfile.hosts import FixedHost
from vllm_doctor.launch.yamlfile.site import YamlSite
from vllm_doctor.launch.yamlfile.tree import Node, read_yaml
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from vllm_doctor.launch.around.types import Surroundings
    from vllm_doctor.launch.types import Launch

_MOST_SERVICES = 500
_MOST_DEPTH = 5


def compose_sites(text: str, file: str, kind: str) -> list[YamlSite]:
    """The launches of all services, with the places at which they may be edited."""
    documents = read_yaml(text)
    found: list[YamlSite] = []
    for document in documents:
        services = document.get("services")
        for title, (_, service) in list(services.entries().items() if services else ())[:_MOST_SERVICES]:
            if service.kind == "map":
                scene = Scene(text, file, kind, documents, document)
                found += placed(_of_service(scene, title, service), _around(scene, title, service))
    return found


@dataclass(frozen=True, slots=True)
class Scene:
    """A compose file as read; `depth` counts the files that led to it."""

    text: str
    file: str
    kind: str
    documents: list[Node]
    document: Node
    depth: int = 0


def _of_service(scene: Scene, title: str, service: Node) -> list[YamlSite]:
    """The launches of a service; of one that only extends another file's, with words that cannot be edited here."""
    chain = _chain(scene.document, service)
    box = _container(scene, title, chain)
    base = _elsewhere(scene, chain[-1])
    if base is None:
        return container_sites(box)
    there, named, extended = base
    place = Span(*_place(chain[-1]))
    below = _container(there, named, _chain(there.document, extended))
    more = [replace(variable, span=place) for variable in below.env.variables]
    env = replace(box.env, more=(*more, *box.env.more))
    box = replace(box, image=box.image or below.image, env=env, options=below.options | box.options)
    if box.entry is not None or box.command is not None:
        return container_sites(box)
    return [_moved(scene, box, site.launch, place) for site in _of_service(there, named, extended)]


def _around(scene: Scene, title: str, service: Node, *, extended: bool = False) -> Surroundings:
    """What stands around a service, and around the one of another file that it extends."""
    chain = _chain(scene.document, service)
    base = _elsewhere(scene, chain[-1])
    below = _around(*base, extended=True) if base else None
    partial = "override" in PurePath(scene.file).name
    return around_service(scene.document, title, chain, _options(chain), below, extended=extended, partial=partial)


def _place(service: Node) -> tuple[int, int]:
    node = service.get("extends")
    return (node.start, node.end) if node else (service.start, service.end)


def _moved(scene: Scene, box: Container, launch: Launch, place: Span) -> YamlSite:
    """A launch of another file as this one starts it."""
    words = tuple(Word(word.value, place.of(scene.text), place, word.dynamic) for word in launch.words)
    line = scene.text.count("\n", 0, place.start) + 1
    moved = replace(launch, words=words, text=scene.text, file=scene.file, span=place, line=line)
    moved = replace(moved, env=box.env.variables, image=box.image, container=dict(box.options))
    return YamlSite(moved, (FixedHost(words),), scene.documents, box.env)


def _elsewhere(scene: Scene, service: Node) -> tuple[Scene, str, Node] | None:
    """The service of another file that one extends, where that file lies below the folder of this one."""
    named, other = service.string("extends", "service"), service.string("extends", "file")
    text = read_beside(scene.file, other or "") if named and scene.depth < _MOST_DEPTH else None
    for document in read_yaml(text) if text else []:
        found = document.get("services", named or "")
        if text and named and other and found and found.kind == "map":
            path = str(PurePath(scene.file).parent / other)
            return Scene(text, path, scene.kind, [document], document, scene.depth + 1), named, found
    return None


def _container(scene: Scene, title: str, chain: list[Node]) -> Container:
    text, file, service = scene.text, scene.file, chain[0]
    nodes = [node for one in reversed(chain) if (node := one.get("environment"))]
    more = [variable for one in reversed(chain) for variable in _env_files(file, one)]
    form = "strings" if nodes and nodes[-1].kind == "list" else "map"
    build = service.get("build")
    context = " ".join(scalar for scalar in (_first(chain, "build"), build and build.string("dockerfile")) if scalar)
    return Container(
        text=text,
        file=file,
        kind=scene.kind,
        documents=scene.documents,
        dialect=COMPOSE,
        env=read_environment(text, COMPOSE, service, "environment", form, nodes, more),
        image=_first(chain, "image"),
        name=f"{title} {service.string('container_name') or ''} {context}",
        entry=next((node for one in chain if (node := one.get("entrypoint"))), None),
        command=next((node for one in chain if (node := one.get("command"))), None),
        arguments="command",
        built=build is not None and service.get("image") is None,
        options=_options(chain),
    )


def _chain(document: Node, service: Node) -> list[Node]:
    """The service and those of this file that it extends, the nearest first."""
    chain = [service]
    services = document.get("services")
    for _ in range(_MOST_DEPTH):
        extends = chain[-1].get("extends")
        if extends is None or extends.get("file"):
            break
        named = extends.value if extends.kind == "scalar" else extends.string("service")
        base = services.get(named) if services and named else None
        if base is None or base.kind != "map" or base in chain:
            break
        chain.append(base)
    return chain


def _first(chain: list[Node], key: str) -> str | None:
    return next((value for one in chain if (value := one.string(key))), None)


def _env_files(file: str, service: Node) -> list[Variable]:
    """What `env_file` sets, as far as the files lie below the folder of this one."""
    node = service.get("env_file")
    found: list[Variable] = []
    for item in [] if node is None else node.items if node.kind == "list" else [node]:
        path = item.value if item.kind == "scalar" else item.string("path")
        text = read_beside(file, path or "")
        values = env_file(text) if text else {}
        found += [Variable(key, value, Span(item.start, item.end), "file") for key, value in values.items()]
    return found


def _options(chain: list[Node]) -> dict[str, str]:
    """What matters to vLLM of the container: as `docker run` calls it."""
    made: dict[str, str] = {}
    for key, option in (
        ("ipc", "ipc"),
        ("shm_size", "shm-size"),
        ("network_mode", "network"),
        ("gpus", "gpus"),
        ("runtime", "runtime"),
    ):
        value = _first(chain, key)
        if value:
            made[option] = value
    ports = next((node for one in chain if (node := one.get("ports"))), None)
    listed = [item.value for item in ports.items if item.kind == "scalar"] if ports else []
    if listed:
        made["port"] = ",".join(listed)
    gpus = _gpus(chain)
    return {**made, "gpus": gpus} if gpus else made


def _gpus(chain: list[Node]) -> str | None:
    for one in chain:
        devices = one.get("deploy", "resources", "reservations", "devices")
        for device in devices.items if devices else ():
            ids = device.get("device_ids")
            if ids is not None and ids.kind == "list":
                return "device=" + ",".join(item.value for item in ids.items)
            if count := device.string("count"):
                return count
    return None
