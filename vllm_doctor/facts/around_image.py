"""An image that is another one tomorrow."""

from __future__ import annotations

import re

from vllm_doctor.facts.around import BUILT
from vllm_doctor.facts.types import Facts, declare, derived
from vllm_doctor.patterns import pattern

NEWEST = declare("vllm.newest", "text", "the newest release that is known here")
TAG = declare("image.floating", "text", "the tag of vLLM's image where it moves: latest, nightly, or none")

_MOVING = pattern(r"(?:latest|nightly|main|master|dev)(?:-(?!\d)[a-z0-9_.]{1,24}){0,3}")
_COMMIT = pattern(r"-[0-9a-f]{12,40}(?:-|$)")


@derived(TAG)
def floating(facts: Facts) -> str | None:
    """Of images that are pulled: one without a registry's folder is built here, a digest and a commit stay."""
    image = facts.text("launch.image") or ""
    if not re.fullmatch(r"[\w./:@-]{3,300}", image, re.ASCII) or facts.get(BUILT) is True:
        return None
    name, at, _ = image.partition("@")
    folder, slash, last = name.rpartition("/")
    repo, _, tag = last.partition(":")
    if at or not slash or "vllm" not in repo.lower() + folder.lower() or folder.split("/")[0] == "localhost":
        return None
    if not tag:
        return "none"
    return tag if _MOVING.fullmatch(tag) and not _COMMIT.search(tag) else None


@derived(NEWEST)
def newest(_: Facts) -> str:
    """The last one of the table."""
    from vllm_doctor.vllm import releases

    return releases()[-1]
