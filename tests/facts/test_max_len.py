"""The length asked for, and the one that the config derives."""

from __future__ import annotations

import pytest

from tests.facts.given import given


@pytest.mark.parametrize(
    ("asked", "derived", "second", "over"),
    [
        (4096, 2048, None, True),
        (2048, 2048, None, False),
        ("32k", 2048, None, True),
        ("2K", 2048, None, False),
        (-1, 2048, None, None),
        # vLLM takes a length up to the config's own model_max_length
        (16000, 8192, 16384, False),
        (None, 2048, None, None),
        (4096, None, None, None),
    ],
)
def test_over_the_limit(asked: int | str | None, derived: int | None, second: int | None, over: bool | None) -> None:
    facts = given(args__max_model_len=asked, model__max_length=derived, max_len__model_max_length=second)
    assert facts.get("max_len.over") == over


@pytest.mark.parametrize(
    "beside",
    [
        {"env__VLLM_ALLOW_LONG_MAX_MODEL_LEN": "1"},
        {"env__VLLM_ALLOW_LONG_MAX_MODEL_LEN": "True"},
        {"args__hf_overrides": "{}"},
        {"args__rope_scaling": "{}"},
    ],
)
def test_not_where_the_check_is_off_or_the_config_is_overridden(beside: dict[str, str]) -> None:
    facts = given(args__max_model_len=4096, model__max_length=2048, **beside)
    assert facts.get("max_len.over") is False
