"""The release in an image's tag."""

from __future__ import annotations

from tests.facts.given import given


def test_a_tag_names_a_release_and_a_banner_wins() -> None:
    assert given(launch__image="vllm/vllm-openai:v0.9.1").get("vllm.version") == "0.9.1"
    assert given(launch__image="vllm/vllm-openai:latest").get("vllm.version") is None
    both = given(launch__image="vllm/vllm-openai:v0.9.1", vllm__version="0.10.0")
    assert both.get("vllm.version") == "0.10.0"
