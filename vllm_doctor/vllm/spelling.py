"""How a flag is spelled."""

from __future__ import annotations


def dashed(flag: str) -> str:
    """A flag with its underscores as dashes, without a value or dotted key; one-dash flags as they are."""
    name = flag.partition("=")[0].partition(".")[0]
    return name.replace("_", "-") if name.startswith("--") else name
