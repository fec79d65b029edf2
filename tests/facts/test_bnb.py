"""bitsandbytes: quantization and load format."""

from __future__ import annotations

import pytest

from tests.facts.given import given
from tests.facts.memory_events import record
from vllm_doctor.facts.collect import of_event


@pytest.mark.parametrize(
    ("quantization", "load", "release", "disagree"),
    [
        ("bitsandbytes", None, "0.7.3", True),
        (None, "bitsandbytes", "0.6.4", True),
        ("bitsandbytes", "bitsandbytes", "0.7.3", False),
        # the load format follows by itself
        ("bitsandbytes", None, "0.8.2", False),
        ("bitsandbytes", None, None, None),
        ("awq", None, "0.7.3", None),
    ],
)
def test_one_needs_the_other(
    quantization: str | None, load: str | None, release: str | None, disagree: bool | None
) -> None:
    facts = given(args__quantization=quantization, args__load_format=load, vllm__version=release)
    assert facts.get("bnb.disagree") == disagree


def test_pipeline_stages_take_the_gpus_of_the_split() -> None:
    assert given(args__tensor_parallel_size=4, args__pipeline_parallel_size=2).get("bnb.pipeline") == 8
    assert given(args__pipeline_parallel_size=2).get("bnb.pipeline") is None


def test_complaints_are_told_apart() -> None:
    def kinds(text: str) -> set[str]:
        return {fact.name for fact in of_event(record(text))}

    assert "bnb.package" in kinds("Please install bitsandbytes>=0.46.1 via `pip install bitsandbytes>=0.46.1`")
    assert "bnb.is_prequant_split" in kinds("Prequant BitsAndBytes models with tensor parallelism is not supported.")
    assert not {"bnb.package", "bnb.is_prequant_split"} & kinds("Loading weights with BitsAndBytes quantization.")


def test_what_a_variable_brings_agrees_and_disagrees_with_nothing() -> None:
    facts = given(args__load_format="bitsandbytes", vllm__version="0.7.3", launch__open_options="quantization seed")
    assert facts.get("bnb.disagree") is None
