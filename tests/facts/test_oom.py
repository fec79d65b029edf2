from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.memory_events import CUDA, facts_of, raised, record
from vllm_doctor.facts import oom

CONTAINER = (
    "CUDA out of memory. Tried to allocate 1.72 GiB. GPU 1 has a total capacity of 23.64 GiB of which 742.19 MiB is"
    " free. Process 604413 has 22.88 GiB memory in use. Of the allocated memory 22.41 GiB is allocated by PyTorch,"
    " and 93.06 MiB is reserved by PyTorch but unallocated."
)
SHARED = (
    "CUDA out of memory. Tried to allocate 896.00 MiB. GPU 0 has a total capacty of 79.18 GiB of which 431.44 MiB is"
    " free. Process 318842 has 48.61 GiB memory in use. Including non-PyTorch memory, this process has 30.12 GiB"
    " memory in use. Of the allocated memory 29.55 GiB is allocated by PyTorch, and 17.31 MiB is reserved by PyTorch"
    " but unallocated."
)
NPU = (
    "NPU out of memory. Tried to allocate 224.00 MiB (NPU 3; 60.97 GiB total capacity; 56.96 GiB already allocated;"
    " 56.97 GiB current active; 120.50 MiB free; 57.10 GiB reserved in total by PyTorch) If reserved memory is >>"
    " allocated memory try setting max_split_size_mb to avoid fragmentation."
)
HIP = (
    "HIP out of memory. Tried to allocate 1.17 GiB. GPU 0 has a total capacity of 95.87 GiB of which 803.50 MiB is"
    " free. Of the allocated memory 94.81 GiB is allocated by PyTorch, and 121.06 MiB is reserved by PyTorch but"
    " unallocated."
)
XPU = (
    "XPU out of memory. Tried to allocate 8.00 GiB. GPU 0 has a total capacity of 15.11 GiB. Of the allocated memory"
    " 14.02 GiB is allocated by PyTorch, and 11.50 MiB is reserved by PyTorch but unallocated. Please use"
    " `empty_cache` to release all unoccupied cached memory."
)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (
            CUDA,
            {
                "device": "CUDA",
                "tried_gib": 0.3125,
                "total_gib": 21.99,
                "own_gib": 21.96,
                "other_gib": 0.0,
                "gpu": "0",
            },
        ),
        (CONTAINER, {"tried_gib": 1.72, "own_gib": 22.88, "other_gib": 0.0, "gpu": "1", "other_pid": None}),
        (SHARED, {"total_gib": 79.18, "own_gib": 30.12, "other_gib": 48.61, "other_pid": "318842"}),
        (NPU, {"device": "NPU", "total_gib": 60.97, "allocated_gib": 56.96, "unused_gib": 0.14, "gpu": "3"}),
        (HIP, {"device": "HIP", "total_gib": 95.87, "allocated_gib": 94.81, "other_gib": 0.0}),
        (XPU, {"device": "XPU", "total_gib": 15.11, "allocated_gib": 14.02, "free_gib": None}),
    ],
)
def test_every_form_of_the_sentence(message: str, wanted: dict[str, object]) -> None:
    facts = facts_of(raised(message=message))
    assert {name: facts.get(f"oom.{name}") for name in wanted} == wanted


def test_sizes_are_also_kept_as_written() -> None:
    facts = facts_of(record(CUDA))
    assert (facts["oom.tried"], facts["oom.free"]) == ("320.00 MiB", "19.38 MiB")


def test_a_wrapped_sentence() -> None:
    facts = facts_of(
        record(CUDA.replace(" capacity of ", " capacity\n  of ").replace("memory in", "memory\nin"))
    )
    assert (facts["oom.total_gib"], facts["oom.own_gib"]) == (21.99, 21.96)


@pytest.mark.parametrize(
    "message",
    [
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
        "CUDA driver error: out of memory",
        "HIP error: out of memory",
        "Triton Error [CUDA]: out of memory",
        "CUDA Error: out of memory at /workspace/csrc/cumem_allocator.cpp:62",
    ],
)
def test_the_driver_says_it_in_fewer_words(message: str) -> None:
    assert facts_of(raised(message=message))["oom.device"] in ("CUDA", "HIP")


@pytest.mark.parametrize(
    "message",
    [
        "If you are running out of memory, consider decreasing `gpu_memory_utilization`",
        "If out-of-memory error occurs during cudagraph capture, consider decreasing `gpu_memory_utilization`",
        "2 Workers (tasks / actors) killed due to memory pressure (OOM)",
        "Out of memory! No free blocks are available.",
    ],
)
def test_what_is_not_the_sentence(message: str) -> None:
    assert "oom.device" not in facts_of(record(message))


def test_the_link_that_tells_most_is_read() -> None:
    outer = raised(
        message="CUDA out of memory occurred when warming up sampler with 256 dummy requests.", cause=raised()
    )
    assert facts_of(outer)["oom.total_gib"] == 21.99


def test_among_processes_of_other_ids_the_own_one_holds_what_torch_holds() -> None:
    text = "Process 7 has 3.00 GiB memory in use. Process 8 has 12.40 GiB memory in use."
    assert oom.holders(text, 12.0) == oom.Held(12.4, (("7", 3.0),))


def test_none_of_the_named_is_the_own_one() -> None:
    assert oom.holders("Process 7 has 3.00 GiB memory in use.", 12.0) == oom.Held(12.0, (("7", 3.0),))


def test_others_by_the_sum_where_none_is_named() -> None:
    text = CUDA.replace("21.99 GiB of which", "39.50 GiB of which")
    assert facts_of(record(text))["oom.other_gib"] == pytest.approx(17.52)


@given(st.text(max_size=300))
def test_any_words_after_the_sentence_are_read_without_failing(tail: str) -> None:
    assert facts_of(record("CUDA out of memory. Tried to allocate " + tail))["oom.device"] == "CUDA"
