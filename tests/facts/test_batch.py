from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record

CHUNKED = record("Chunked prefill is enabled with max_num_batched_tokens=8192.")


@pytest.mark.parametrize(
    ("known", "fewer"),
    [
        ({"args__max_num_batched_tokens": 32768}, 8192),
        ({}, 2048),
        ({"args__max_num_seqs": 4000}, 4000),
        ({"args__max_num_batched_tokens": 512}, None),
        ({"args__enable_chunked_prefill": False}, None),
    ],
)
def test_fewer_tokens(known: dict[str, object], fewer: int | None) -> None:
    assert facts_of(CHUNKED, **known).get("batch.fewer_tokens") == fewer


def test_whole_prompts_need_their_length() -> None:
    assert "batch.fewer_tokens" not in facts_of(engine__kind="V0")


@pytest.mark.parametrize(
    ("known", "fewer"),
    [
        ({"args__max_num_seqs": 256}, 64),
        ({"oom__dummy_requests": 1024}, 256),
        ({}, 32),
        ({"args__max_num_seqs": 2}, None),
    ],
)
def test_fewer_requests(known: dict[str, object], fewer: int | None) -> None:
    assert facts_of(**known).get("batch.fewer_seqs") == fewer


@pytest.mark.parametrize(
    ("known", "lower"),
    [
        ({}, 0.85),
        ({"args__gpu_memory_utilization": 0.98}, 0.93),
        ({"args__gpu_memory_utilization": 0.98, "gpu__total_gib": 24.0, "oom__tried_gib": 3.0}, 0.84),
        ({"args__gpu_memory_utilization": 0.98, "gpu__total_gib": 47.38, "memory__kv_gib": 21.2}, 0.93),
        ({"args__gpu_memory_utilization": 0.9, "gpu__total_gib": 24.0, "memory__kv_gib": 1.0}, None),
        ({"args__gpu_memory_utilization": 0.9, "gpu__total_gib": 24.0, "memory__weights_gib": 20.0}, None),
        ({"args__gpu_memory_utilization": 0.12}, None),
    ],
)
def test_a_lower_share(known: dict[str, object], lower: float | None) -> None:
    assert facts_of(**known).get("batch.lower_utilization") == lower
