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


def test_the_causes_of_a_flag_have_their_titles(doctor: Doctor) -> None:
    out = doctor("explain", "--max-model-len").out
    assert "kv-cache-too-small: One request does not fit in the KV cache\n" in out


def test_json_is_one_object_a_word(doctor: Doctor) -> None:
    ran = doctor("explain", "--format", "json", "--gpu-memory-utilization", "kv-cache-too-small")
    option, cause = ran.objects
    assert (ran.code, option["schema_version"], cause["schema_version"]) == (0, 1, 1)
    assert (option["asked"], option["rules"]) == ("--gpu-memory-utilization", [])
    assert [one["value"] for one in option["option"]["defaults"]] == [0.9, 0.92]
    assert {"id", "title"} == set(option["option"]["ways_out_of"][0])
    assert (cause["asked"], cause["option"]) == ("kv-cache-too-small", None)
    assert cause["rules"][0]["title"] == "One request does not fit in the KV cache"


def test_json_of_one_release(doctor: Doctor) -> None:
    ran = doctor("explain", "--format", "json", "--gpu-memory-utilization", "--vllm-version", "0.24.0")
    assert [one["value"] for one in ran.objects[0]["option"]["defaults"]] == [0.92]


def test_an_error_is_json_too(doctor: Doctor) -> None:
    ran = doctor("explain", "--format", "json", "--no-such-option-zz")
    assert ran.code == 2
    assert ran.objects[0]["error"]["where"] == "--no-such-option-zz"
