from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.facts import Fact, Facts
from vllm_doctor.facts.gpus_there import in_container


def there(**variables: str) -> Facts:
    return Facts({f"env.{name}": Fact(f"env.{name}", value) for name, value in variables.items()})


@pytest.mark.parametrize(
    ("listed", "count"),
    [
        ("0", 1),
        ("0,1", 2),
        ("2, 3,", 2),
        ("GPU-3c0f8d2e,GPU-9a4177c1", 2),
        ("MIG-3c0f8d2e", 1),
        ("0,-1,1", 1),
        ("-1", None),
        ("", None),
        ("all", None),
        ("NoDevFiles", None),
    ],
)
def test_a_list_of_devices(listed: str, count: int | None) -> None:
    assert there(CUDA_VISIBLE_DEVICES=listed).get("parallel.gpus") == count


@pytest.mark.parametrize(
    ("given_gpus", "count"),
    [
        ("all", None),
        ("2", 2),
        ("count=4", 4),
        ('"device=0,1",capabilities=utility', 2),
        ("all,capabilities=utility", None),
        ("device=nvidia.com/gpu=all", None),
        ("device=nvidia.com/gpu=0,nvidia.com/gpu=1", 2),
        ("device=$GPUS", None),
        ("device=${GPUS:-0,1}", None),
        ("device=0", 1),
        ("device=0,1", 2),
        ('"device=0,1,2"', 3),
        ("'\"device=0,1\"'", 2),
        ("capabilities=utility", None),
        ("99999999999", None),
        (None, None),
    ],
)
def test_gpus_of_a_container(given_gpus: str | None, count: int | None) -> None:
    assert in_container(given_gpus) == count


def test_the_least_counts_and_is_named() -> None:
    facts = there(CUDA_VISIBLE_DEVICES="0,1,2", NVIDIA_VISIBLE_DEVICES="4,5")
    assert facts["parallel.gpus"] == 2
    assert facts["parallel.shown_by"] == "NVIDIA_VISIBLE_DEVICES"


def test_a_container_with_fewer_leaves_no_variable_to_blame() -> None:
    facts = there(CUDA_VISIBLE_DEVICES="0,1,2").having([Fact("launch.gpus", "1")])
    assert facts["parallel.gpus"] == 1
    assert facts.get("parallel.shown_by") is None


@given(st.text(max_size=40))
def test_any_text_gives_a_count_or_nothing(text: str) -> None:
    for count in (in_container(text), there(CUDA_VISIBLE_DEVICES=text).get("parallel.gpus")):
        assert count is None or (isinstance(count, int) and count >= 0)
