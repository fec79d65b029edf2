"""Whether a container without a program of its own runs vLLM, told by its image, its name and its options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.docker import entry_program, is_vllm_image
from vllm_doctor.launch.options import canonical
from vllm_doctor.launch.yamlfile.dialect import resolved
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

_OTHERS = pattern(
    r"sglang|text-generation|\btgi\b|llama[._-]?cpp|llama-server|ollama|lmdeploy|tensorrt|triton|aphrodite|infinity"
    r"|router|routing|sidecar|exporter|proxy|gateway|operator|controller|webui|open-web|litellm|envoy|nginx"
    r"|prometheus|grafana|benchmark|guidellm|lm-eval|genai-perf|epp\b|scheduler|download|init|redis|simulator|inference-sim",
    re.IGNORECASE,
)
_DISTINCTIVE = frozenset(
    """
    --gpu-memory-utilization --max-model-len --tensor-parallel-size --served-model-name --max-num-seqs
    --pipeline-parallel-size --max-num-batched-tokens --enforce-eager --kv-cache-dtype --enable-prefix-caching
    --enable-auto-tool-choice --tool-call-parser --reasoning-parser --enable-chunked-prefill --swap-space
    --cpu-offload-gb --limit-mm-per-prompt --speculative-config --kv-transfer-config --enable-lora
    --disable-log-requests --block-size --data-parallel-size --enable-expert-parallel --max-seq-len-to-capture
    """.split()
)
_FOREIGN = frozenset(
    {"--vllm-port", "--model-path", "--model-id", "--service-discovery", "--n-gpu-layers", "--ctx-size"}
)
_COMMANDS = pattern(
    r"(?:.*/)?(?:python[\d.]*|bash|sh|sleep|tail|vllm|bench|chat|complete|collect-env|run-batch|ray|pip3?|uv)$"
)


def meant_for_vllm(image: str | None, name: str, args: Sequence[str], built: bool = False) -> bool:
    """Whether arguments alone start vLLM: its image says so, or a name with `vllm` and options that only it has.

    `built`: the image is built from a folder, whose name is in `name`.
    """
    flags = {canonical(word.split()[0].partition("=")[0]) for word in args if word.startswith("--")}
    if flags & _FOREIGN or _OTHERS.search(_base(image or "")) or (args and _COMMANDS.match(args[0])):
        return False
    if image and entry_program(resolved(image)):
        return True
    if args and not args[0].startswith("-") and args[0] != "serve" and not _names_model(args):
        return False
    mine = len(flags & _DISTINCTIVE)
    if image and is_vllm_image(_base(image)):
        return bool(args)
    if "vllm" in name.lower() and not _OTHERS.search(name):
        return mine > 0 or (bool(args) and built)
    return mine > 1


def names_other(name: str) -> bool:
    """Whether a name is that of another engine, or of something beside one (a router, a sidecar)."""
    return _OTHERS.search(name) is not None


def _base(image: str) -> str:
    """An image without its registry, so that `registry.proxy.corp/vllm` is no proxy."""
    head, slash, rest = resolved(image).partition("/")
    return rest if slash and ("." in head or ":" in head) else resolved(image)


def _names_model(args: Sequence[str]) -> bool:
    return "/" in args[0] or "$" in args[0] or len(args) == 1 or args[1].startswith("-")
