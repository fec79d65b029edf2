from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record

OLD = "NVIDIA GeForce RTX 5080 with CUDA capability sm_120 is not compatible with the current PyTorch installation."
NEW = "Found GPU0 NVIDIA GB10 which is of compute capability (CC) 12.1."
BEFORE = "Found GPU0 Tesla K80 which is of cuda capability 3.7."


@pytest.mark.parametrize(
    ("words", "name", "capability"),
    [
        (OLD, "NVIDIA GeForce RTX 5080", "12.0"),
        (NEW, "NVIDIA GB10", "12.1"),
        (BEFORE, "Tesla K80", "3.7"),
    ],
)
def test_the_gpu_that_torch_warns_of(words: str, name: str, capability: str) -> None:
    facts = facts_of(record(words))
    assert (facts.get("gpu_arch.name"), facts.get("gpu_arch.capability")) == (name, capability)


def test_the_architectures_of_the_build() -> None:
    facts = facts_of(record("The current PyTorch install supports CUDA capabilities sm_80 sm_86 sm_90 compute_90."))
    assert facts.get("gpu_arch.built") == "sm_80 sm_86 sm_90 compute_90"


@pytest.mark.parametrize(
    ("sm", "release", "first"),
    [
        ("120", "0.8.5", "0.9.2"),
        ("100", None, "0.9.0"),
        ("120", "0.9.2", None),
        ("121", "0.11.0", None),
        ("120", "dev", None),
    ],
)
def test_the_first_release_with_kernels(sm: str, release: str | None, first: str | None) -> None:
    known = {"gpu_arch__sm": sm} | ({"vllm__version": release} if release else {})
    assert facts_of(**known).get("gpu_arch.first_release") == first


@pytest.mark.parametrize(("sm", "old"), [("61", True), ("70", False), ("120", False)])
def test_a_gpu_below_what_vllm_asks_for(sm: str, old: bool) -> None:
    assert facts_of(gpu_arch__sm=sm).get("gpu_arch.too_old") is old


def test_a_capability_that_is_written_with_a_dot() -> None:
    assert facts_of(gpu_arch__dotted="8.6").get("gpu_arch.capability") == "8.6"
