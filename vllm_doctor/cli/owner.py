"""A warning when another distribution owns this package's name: `vllm-doctor` on the registry is another tool."""

from __future__ import annotations

import os
from pathlib import Path

OURS = "vllm_launch_doctor"


def other_owner() -> str | None:
    """The distribution `vllm-doctor`, when it is installed beside this package; found by its folder's name alone."""
    try:
        names = [entry.name for entry in os.scandir(Path(__file__).parents[2]) if entry.name.endswith(".dist-info")]
    except OSError:
        return None
    return next((name.removesuffix(".dist-info") for name in names if name.lower().startswith(("vllm_doctor-", "vllm-doctor-"))), None)
