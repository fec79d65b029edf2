"""Arguments of the launch as numbers: they are kept as text, as given or echoed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vllm_doctor.facts.types import Facts

SUFFIXES = {"": 1} | {
    letter: base**power
    for letters, base in (("kmgt", 10**3), ("KMGT", 2**10))
    for power, letter in enumerate(letters, 1)
}
"""vLLM's own (`human_readable_int`, vllm/engine/arg_utils.py): small letters decimal, capitals binary."""


def asked_number(facts: Facts, name: str) -> float | None:
    """The argument `name` (a dest, `max_model_len`) as a number; None where it is unknown, `None` or `auto`.

    -1 stands for "as much as fits" (`--max-model-len -1`), so no negative number is one.
    """
    given = facts.text(f"args.{name}") or facts.text(f"config.{name}") or ""
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?)([kKmMgGtT]?)", given.strip())
    return float(found[1]) * SUFFIXES[found[2]] if found else None


def gpus_per_replica(facts: Facts) -> int:
    """Over how many GPUs the weights are split: tensor times pipeline parallel size, each 1 by default."""
    tensor, pipeline = (asked_number(facts, f"{kind}_parallel_size") or 1 for kind in ("tensor", "pipeline"))
    return max(1, int(tensor) * int(pipeline))
