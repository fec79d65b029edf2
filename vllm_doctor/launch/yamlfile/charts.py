"""What charts make of their values.

vLLM's production stack writes `vllm serve MODEL --host 0.0.0.0 --port 8000` and turns the keys of `vllmConfig`
into options, in a fixed order, with `extraArgs` last (vllm-project/production-stack,
helm/templates/deployment-vllm-multi.yaml). llm-d's model service runs `vllm serve` for `modelCommand: vllmServe`
(llm-d-incubation/llm-d-modelservice).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.programs import SERVE
from vllm_doctor.launch.types import Word
from vllm_doctor.launch.yamlfile.derived import engine_sites, literal_site
from vllm_doctor.launch.yamlfile.dialect import PLAIN
from vllm_doctor.launch.yamlfile.environment import read_environment
from vllm_doctor.launch.yamlfile.hosts import FixedHost, Host
from vllm_doctor.launch.yamlfile.keyed import KeyHost, KeyWord, as_object, words_of_key
from vllm_doctor.launch.yamlfile.maps import image_name, loose_scripts, map_sites
from vllm_doctor.launch.yamlfile.pods import containers, pod_container
from vllm_doctor.launch.yamlfile.site import MOST_LAUNCHES, YamlSite, in_order
from vllm_doctor.launch.yamlfile.tree import Node, walk
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_STACK = {
    "enableChunkedPrefill": ("--enable-chunked-prefill", "--no-enable-chunked-prefill"),
    "enablePrefixCaching": ("--enable-prefix-caching", None),
    "maxModelLen": ("--max-model-len", None),
    "dtype": ("--dtype", None),
    "tensorParallelSize": ("--tensor-parallel-size", None),
    "pipelineParallelSize": ("--pipeline-parallel-size", None),
    "maxNumSeqs": ("--max-num-seqs", None),
    "gpuMemoryUtilization": ("--gpu-memory-utilization", None),
    "maxLoras": ("--max-loras", None),
}
_SWITCHES = frozenset({"enableChunkedPrefill", "enablePrefixCaching"})
_MODEL_SWITCHES = {"enableLoRA": "--enable-lora", "enableTool": "--enable-auto-tool-choice"}
_MODEL_VALUES = {"toolCallParser": "--tool-call-parser"}


def chart_sites(text: str, file: str, kind: str, documents: list[Node]) -> list[YamlSite]:
    """The launches of all charts that are known, then of maps with a command, then of scripts."""
    found = [*_stack_sites(text, file, kind, documents), *engine_sites(text, file, kind, documents)]
    found += _served(text, file, kind, documents)
    found += map_sites(text, file, kind, documents, found)
    found += loose_scripts(text, file, kind, documents, found)
    return in_order(found)


def _served(text: str, file: str, kind: str, documents: list[Node]) -> Iterator[YamlSite]:
    """llm-d: containers whose command the chart writes."""
    for node, box in containers(text, file, kind, documents):
        command = (node.string("modelCommand") or "").lower()
        if command == "vllmserve":
            yield literal_site(
                text,
                file,
                kind,
                documents,
                node,
                box.command,
                box.env,
                program=SERVE,
                image=box.image,
                options=box.options,
            )


def _stack_sites(text: str, file: str, kind: str, documents: list[Node]) -> Iterator[YamlSite]:
    count = 0
    for path, node in walk(documents):
        if node.kind == "map" and path[-1].isdigit() and "modelSpec" in path and node.get("modelURL"):
            count += 1
            if count <= MOST_LAUNCHES:
                yield _stack_site(text, file, kind, documents, node)


def _stack_site(text: str, file: str, kind: str, documents: list[Node], node: Node) -> YamlSite:
    url = node.entries()["modelURL"]
    model = KeyHost(text, node, [KeyWord(_word(text, url[1]), url[0], url[1])], lambda _: None)
    place = Span(url[1].start, url[1].end)
    fixed = FixedHost([Word(value, "", place) for value in ("--host", "0.0.0.0", "--port", "8000")])  # noqa: S104
    before: list[Host] = [model, fixed]
    if any(key in node.entries() for key in (*_MODEL_SWITCHES, *_MODEL_VALUES)):
        before.append(KeyHost(text, node, list(_of_model(text, node)), lambda _: None))
    config = node.get("vllmConfig")
    if config and config.kind == "map":
        before.append(KeyHost(text, config, list(_of_config(text, config)), lambda _: None))
    env = node.get("env")
    box = pod_container(text, file, kind, documents, node)
    return literal_site(
        text, file, kind, documents, node, node.get("vllmConfig", "extraArgs"),
        read_environment(text, PLAIN, node, "env", "pairs", [env] if env else []),
        program=SERVE, image=image_name(node), options=_gpus(node) | box.options, before=tuple(before),
    )  # fmt: skip


def _of_model(text: str, node: Node) -> Iterator[KeyWord]:
    entries = node.entries()
    for name, flag in _MODEL_SWITCHES.items():
        if name in entries and as_object(entries[name][1]) is True:
            yield from words_of_key(text, flag, *entries[name])
    for name, flag in _MODEL_VALUES.items():
        if name in entries and not entries[name][1].null:
            yield from words_of_key(text, flag, *entries[name])


def _of_config(text: str, config: Node) -> Iterator[KeyWord]:
    entries = config.entries()
    for name, (flag, negative) in _STACK.items():
        if name in entries and not entries[name][1].null:
            key, value = entries[name]
            yield from words_of_key(text, flag, key, value, negative)


def _word(text: str, node: Node) -> Word:
    place = Span(node.start, node.end)
    return Word(node.value, place.of(text), place, "{{" in node.value)


def _gpus(node: Node) -> dict[str, str]:
    count = node.string("requestGPU")
    return {"gpus": count} if count else {}
