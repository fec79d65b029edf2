"""`vllm-doctor explain` of options and variables (of rules: test_rules.py)."""

from __future__ import annotations

import pytest

from .conftest import Doctor


@pytest.mark.parametrize("word", ["--max-num-batched-tokens", "--max_num_batched_tokens", "max-num-batched-tokens"])
def test_a_flag_however_it_is_written(doctor: Doctor, word: str) -> None:
    ran = doctor("explain", word)
    assert ran.code == 0
    assert ran.out.startswith("· --max-num-batched-tokens ")
    assert "batched-tokens-too-small" in ran.out


def test_several_and_a_rule(doctor: Doctor) -> None:
    ran = doctor("explain", "-tp", "VLLM_USE_V1", "kv-cache-too-small")
    assert ran.code == 0
    titles = [line for line in ran.out.splitlines() if line.startswith(("·", "✗"))]
    assert len(titles) == 3


def test_defaults_by_release_and_in_one(doctor: Doctor) -> None:
    assert "0.9 up to 0.19.1, 0.92 from 0.20.0" in doctor("explain", "--gpu-memory-utilization").out
    ran = doctor("explain", "--gpu-memory-utilization", "--vllm-version", "v0.8.5.post1")
    assert "  default   0.9\n" in ran.out


def test_chinese(doctor: Doctor) -> None:
    ran = doctor("explain", "--swap-space", "--lang", "zh")
    assert "选项" in ran.out
    assert "option" not in ran.out


@pytest.mark.parametrize("words", [["--no-such-option-zz"], ["--context-length"], ["VLLM_NO_SUCH"], ["--port.x"]])
def test_an_unknown_name_is_an_error(doctor: Doctor, words: list[str]) -> None:
    ran = doctor("explain", *words)
    assert ran.code == 2
    assert not ran.out
    assert words[0] in ran.err


def test_a_release_that_is_not_known(doctor: Doctor) -> None:
    ran = doctor("explain", "--port", "--vllm-version", "9.9.9")
    assert ran.code == 2
    assert "0.33.0" in ran.err
