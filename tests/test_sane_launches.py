"""Deployments as careful people write them: what stands around their launches is no finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor import check

FILES = sorted((Path(__file__).parent / "sane").iterdir())
AROUND = {
    "gpu-count-mismatch",
    "shm-missing",
    "probe-too-short",
    "service-name-collision",
    "floating-tag",
    "secret-in-arguments",
    "gated-without-token",
    "world-size-over-gpus",
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_found_around_a_sane_launch(file: Path) -> None:
    review = check(file)
    assert review.launches
    found = [finding for launch in review.launches for finding in launch.findings]
    assert [(finding.id, finding.place, finding.explanation) for finding in found if finding.id in AROUND] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_wrong_with_a_sane_launch(file: Path) -> None:
    found = [finding for launch in check(file).launches for finding in launch.findings]
    assert [(one.id, one.place, one.explanation) for one in found if one.severity != "note"] == []
