"""What to write instead of a flag that is gone, or that another server knows. Hand-kept, with sources."""

from __future__ import annotations

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.spelling import dashed
from vllm_doctor.vllm.table import load
from vllm_doctor.vllm.types import Renamed


def successor(flag: str) -> Renamed | None:
    """What replaced a flag of vLLM, whatever the release."""
    entry = load("successors").get(flag)
    if entry is None:
        return None
    return Renamed(flag, entry["new"], entry["since"], entry["source"], entry.get("note", ""))


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
