from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record


@pytest.mark.parametrize(
    "words",
    ["Killed", "  Killed ", "/entrypoint.sh: line 7:    12 Killed                  vllm serve m", "已杀死"],
)
def test_a_shell_s_last_word(words: str) -> None:
    assert facts_of(record(words)).get("host.killed") is True


@pytest.mark.parametrize("words", ["Killed: 12 requests", "The job was Killed by its owner", "Killing worker"])
def test_what_only_speaks_of_killing(words: str) -> None:
    assert facts_of(record(words)).get("host.killed") is None


def test_what_the_kernel_says() -> None:
    facts = facts_of(record("Killed process 40112 (python3) total-vm:81223344kB, anon-rss:31457280kB, file-rss:0kB"))
    assert (facts.get("host.rss_gib"), facts.get("host.task")) == (30.0, "python3")
    assert facts_of(record("memory: usage 33554432kB, limit 33554432kB, failcnt 9")).get("host.limit_gib") == 32.0


def test_a_probe_kills_too() -> None:
    words = "Container vllm failed startup probe, will be restarted"
    assert facts_of(record(words)).get("host.killed_by_probe") is True


@pytest.mark.parametrize(
    ("known", "fitting"),
    [
        ({"swap__total_gib": 15.51}, 6),
        ({"swap__total_gib": 15.51, "args__tensor_parallel_size": 4}, 1),
        ({"swap__total_gib": 4.3, "args__tensor_parallel_size": 8}, 0),
        ({}, None),
    ],
)
def test_a_swap_space_that_draws_no_warning(known: dict[str, object], fitting: int | None) -> None:
    assert facts_of(**known).get("swap.fitting") == fitting


def test_offload_counts_once_for_each_gpu() -> None:
    assert facts_of(args__cpu_offload_gb=10, args__tensor_parallel_size=4).get("host.offload_gib") == 40.0
    assert facts_of(args__cpu_offload_gb=0).get("host.offload_gib") is None
