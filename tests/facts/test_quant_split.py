"""Quantized weights and tensor parallelism."""

from __future__ import annotations

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from tests.facts.given import given


@pytest.mark.parametrize(
    ("parts", "size", "step", "fitting", "pipeline"),
    [
        (8, 192, 128, 4, 2),
        (4, 1216, 128, 2, 2),
        (4, 1184, 128, 1, 4),
        # no figures: half of it
        (8, None, None, 4, 2),
        (3, None, None, None, None),
        (1, 192, 128, None, None),
        # not even whole does it fit
        (2, 100, 128, None, None),
    ],
)
def test_the_largest_size_that_fits(
    parts: int, size: int | None, step: int | None, fitting: int | None, pipeline: int | None
) -> None:
    facts = given(args__tensor_parallel_size=parts, quant_split__size=size, quant_split__step=step)
    assert facts.get("quant_split.fitting_tp") == fitting
    assert facts.get("quant_split.pipeline") == pipeline


@given_any(st.integers(2, 64), st.integers(1, 100_000), st.sampled_from([32, 64, 128]))
def test_what_is_proposed_does_fit(parts: int, size: int, step: int) -> None:
    facts = given(args__tensor_parallel_size=parts, quant_split__size=size, quant_split__step=step)
    fits = facts.number("quant_split.fitting_tp")
    if fits:
        assert parts % fits == 0
        assert (size * parts / fits) % step == 0


@pytest.mark.parametrize(
    ("method", "parts", "width", "expert_parallel", "misaligned"),
    [
        ("fp8", 8, 1536, None, True),
        ("fp8", 4, 1536, None, False),
        ("fp8", 8, 1536, True, False),
        ("awq", 8, 29568, None, True),
        ("awq", 1, 29568, None, False),
        ("bitsandbytes", 8, 1536, None, None),
    ],
)
def test_a_config_that_cannot_be_cut(
    method: str, parts: int, width: int, expert_parallel: bool | None, misaligned: bool | None
) -> None:
    facts = given(
        args__tensor_parallel_size=parts,
        args__enable_expert_parallel=expert_parallel,
        model__quant_method=method,
        model__intermediate=width,
        model__quant_group=128,
    )
    assert facts.get("quant_split.misaligned") == misaligned
