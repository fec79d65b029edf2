from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record


@pytest.mark.parametrize(
    ("words", "platform"),
    [
        ("Automatically detected platform cuda.", "cuda"),
        ("Confirmed ROCm platform is available.", "rocm"),
        ("Platform plugin ascend is activated", "ascend"),
        ("No platform detected, vLLM is running on UnspecifiedPlatform", "none"),
        ("Checking if CUDA platform is available.", None),
    ],
)
def test_the_platform_that_was_found(words: str, platform: str | None) -> None:
    assert facts_of(record(words)).get("platform.detected") == platform


@pytest.mark.parametrize(
    ("given", "hidden"), [("-1", True), (-1, True), ("", True), ("NoDevFiles", True), ("0,1", False)]
)
def test_gpus_hidden_by_a_variable(given: object, hidden: bool) -> None:
    assert facts_of(env__CUDA_VISIBLE_DEVICES=given).get("gpu.hidden") is hidden


def test_nothing_is_hidden_where_nothing_is_given() -> None:
    assert facts_of().get("gpu.hidden") is None


def test_a_script_without_a_guard() -> None:
    words = "process has finished its bootstrapping phase"
    assert facts_of(record("current " + words)).get("start.unguarded") is True
