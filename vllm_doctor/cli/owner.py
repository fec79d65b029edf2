"""Whether another distribution owns this package's name: `vllm-doctor` on the registry is another tool."""

from __future__ import annotations

import os
from pathlib import Path

_OTHER = ("vllm_doctor-", "vllm-doctor-")
_ENDS = (".dist-info", ".egg-info")


def other_owner(folder: Path = Path(__file__).parents[2]) -> str | None:
    """The distribution `vllm-doctor`, where it is installed beside this package: told by a folder's name."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError:
        return None
    found = (name for name in names if name.lower().startswith(_OTHER) and name.endswith(_ENDS))
    return next((name.removesuffix(".dist-info").removesuffix(".egg-info") for name in found), None)
