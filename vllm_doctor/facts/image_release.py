"""The release that an image's tag names, where no banner of a log does."""

from __future__ import annotations

from vllm_doctor.facts.deployment import VERSION
from vllm_doctor.facts.releases import release_of
from vllm_doctor.facts.types import Facts, derived


@derived(VERSION)
def of_image(facts: Facts) -> str | None:
    """vllm/vllm-openai:v0.9.1 is 0.9.1; `latest` says nothing."""
    image = facts.text("launch.image")
    return release_of(Facts(), None, image)[0] if image else None
