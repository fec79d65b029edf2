from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.memory_events import facts_of, record
from vllm_doctor.facts.kv_cache import round_length

V0 = (
    "The model's max seq len (131072) is larger than the maximum number of tokens that can be stored in KV cache (97776)."
    " Try increasing `gpu_memory_utilization` or decreasing `max_model_len` when initializing the engine."
)
V081 = (
    "To serve at least one request with the models's max seq len (131072), (20.00 GB KV cache is needed, which is larger than"
    " the available KV cache memory (5.42 GB). Try increasing `gpu_memory_utilization` or decreasing `max_model_len` when"
    " initializing the engine."
)
V024 = (
    "To serve at least one request with the model's max seq len (131072), (16.0 GiB KV cache is needed, which is larger than"
    " the available KV cache memory (2.07 GiB). Based on the available memory, the estimated maximum model length is 16944."
    " Try increasing `gpu_memory_utilization`"
)


@pytest.mark.parametrize(
    ("message", "longest", "proposed", "proposed_gib"),
    [(V0, 97776, 95744, None), (V081, 35520, 34560, 5.27), (V024, 16944, 16384, 2.0)],
)
def test_the_longest_request(message: str, longest: int, proposed: int, proposed_gib: float | None) -> None:
    facts = facts_of(record(message))
    assert facts["kv_cache.max_len"] == 131072
    assert (facts["kv_cache.longest_len"], facts["kv_cache.proposed_len"]) == (longest, proposed)
    assert facts.get("kv_cache.proposed_gib") == proposed_gib


def test_hard_wrapped() -> None:
    assert facts_of(record(V024.replace(" which is", "\nwhich  is")))["kv_cache.needed_gib"] == 16.0


@pytest.mark.parametrize(
    ("message", "name", "value"),
    [
        ("# GPU blocks: 6111, # CPU blocks: 8192", "tokens", 97776),
        ("# cuda blocks: 27896, # CPU blocks: 2048", "blocks", 27896),
        ("GPU KV cache size: 919,824 tokens", "tokens", 919824),
        ("GPU KV cache size: 44,416 tokens, 2,776 blocks", "tokens", 44416),
        ("CPU KV cache size: 1,024 tokens, ", "tokens", 1024),
    ],
)
def test_the_size_of_the_cache(message: str, name: str, value: int) -> None:
    assert facts_of(record(message))[f"kv_cache.{name}"] == value


def test_the_share_at_which_the_full_length_fits() -> None:
    facts = facts_of(record(V024), gpu__total_gib=139.8, args__gpu_memory_utilization=0.13)
    assert (facts["kv_cache.fitting_utilization"], facts["kv_cache.extra_gib"]) == (0.24, 15.4)


@pytest.mark.parametrize(
    "known",
    [
        {"gpu__total_gib": 21.99, "args__gpu_memory_utilization": 0.95},  # 1.6 times the card
        {"gpu__total_gib": 139.8, "gpu__free_gib": 30.0, "args__gpu_memory_utilization": 0.13},  # not free
        {"args__gpu_memory_utilization": 0.13},  # nothing tells how large the card is
    ],
)
def test_no_share_that_does_not_fit(known: dict[str, object]) -> None:
    assert "kv_cache.fitting_utilization" not in facts_of(record(V024), **known)


def test_what_cuda_graphs_would_free() -> None:
    assert facts_of(record(V024))["kv_cache.graphs_are_less"] is True
    assert facts_of(record(V024.replace("(2.07 GiB)", "(15.10 GiB)")))["kv_cache.graphs_are_less"] is False


def test_eight_bit() -> None:
    text = V024.replace("(2.07 GiB)", "(8.20 GiB)")
    assert facts_of(record(text))["kv_cache.fp8_fits"] is True
    assert facts_of(record(V024))["kv_cache.fp8_fits"] is False
    assert "kv_cache.fp8_fits" not in facts_of(record(text), args__kv_cache_dtype="fp8")


def test_a_longer_length_at_eight_bit() -> None:
    assert facts_of(record(V024))["kv_cache.fp8_len"] == 33024
    assert "kv_cache.fp8_len" not in facts_of(record(V024.replace("(2.07 GiB)", "(8.20 GiB)")))


def test_by_the_memory_sum_before_a_launch() -> None:
    facts = facts_of(fit__kv_needed_gib=16.0, fit__kv_available_gib=4.0, args__max_model_len="128K")
    assert (facts["kv_cache.longest_len"], facts["kv_cache.proposed_len"]) == (32768, 32000)


def test_room_beside_all_else() -> None:
    left = record("Available KV cache memory: -0.82 GiB")
    facts = facts_of(left, gpu__total_gib=23.64, args__gpu_memory_utilization=0.85)
    assert facts["kv_cache.spare_utilization"] == 0.94
    assert "kv_cache.try_utilization" not in facts
    assert "kv_cache.spare_utilization" not in facts_of(left, gpu__total_gib=23.64, args__gpu_memory_utilization=0.95)


def test_of_an_unknown_card_the_least_that_it_has_is_enough() -> None:
    events = record("Model loading took 15.0 GiB and 1.344146 seconds"), record(V024)
    facts = facts_of(*events, record("Available KV cache memory: 2.07 GiB"), args__gpu_memory_utilization=0.13)
    assert facts["memory.least_total_gib"] == 131.31
    assert (facts["kv_cache.fitting_utilization"], facts["kv_cache.extra_gib"]) == (0.24, 14.4)


def test_off_the_gpu_a_variable_sets_the_size() -> None:
    said = record("No available memory for the cache blocks. Try increasing `VLLM_CPU_KVCACHE_SPACE` when initializing")
    assert facts_of(said)["kv_cache.space_gib"] == 8
    assert facts_of(said, env__VLLM_CPU_KVCACHE_SPACE="40")["kv_cache.space_gib"] == 80
    assert "kv_cache.try_utilization" not in facts_of(said)


def test_the_share_that_vllm_itself_names() -> None:
    said = "leaving none for the KV cache. To resolve: increase `--gpu-memory-utilization` to more than 0.11, or set"
    assert facts_of(record(said))["kv_cache.spare_utilization"] == 0.16


def test_a_share_to_try_where_nothing_is_known() -> None:
    assert facts_of()["kv_cache.try_utilization"] == 0.95
    assert "kv_cache.try_utilization" not in facts_of(args__gpu_memory_utilization=0.95)
    assert "kv_cache.try_utilization" not in facts_of(gpu__total_gib=23.64, memory__weights_gib=22.9)


@given(st.integers(0, 10_000_000))
def test_a_proposed_length_fits_and_is_round(most: int) -> None:
    length = round_length(most)
    if length is None:
        assert most < 17
    else:
        assert 16 <= length <= most * 0.98
        assert length % (256 if length >= 512 else 16) == 0
        assert length > most * 0.98 - 256
