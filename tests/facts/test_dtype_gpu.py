"""Bfloat16 on GPUs that do not have it."""

from __future__ import annotations

import pytest

from tests.facts.given import given


@pytest.mark.parametrize(
    ("gpu", "dtype", "of_model", "release", "lacks"),
    [
        ("T4", "bfloat16", None, None, True),
        ("V100", "bfloat16", None, "0.32.0", True),
        ("A100", "bfloat16", None, None, False),
        ("T4", "half", "bfloat16", "0.6.3", False),
        ("T4", None, "bfloat16", "0.6.3", True),
        # falls back by itself
        ("T4", None, "bfloat16", "0.9.1", False),
        ("T4", None, "bfloat16", None, False),
        (None, "bfloat16", None, None, None),
    ],
)
def test_who_lacks_it(
    gpu: str | None, dtype: str | None, of_model: str | None, release: str | None, lacks: bool | None
) -> None:
    facts = given(gpu__name=gpu, args__dtype=dtype, model__dtype=of_model, vllm__version=release)
    assert facts.get("dtype_gpu.lacks_bf16") == lacks


@pytest.mark.parametrize(
    ("model", "dtype"),
    [
        ("Qwen/Qwen2.5-7B", "half"),
        ("google/gemma-2-9b-it", "float32"),
        ("google/gemma-3-4b-it", "float32"),
        ("google/gemma-7b", "half"),
        ("zai-org/GLM-4-9B-0414", "float32"),
        ("zai-org/GLM-4.5-Air", "half"),
    ],
)
def test_models_that_half_breaks_get_float32(model: str, dtype: str) -> None:
    assert given(model__name=model).get("dtype_gpu.proposed") == dtype
