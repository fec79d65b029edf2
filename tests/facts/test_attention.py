"""Attention backends: why they are refused, and what they are called."""

from __future__ import annotations

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from tests.facts.given import given
from tests.facts.memory_events import record
from vllm_doctor.facts.attention import read_reasons
from vllm_doctor.facts.collect import of_event

CONFIG = "AttentionSelectorConfig(head_size=128, dtype=torch.float16, kv_cache_dtype=fp8_e5m2, block_size=None)"


def _read(text: str) -> dict[str, object]:
    return {fact.name: fact.value for fact in of_event(record(text))}


def test_a_selected_backend_and_its_one_reason() -> None:
    facts = _read(
        "Selected backend AttentionBackendEnum.FLASH_ATTN is not valid for this configuration."
        " Reason: ['kv_cache_dtype not supported']"
    )
    assert facts["attention.backend"] == "FLASH_ATTN"
    assert facts["attention.refused_for"] == "kv-cache-dtype"
    assert facts["attention.reason"] == "kv_cache_dtype not supported"


@pytest.mark.parametrize(
    ("reasons", "refused_for"),
    [
        (
            "FLASH_ATTN: [kv_cache_dtype not supported], TRITON_ATTN: [kv_cache_dtype not supported, x]",
            "kv-cache-dtype",
        ),
        ("FLASH_ATTN: [kv_cache_dtype not supported], TRITON_ATTN: [head_size not supported]", "other"),
        ("FLASH_ATTN: [head_size not supported]", "other"),
    ],
)
def test_the_cache_is_to_blame_where_every_backend_refuses_it(reasons: str, refused_for: str) -> None:
    facts = _read(f"No valid attention backend found for cuda with {CONFIG}. Reasons: {{{reasons}}}.")
    assert facts["attention.refused_for"] == refused_for
    assert facts["attention.kv_dtype"] == "fp8_e5m2"


@given_any(st.text(max_size=200))
def test_any_list_of_reasons_is_read(text: str) -> None:
    list(read_reasons(record(f"No valid attention backend found. Reasons: {{{text}}}.")))


@pytest.mark.parametrize(
    ("flag", "variable", "release", "unknown", "meant"),
    [
        ("XFORMERS", None, "0.32.0", "XFORMERS", None),
        ("FLASH3", None, "0.32.0", "FLASH3", "FLASH_ATTN"),
        ("flash_attn", None, "0.32.0", None, None),
        (None, "FLASHINFER_VLLM_V1", "0.12.0", "FLASHINFER_VLLM_V1", "FLASHINFER"),
        (None, "FLASHINFER", "0.9.0", None, None),
        # not read any more: nothing is wrong with it, it just does nothing
        (None, "NONSENSE", "0.20.0", None, None),
        (None, "NONSENSE", None, None, None),
    ],
)
def test_names_that_a_release_does_not_have(
    flag: str | None, variable: str | None, release: str | None, unknown: str | None, meant: str | None
) -> None:
    facts = given(args__attention_backend=flag, env__VLLM_ATTENTION_BACKEND=variable, vllm__version=release)
    assert facts.get("attention.unknown") == unknown
    if unknown:
        assert facts.get("attention.meant") == meant


@pytest.mark.parametrize(
    ("release", "needed"), [("0.10.1", "TRITON_ATTN_VLLM_V1"), ("0.11.0", "TRITON_ATTN"), (None, "TRITON_ATTN")]
)
def test_attention_sinks_need_tritons_kernel(release: str | None, needed: str) -> None:
    facts = given(attention__lacks_sinks=True, vllm__version=release)
    assert facts.get("attention.needed") == needed


@pytest.mark.parametrize(
    ("gpu", "kv", "old"),
    [("T4", "fp8", True), ("A100", "fp8", False), ("T4", "auto", None), ("T4", None, None), (None, "fp8", None)],
)
def test_an_fp8_cache_on_an_old_gpu(gpu: str | None, kv: str | None, old: bool | None) -> None:
    assert given(gpu__name=gpu, args__kv_cache_dtype=kv).get("attention.old_gpu_for_fp8") == old


def test_tritons_word_for_a_missing_type() -> None:
    facts = _read("type fp8e4nv not supported in this architecture. The supported fp8 dtypes are ('fp8e4b15', 'fp8e5')")
    assert facts["attention.needs_newer_gpu"] is True
