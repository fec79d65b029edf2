"""What a task of SkyPilot asks for (its YAML specification: resources, num_nodes)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.around.numbers import count
from vllm_doctor.launch.around.types import Surroundings
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.yamlfile.tree import Node


def of_task(document: Node, *, alone: bool = True) -> Surroundings:
    """The surroundings of a task's launches; `alone`: it has one."""
    nodes = count(document.string("num_nodes") or "1")
    asked = document.get("resources", "accelerators")
    resources = document.get("resources")
    choice = resources is not None and any(resources.get(key) for key in ("any_of", "ordered"))
    gpus = None if asked is None or choice else _gpus(asked)
    return Surroundings(
        holder="task",
        gpus=None if gpus is None else str(gpus),
        asked_by="accelerators",
        nodes=nodes,
        alone=alone,
        places={"gpus": Span(asked.start, asked.end)} if asked else {},
    )


def _gpus(asked: Node) -> int | None:
    """The number of GPUs of a node; None where alternatives differ in it."""
    if asked.kind == "scalar":
        return _of(asked.value)
    if asked.kind == "map":
        return _same([1 if value.null else count(value.value) for _, value in asked.pairs])
    return _same([_of(item.value) if item.kind == "scalar" else None for item in asked.items])


def _of(text: str) -> int | None:
    name, colon, number = text.strip().partition(":")
    if text.lstrip().startswith(("{", "[")) or not name or "$" in name:
        return None
    return count(number) if colon else 1


def _same(counts: Sequence[int | None]) -> int | None:
    return counts[0] if counts and len(set(counts)) == 1 else None
