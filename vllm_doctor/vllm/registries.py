"""Names that a release knows: architectures, quantizations, parsers, attention backends, KV-cache dtypes."""

from __future__ import annotations

from typing import Literal, TypeAlias

from vllm_doctor.vllm import options, versions
from vllm_doctor.vllm.table import at, load, within
from vllm_doctor.vllm.types import History

Kind: TypeAlias = Literal[
    "architectures",
    "quantizations",
    "deprecated-quantizations",
    "tool-parsers",
    "reasoning-parsers",
    "attention-backends",
]


def names(kind: Kind, release: str) -> tuple[str, ...]:
    """The names of a kind that a release knows; empty for a release that cannot be read."""
    number = versions.number(release)
    if number is None:
        return ()
    return tuple(name for name, entry in load("names")[kind].items() if within(_spans(entry), number))


def name_history(kind: Kind, name: str) -> History | None:
    """Where a name of a kind is known; None if no release knows it."""
    entry = load("names")[kind].get(name)
    if entry is None:
        return None
    every = versions.releases()
    spans = _spans(entry)
    return History(name, tuple((every[first], every[last]) for first, last in spans), spans[-1][1] < len(every) - 1)


def _spans(entry: dict[str, list[list[int]]] | list[list[int]]) -> list[list[int]]:
    return entry["at"] if isinstance(entry, dict) else entry


def architecture_group(name: str, release: str) -> str | None:
    """The registry's group of an architecture ("text_generation", "multimodal", "embedding", ...) in a
    release.
    """
    number = versions.number(release)
    entry = load("names")["architectures"].get(name)
    if number is None or entry is None or not within(entry["at"], number):
        return None
    group: str = at(entry["group"], number)
    return group


def kv_cache_dtypes(release: str) -> tuple[str, ...]:
    """The values that --kv-cache-dtype takes in a release."""
    return tuple(str(choice) for choice in options.choices("--kv-cache-dtype", release) or ())
