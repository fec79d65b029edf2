"""How many GPUs a launch may use, by what it says: a list of visible devices, or what its container is given."""

from __future__ import annotations

import re

from vllm_doctor.facts.types import Facts, declare, derived

CONTAINER = declare("launch.gpus", "text", "the GPUs that the launch's container is given: all, 2, device=0,1")
THERE = declare("parallel.gpus", "int", "the GPUs that vLLM sees: as a message says, else by the launch")
SHOWN_BY = declare("parallel.shown_by", "text", "the variable of the launch that limits the visible GPUs")

_LISTS = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES")
_NO_LIST = ("all", "none", "void", "-1", "NoDevFiles", "")


@derived(THERE)
def gpus_there(facts: Facts) -> int | None:
    """The least of all that limits them; None where nothing does."""
    counts = [count for name in _LISTS if (count := _in_list(facts.text(f"env.{name}")))]
    listed = (facts.text("args.device_ids") or "").replace(" ", ",")
    given = [in_container(facts.text(CONTAINER)), _in_list(listed)]
    return min([*counts, *(count for count in given if count)], default=None)


@derived(SHOWN_BY)
def shown_by(facts: Facts) -> str | None:
    """The variable whose list is the shortest."""
    counted = [(count, name) for name in _LISTS if (count := _in_list(facts.text(f"env.{name}")))]
    return min(counted)[1] if counted and min(counted)[0] == facts.get(THERE) else None


def in_container(given: str | None) -> int | None:
    """The number behind docker's `--gpus`: `2`, `device=0,1`, `"device=0,1"`, `count=2`; None for all of them.

    None, too, where a variable says it, and for a device that stands for all (`nvidia.com/gpu=all`, CDI).
    """
    text = (given or "").strip("\"' ")
    if "$" in text or "{{" in text or re.search(r"\ball\b", text):
        return None
    if text.isdecimal():
        return int(text) if len(text) < 5 else None
    if found := re.match(r"count=(\d{1,4})$", text):
        return int(found[1])
    if text.startswith("device="):
        listed = re.split(r"[\"']", text.removeprefix("device="))[0]
        return _in_list(",".join(one for one in listed.split(",") if "capabilities=" not in one))
    return None


def _in_list(given: str | None) -> int | None:
    """Entries of a list of devices; CUDA ends it at the first one that is negative."""
    if given is None or given.strip() in _NO_LIST:
        return None
    entries = [entry.strip() for entry in given.split(",")]
    ends = entries.index("-1") if "-1" in entries else len(entries)
    return len([entry for entry in entries[:ends] if entry]) or None
