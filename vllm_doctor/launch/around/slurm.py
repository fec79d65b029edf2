"""What the `#SBATCH` lines of a batch script ask for (sbatch(1))."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor.launch.around.numbers import count
from vllm_doctor.launch.around.types import Surroundings
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch

_LINE = pattern(r"^#SBATCH[ \t]+([^\n#]{1,400})", re.MULTILINE)
_OPTION = pattern(r"(--[a-z-]+|-[A-Za-z])(?:[= \t]?)([^\s-]\S*)?")
_STEP = pattern(r"\bsrun\b(?:[^\n\\]|\\.|\\\r?\n){0,400}?--(?:gres|gpus|gpus-per-node|gpus-per-task)\b")
_OTHER_USE = pattern(r"\b(?:python[0-9.]*|torchrun|accelerate|deepspeed|mpirun|ray)[ \t]")
_GPUS = {"--gres": "node", "--gpus-per-node": "node", "--gpus": "job", "-G": "job"}


def in_batch(launch: Launch, others: int) -> Launch:
    """The launch with what its batch script asks for; `others`: how many launches more the script has."""
    around = of_batch(launch.text)
    if around is None or launch.around is not None:
        return launch
    alone = not others and not _OTHER_USE.search(_without(launch))
    return replace(launch, around=replace(around, alone=alone))


@lru_cache(maxsize=2)
def of_batch(text: str) -> Surroundings | None:
    """What a batch script asks for; None where that is all unknown."""
    asked = _asked(text)
    nodes = count(asked.get("-N", asked.get("--nodes", "1")).partition("-")[0])
    found = [(name, span) for name, span in _gpu_options(text) if name in _GPUS]
    if len(found) != 1 or _STEP.search(text) or "--gpus-per-task" in asked:
        return None if nodes == 1 else Surroundings("batch", nodes=nodes)
    name, span = found[0]
    gpus = _number(asked[name])
    if _GPUS[name] == "job" and (nodes != 1 or gpus is None):
        return Surroundings("batch", nodes=nodes)
    given = None if gpus is None else str(gpus)
    return Surroundings("batch", gpus=given, asked_by=name, nodes=nodes, places={"gpus": span})


def _without(launch: Launch) -> str:
    return launch.text[: launch.span.start] + launch.text[launch.span.end :]


def _asked(text: str) -> dict[str, str]:
    return {found[1]: found[2] or "" for line in _LINE.finditer(text) for found in _OPTION.finditer(line[1])}


def _gpu_options(text: str) -> list[tuple[str, Span]]:
    return [
        (found[1], Span(line.start(1) + found.start(), line.start(1) + found.end()))
        for line in _LINE.finditer(text)
        for found in _OPTION.finditer(line[1])
    ]


def _number(value: str) -> int | None:
    """The number of `gpu:4`, `gpu:a100:4`, `a100:4` and `4`; None for several kinds, or what is no GPU."""
    parts = re.sub(r"\([^)]*\)", "", value).split(":")
    if "," in value or (len(parts) > 1 and parts[0] not in ("gpu",) and len(parts) != 2):
        return None
    if parts == ["gpu"]:
        return 1
    return count(parts[-1])
