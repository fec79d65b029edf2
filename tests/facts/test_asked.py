from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.memory_events import facts_of
from vllm_doctor.facts.asked import asked_number, gpus_per_replica


@pytest.mark.parametrize(
    ("given_", "value"),
    [
        ("131072", 131072),
        (4096, 4096),
        ("0.95", 0.95),
        ("32k", 32000),
        ("32K", 32768),
        ("1M", 2**20),
        ("auto", None),
        ("-1", None),
        ("$LEN", None),
        ("", None),
    ],
)
def test_numbers_as_vllm_reads_them(given_: object, value: float | None) -> None:
    assert asked_number(facts_of(args__max_model_len=given_), "max_model_len") == value


def test_the_config_line_stands_in() -> None:
    assert asked_number(facts_of(config__max_model_len=4096), "max_model_len") == 4096


def test_gpus_of_one_replica() -> None:
    assert gpus_per_replica(facts_of(args__tensor_parallel_size="4", args__pipeline_parallel_size=2)) == 8
    assert gpus_per_replica(facts_of()) == 1


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    value = asked_number(facts_of(args__max_model_len=text), "max_model_len")
    assert value is None or value >= 0
