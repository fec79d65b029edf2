from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record


@pytest.mark.parametrize(
    ("code", "cuda"), [("12080", "12.8"), ("12020", "12.2"), ("13000", "13.0"), ("11040", "11.4"), ("12", None)]
)
def test_the_cuda_version_of_a_code(code: str, cuda: str | None) -> None:
    assert facts_of(driver__code=code).get("driver.cuda") == cuda


def test_nvidia_smi_tells_both_versions() -> None:
    facts = facts_of(record("| NVIDIA-SMI 550.54.15    Driver Version: 550.54.15    CUDA Version: 12.4     |"))
    assert (facts.get("driver.version"), facts.get("driver.cuda")) == ("550.54.15", "12.4")


@pytest.mark.parametrize(("code", "knows"), [("12080", True), ("13000", False), ("11040", False)])
def test_whether_a_build_for_cuda_12_would_run(code: str, knows: bool) -> None:
    assert facts_of(driver__code=code).get("driver.too_old_for_13") is knows
