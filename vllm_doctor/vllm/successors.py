"""What to write instead of a flag that is gone, or that another server knows. Hand-kept, with sources."""

from __future__ import annotations

from functools import lru_cache

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.spelling import dashed
from vllm_doctor.vllm.table import load
from vllm_doctor.vllm.types import Renamed


@lru_cache(maxsize=512)
def successor(flag: str) -> Renamed | None:
    """What replaced a flag or variable of vLLM, whatever the release."""
    entry = load("successors").get(flag)
    if entry is None:
        return None
    return Renamed(
        flag,
        entry["new"],
        entry["since"],
        entry["source"],
        entry.get("note", ""),
        value=entry.get("value"),
        key=entry.get("key"),
        values=tuple(entry.get("values", {}).items()),
        also=tuple((name, value) for name, value in entry.get("also", ())),
        was=tuple(entry.get("was", ("", ""))),
        effect=entry.get("effect", "same"),
        differs=entry.get("differs", False),
    )


@lru_cache(maxsize=512)
def predecessors(name: str) -> tuple[Renamed, ...]:
    """The flags and variables that a flag (or its key, `--flag.key`) replaced, the newest first."""
    found = (successor(old) for old in load("successors"))
    told = [one for one in found if one is not None and one.new and name == target(one)]
    return tuple(sorted(told, key=lambda one: versions.number(one.since) or 0, reverse=True))


def target(change: Renamed) -> str | None:
    """The name that replaced a flag, with its key: "--speculative-config.model"."""
    return f"{change.new}.{change.key}" if change.new and change.key else change.new


def renamed(flag: str, release: str) -> tuple[str | None, str] | None:
    """What to write for a flag that this release lacks: (new flag, the release that brought it), (None,
    since) for a flag that is needless since then; None where nothing is known, or the change comes later than
    the release.
    """
    found = successor(dashed(flag))
    if found is None:
        return None
    now, since = versions.number(release), versions.number(found.since)
    return (found.new, found.since) if now is not None and since is not None and now >= since else None


def elsewhere(flag: str) -> Renamed | None:
    """The flag of vLLM that does what another server's does (SGLang, TGI, llama.cpp, transformers)."""
    wanted = dashed(flag)
    for server, flags in load("dialects").items():
        if wanted in flags:
            entry = flags[wanted]
            source = f"{server}: {entry['source']}"
            return Renamed(wanted, entry["new"], "", source, entry.get("note", ""))
    return None
