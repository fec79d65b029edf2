"""Objects of KServe: what InferenceService and LLMInferenceService make of vLLM; runtimes are read as pods."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.programs import API_SERVER, SERVE
from vllm_doctor.launch.yamlfile.container import container_sites
from vllm_doctor.launch.yamlfile.derived import literal_site
from vllm_doctor.launch.yamlfile.dialect import KUBERNETES
from vllm_doctor.launch.yamlfile.environment import read_environment
from vllm_doctor.launch.yamlfile.looks import names_other
from vllm_doctor.launch.yamlfile.pods import pod_container, pod_options, pod_sites
from vllm_doctor.launch.yamlfile.site import YamlSite, in_order
from vllm_doctor.launch.yamlfile.texts import PREFIX, TextHost, launches_in, script_of
from vllm_doctor.launch.yamlfile.tree import Node, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.yamlfile.hosts import Host

KIND = "kserve"
_ADDED = "VLLM_ADDITIONAL_ARGS"


def kserve_sites(text: str, file: str) -> list[YamlSite]:
    """The launches of all objects, with the places at which they may be edited."""
    documents = read_yaml(text)
    objects = [item for document in documents for item in _objects(document)]
    found: list[YamlSite] = []
    for node in objects:
        found += _of_object(text, file, documents, node)
    services = [node for node in objects if node.string("kind") == "LLMInferenceService"]
    places = [(node.start, node.end) for node in services]
    for site in pod_sites(text, file, KIND, documents):
        if not any(start <= site.launch.span.start < end for start, end in places):
            found.append(site)
    return in_order(found)


def _objects(document: Node) -> list[Node]:
    items = document.get("items") if document.string("kind") == "List" else None
    return items.items if items else [document]


def _of_object(text: str, file: str, documents: list[Node], node: Node) -> Iterator[YamlSite]:
    kind, spec = node.string("kind"), node.get("spec")
    if spec is None:
        return
    if kind == "InferenceService":
        model = spec.get("predictor", "model")
        named = f"{model.string('modelFormat', 'name') or ''} {model.string('runtime') or ''}" if model else ""
        if model and "vllm" in named.lower() and not names_other(named):
            yield _of_model(text, file, documents, model)
    elif kind == "LLMInferenceService" and not names_other(spec.string("runtime") or ""):
        for part in [spec, *(found for key in ("prefill", "decode") if (found := spec.get(key)))]:
            yield from _of_service(text, file, documents, part)


def _of_model(text: str, file: str, documents: list[Node], model: Node) -> YamlSite:
    """The runtime's command, of which the object adds only arguments."""
    env = model.get("env")
    return literal_site(
        text, file, KIND, documents, model, model.get("args"),
        read_environment(text, KUBERNETES, model, "env", "pairs", [env] if env else []),
        program=API_SERVER, image=model.string("image"), dialect=KUBERNETES, options=pod_options(model),
    )  # fmt: skip


def _of_service(text: str, file: str, documents: list[Node], part: Node) -> Iterator[YamlSite]:
    """The container `main`: with a command of its own, or the template's `vllm serve` and what is added to it."""
    listed = part.get("template", "containers")
    boxes = listed.items if listed and listed.kind == "list" else []
    main = next((one for one in boxes if one.string("name") == "main"), boxes[0] if boxes else None)
    if main is None:
        env = read_environment(text, KUBERNETES, None, "env", "pairs", [])
        yield literal_site(text, file, KIND, documents, part, None, env, program=SERVE, dialect=KUBERNETES)
        return
    box = pod_container(text, file, KIND, documents, main)
    if box.entry is not None:
        yield from container_sites(box)
        return
    added = next((entry.value for entry in box.env.entries if entry.variable.name == _ADDED), None)
    box = replace(box, env=box.env.without(_ADDED))
    yield literal_site(
        text, file, KIND, documents, main, box.command, box.env, program=SERVE, image=box.image,
        dialect=KUBERNETES, options=box.options, before=_added(text, file, added),
    )  # fmt: skip


def _added(text: str, file: str, node: Node | None) -> tuple[Host, ...]:
    script = script_of(text, node, split=True, prefix=PREFIX) if node is not None else None
    found = launches_in(script, file) if script else []
    return (TextHost(script, found[0][0]),) if script and found else ()
