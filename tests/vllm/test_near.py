from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor import vllm
from vllm_doctor.vllm.near import distance, likeness


@pytest.mark.parametrize(
    ("flag", "meant"),
    [
        ("--max-model-length", "--max-model-len"),
        ("--gpu-memory-utilisation", "--gpu-memory-utilization"),
        ("--tensor-paralel-size", "--tensor-parallel-size"),
        ("--tensor-parralel-size", "--tensor-parallel-size"),
        ("--prot", "--port"),
        ("--gpu-mem-util", "--gpu-memory-utilization"),
        ("-max-model-len", "--max-model-len"),
        ("--Max_Model_Len", "--max-model-len"),
        ("--quantisation", "--quantization"),
        ("--context-length", "--max-model-len"),
        ("--ctx-size", "--max-model-len"),
        ("--tp-size", "--tensor-parallel-size"),
        ("--enable-reasoning", "--reasoning-parser"),
        ("--guided-decoding-backend", "--structured-outputs-config.backend"),
    ],
)
def test_nearest(flag: str, meant: str) -> None:
    assert vllm.nearest(flag, "0.24.0")[0] == meant


def test_nothing_is_near_to_nonsense() -> None:
    assert vllm.nearest("--qzxw", "0.24.0") == ()
    assert vllm.nearest("--port", "what") == ()


def test_no_more_than_asked_for() -> None:
    assert len(vllm.nearest("--max-num-seq", "0.24.0", n=2)) <= 2


def test_nearest_names_only_what_the_release_has() -> None:
    assert "--reasoning-parser" not in vllm.nearest("--enable-reasoning", "0.6.0")


def test_distance() -> None:
    assert distance("port", "prot", 9) == 1
    assert distance("", "abc", 9) == 3
    assert distance("kitten", "sitting", 9) == 3


@given(st.text("abc-", max_size=12), st.text("abc-", max_size=12))
def test_distance_is_symmetric_and_zero_for_equals_only(one: str, two: str) -> None:
    assert distance(one, two, 99) == distance(two, one, 99)
    assert (distance(one, two, 99) == 0) == (one == two)
    assert abs(len(one) - len(two)) <= distance(one, two, 99) <= max(len(one), len(two))


@given(st.text(max_size=30))
def test_a_flag_is_most_like_itself(text: str) -> None:
    assert likeness(f"--{text}", f"--{text}") >= 1 - 1e-9


def test_nearest_variable() -> None:
    assert vllm.nearest_variable("VLLM_LOGGING_LEVLE", "0.24.0")[0] == "VLLM_LOGGING_LEVEL"
    assert vllm.nearest_variable("VLLM_WORKER_MULTIPROCESSING_METHOD", "0.24.0")[0] == "VLLM_WORKER_MULTIPROC_METHOD"
    assert vllm.nearest_variable("VLLM_QZXW", "0.24.0") == ()
