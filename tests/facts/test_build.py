from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, raised
from vllm_doctor import vllm
from vllm_doctor.facts import build


@pytest.mark.parametrize(
    ("release", "torch", "cuda", "transformers"),
    [
        ("0.4.1", "2.2.1", "12.1", "==4.40.0"),
        ("0.6.3.post1", "2.4.0", "12.1", "==4.45.2"),
        ("0.8.5.post1", "2.6.0", "12.4", "==4.51.1"),
        ("0.9.2", "2.7.0", "12.8", "==4.51.1"),
        ("0.15.1", "2.9.1", "12.9", ">=4.56.0,<5"),
        ("0.33.0", "2.14.0", "12.9", ">=5.16.1,<5.21.0"),
    ],
)
def test_what_a_release_was_built_for(release: str, torch: str, cuda: str, transformers: str) -> None:
    facts = facts_of(vllm__version=release)
    assert (facts.get(build.TORCH), facts.get(build.CUDA), facts.get(build.TRANSFORMERS)) == (torch, cuda, transformers)


@pytest.mark.parametrize("release", ["0.34.0", "0.1.2", "not a release"])
def test_nothing_is_said_of_a_release_that_is_not_known(release: str) -> None:
    assert facts_of(vllm__version=release).get(build.TORCH) is None


def test_every_release_of_the_table_has_a_torch() -> None:
    assert [release for release in vllm.releases() if facts_of(vllm__version=release).get(build.TORCH) is None] == []


def test_the_official_image_is_told_by_its_paths() -> None:
    assert facts_of(raised("vllm/v1/engine/core.py:run_engine_core")).get(build.IN_IMAGE) is True
