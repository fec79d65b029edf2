from __future__ import annotations

import pytest

from vllm_doctor.engine import catalogue
from vllm_doctor.engine.subjects import subject
from vllm_doctor.errors import InputError


def refusal(word: str) -> InputError:
    with pytest.raises(InputError) as caught:
        subject(catalogue.load(), word)
    return caught.value


@pytest.mark.parametrize(
    ("word", "filed"),
    [
        ("--max-num-batched-tokens", "--max-num-batched-tokens"),
        ("--max_num_batched_tokens=8192", "--max-num-batched-tokens"),
        ("max-num-batched-tokens", "--max-num-batched-tokens"),
        ("max_num_batched_tokens", "--max-num-batched-tokens"),
        ("-tp", "--tensor-parallel-size"),
        ("tp", "--tensor-parallel-size"),
        ("--max-model", "--max-model-len"),
        ("VLLM_USE_V1", "VLLM_USE_V1"),
        ("vllm_use_v1", "VLLM_USE_V1"),
        ("--kv-transfer-config.kv_role", "--kv-transfer-config"),
    ],
)
def test_options_and_variables(word: str, filed: str) -> None:
    found = subject(catalogue.load(), word)
    assert not isinstance(found, tuple)
    assert found.filed == filed


def test_an_id_goes_first() -> None:
    found = subject(catalogue.load(), "kv-cache-too-small")
    assert isinstance(found, tuple)
    assert {rule.shown for rule in found} == {"kv-cache-too-small"}


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("--max-model-length", "--max-model-len"),
        ("max-modl-len", "--max-model-len"),
        ("VLLM_ATENTION_BACKEND", "VLLM_ATTENTION_BACKEND"),
        ("kv-cache-to-small", "kv-cache-too-small"),
        ("--kv-transfer-config.kv_rol", "--kv-transfer-config.kv_role"),
    ],
)
def test_an_unknown_name_tells_the_nearest(word: str, near: str) -> None:
    assert near in refusal(word).do


def test_another_servers_flag_is_told_by_its_name_here() -> None:
    told = refusal("--context-length")
    assert "SGLang" in told.what
    assert "--max-model-len" in told.do


@pytest.mark.parametrize("word", ["", "-", "--", "$(x)", "--" + "x" * 10_000, "x" * 10_000, "--.", "\x1b[31m"])
def test_anything_gets_an_answer(word: str) -> None:
    assert refusal(word).what
