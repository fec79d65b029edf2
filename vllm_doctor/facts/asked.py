"""Arguments of the launch as numbers: they are kept as text, as given or echoed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.vllm.values import read, refusal

if TYPE_CHECKING:
    from vllm_doctor.facts.types import Facts


def asked_number(facts: Facts, name: str) -> float | None:
    """The argument `name` (a dest, `max_model_len`) as a number; None where it is unknown, `None` or `auto`.

    -1 stands for "as much as fits" (`--max-model-len -1`), so no negative number is one.
    """
    return count(facts.text(f"args.{name}") or facts.text(f"config.{name}") or "")


def count(text: str) -> float | None:
    """A plain number, or 32k (thousands) and 32K (1024 each) as vLLM reads them; None for anything else."""
    text = text.strip()
    if re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?", text, re.ASCII):
        return float(text)
    if not re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?[kKmMgGtT]", text, re.ASCII) or refusal("human-int", text):
        return None
    return float(read("human-int", text))


def gpus_per_replica(facts: Facts) -> int:
    """Over how many GPUs the weights are split: tensor times pipeline parallel size, each 1 by default."""
    tensor, pipeline = (asked_number(facts, f"{kind}_parallel_size") or 1 for kind in ("tensor", "pipeline"))
    return max(1, int(tensor) * int(pipeline))
