#!/usr/bin/env python3
"""Write docs/memory.md: what launches took as vLLM logged it, beside what is reckoned from their words and configs.

`--check` writes nothing, and exits with 1 when the page is stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor.facts import Facts
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.sum import memory_sum
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.model.config import from_dict
from vllm_doctor.model.gpus import get_gpu

if TYPE_CHECKING:
    from vllm_doctor.model.settings import Memory

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "memory.md"
DATA = ROOT / "tests" / "model" / "data" / "memory.json"
RELEASE, GPU = "0.24.0", "H200"
_HEAD = """\
# Memory: measured and reckoned

Made by tools/memory_table.py from tests/model/data/memory.json; do not edit.

Launches of vLLM 0.24.0 on NVIDIA H200 (139.8 GiB), `--load-format dummy`, gpu_memory_utilization 0.92. Each cell is
what vLLM logged, then what `vllm-doctor fit` reckons from config and words alone; GiB of one GPU. Four constants
(what loading leaves beside the weights, what lies outside PyTorch, compilation, one captured batch size) were fitted
to these launches; the rest follows the sources named in `vllm_doctor/model/`. Other GPUs and releases were not
measured, and `fit` says so.

| model | words | weights | KV cache | KV tokens | CUDA graphs |
| --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    data = json.loads(DATA.read_text("utf-8"))
    return _HEAD + "".join(_row(launch, data["configs"][launch["model"]]) for launch in data["launches"])


def _row(launch: dict[str, Any], config: dict[str, Any]) -> str:
    memory = _reckoned(launch["args"], config)
    graphs = launch["cuda_graph_gib"]
    cells = [
        launch["model"],
        f"`{' '.join(launch['args'])}`" if launch["args"] else "",
        f"{launch['model_load_gib']:.2f} / {memory.weights_gib:.2f}",
        f"{launch['kv_cache_gib']:.2f} / {memory.kv_cache_gib:.2f}",
        f"{launch['kv_cache_tokens']:,} / {memory.kv_cache_tokens:,}",
        f"{graphs:.2f} / {memory.cuda_graph_gib:.2f}" if graphs is not None else "",
    ]
    return f"| {' | '.join(cells)} |\n"


def _reckoned(args: list[str], config: dict[str, Any]) -> Memory:
    launch = parse_command_line(" ".join(["vllm serve m", *args]))
    assert launch
    facts = Facts({fact.name: fact for fact in of_launch(launch)})
    return memory_sum(facts, from_dict(config), get_gpu(GPU), (RELEASE,)).memory


def main(words: list[str]) -> int:
    """Write the page, or look whether it is fresh."""
    if "--check" in words:
        return int(not PAGE.exists() or PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
