from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.memory_events import facts_of, line, record
from vllm_doctor.facts import gpu_memory
from vllm_doctor.log.types import Record


@pytest.mark.parametrize(
    "message",
    [
        # 0.9.1
        "Free memory on device (59.49/139.8 GiB) on startup is less than desired GPU memory utilization (0.92, 128.62 GiB)."
        " Decrease GPU memory utilization or reduce GPU memory used by other processes.",
        # 0.14.0
        "Free memory on device cuda:0 (59.49/139.8 GiB) on startup is less than desired GPU memory utilization (0.92, 128.62 GiB).",
        # 0.33.0
        "Free memory on device cuda:0 (59.49/139.8 GiB) on startup is less than the engine's budget after excluding external"
        " process's weights (0.92, 128.62 GiB).",
        # a good start (0.10.2 on)
        "Free memory on device (59.49/139.8 GiB) on startup. Desired GPU memory utilization is (0.92, 128.62 GiB). Actual usage is",
    ],
)
def test_the_start_up_check(message: str) -> None:
    facts = facts_of(record(message))
    figures = [facts[f"memory.{name}"] for name in ("free_gib", "total_gib", "utilization", "budget_gib", "held_gib")]
    assert figures == [59.49, 139.8, 0.92, 128.62, 80.31]


def test_a_node_of_the_cpu_backend() -> None:
    start = "Available memory on node 0 (9.43/11.46 GiB) on startup is less than desired CPU memory utilization (0.92, 10.54 GiB)."
    facts = facts_of(record(start))
    assert [facts[f"memory.{name}"] for name in ("node", "free_gib", "total_gib", "utilization")] == [
        "0",
        9.43,
        11.46,
        0.92,
    ]
    cache = (
        "Available memory on node 1 (9.43/11.46 GiB) on kv cache allocation is less than requested memory for kv"
        " (-1.08/0.11 GiB). Reduce CPU memory used by other processes."
    )
    facts = facts_of(record(cache), args__gpu_memory_utilization=0.01)
    assert [facts[f"memory.{name}"] for name in ("node", "kv_gib", "budget_gib", "used_gib")] == [
        "1",
        -1.08,
        0.11,
        1.19,
    ]
    assert facts["kv_cache.spare_utilization"] == 0.2


def test_the_sum_of_v0() -> None:
    facts = facts_of(
        record(
            "Memory profiling takes 3.87 seconds\nthe current vLLM instance can use total_gpu_memory (47.38GiB) x"
            " gpu_memory_utilization (0.98) = 46.43GiB\nmodel weights take 22.15GiB; non_torch_memory takes 0.28GiB;"
            " PyTorch activation peak memory takes 1.61GiB; the rest of the memory reserved for KV Cache is 22.39GiB."
        )
    )
    names = (
        "total_gib",
        "utilization",
        "budget_gib",
        "weights_gib",
        "non_torch_gib",
        "activations_gib",
        "kv_gib",
        "rest_gib",
    )
    assert [facts[f"memory.{name}"] for name in names] == [47.38, 0.98, 46.43, 22.15, 0.28, 1.61, 22.39, 1.89]
    assert facts["memory.used_gib"] == 24.04


@pytest.mark.parametrize(
    "message",
    [
        "Loading model weights took 14.1012 GB",
        "Loading model weights took 14.1012 GiB",
        "Model loading took 14.1012 GB and 46.221000 seconds",
        "Model loading took 14.1012 GiB memory and 46.221 seconds",
    ],
)
def test_loaded_weights(message: str) -> None:
    assert facts_of(record(message))["memory.weights_gib"] == 14.1012


def test_a_negative_rest() -> None:
    facts = facts_of(
        record("Available KV cache memory: -1.53 GiB"), gpu__total_gib=24.0, args__gpu_memory_utilization=0.9
    )
    assert (facts["memory.kv_gib"], facts["memory.used_gib"]) == (-1.53, 23.13)


def test_captured_graphs() -> None:
    assert facts_of(record("Graph capturing finished in 6 secs, took 0.98 GiB"))["memory.graphs_gib"] == 0.98


@pytest.mark.parametrize(
    ("known", "need"),
    [
        ({"fit__weights_gib": 13.6, "model__weights_gib": 40.0}, 13.6),
        ({"model__weights_gib": 40.0, "args__tensor_parallel_size": 2}, 20.0),
        ({"model__parameters_in_name": 8e9}, 14.9),
        ({"model__parameters_in_name": 8e9, "args__dtype": "float32"}, 29.8),
        ({"model__parameters_in_name": 8e9, "config__quantization": "awq"}, None),
        ({"model__parameters_in_name": 8e9, "model__name_says_quantized": "awq"}, None),
        ({}, None),
    ],
)
def test_the_weights_that_are_needed(known: dict[str, object], need: float | None) -> None:
    facts = facts_of(**known)
    assert facts.get("memory.weights_need_gib") == need
    assert facts["memory.weights_by_name"] is (need in (14.9, 29.8))


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("NVIDIA H100 80GB HBM3", True),
        ("NVIDIA L40S", True),
        ("NVIDIA A10G", False),
        ("NVIDIA A100-SXM4-80GB", False),
        ("NVIDIA GeForce RTX 4090", True),
        ("AMD Instinct MI300X", True),
    ],
)
def test_gpus_that_keep_the_cache_at_eight_bit(name: str, runs: bool) -> None:
    assert facts_of(gpu__name=name)["gpu.runs_fp8_kv"] is runs


def test_kernels_of_hopper_tell_the_gpu() -> None:
    assert facts_of(record("Using FlashAttention version 3"))["gpu.runs_fp8_kv"] is True
    assert "gpu.runs_fp8_kv" not in facts_of(record("Using FlashAttention version 2"))


def test_a_figure_is_quoted_from_the_line_where_it_stands() -> None:
    lines = ("Memory profiling takes 3.87 seconds", "model weights take 22.15GiB; non_torch_memory takes 0.28GiB;")
    said = Record("\n".join(lines), tuple(line(text, number) for number, text in enumerate(lines, 7)))
    found = facts_of(said).line("memory.weights_gib")
    assert found is not None
    assert found.number == 8


@given(st.floats(0, 1, allow_nan=False))
def test_shares_are_rounded_outwards(share: float) -> None:
    assert gpu_memory.down(share) <= share + 1e-6
    assert gpu_memory.up(share) >= share - 1e-6
    assert gpu_memory.up(share) - gpu_memory.down(share) <= 0.01 + 1e-9
