from __future__ import annotations

import pytest

from tests.facts.memory_events import CUDA, facts_of, record
from tests.facts.test_oom import SHARED

CUT = "CUDA out of memory. Tried to allocate 4.00 MiB. GPU 5 has a total capacity of 47.38 GiB of which 384.00 KiB is free."


def test_another_process_holds_what_is_missing() -> None:
    facts = facts_of(record(SHARED), start__phase="loading", gpu__memory_utilization=0.9)
    assert facts["oom.held_by"] == "other"
    assert facts["memory.free_gib"] == pytest.approx(30.57)


def test_the_weights_alone_exceed_the_share() -> None:
    known = {"start__phase": "loading", "gpu__memory_utilization": 0.9, "model__parameters_in_name": 72e9}
    facts = facts_of(record(SHARED), **known)
    assert (facts["oom.held_by"], facts["oom.weights_exceed_budget"]) == ("own", True)


def test_loading_had_passed_the_share_by_itself() -> None:
    facts = facts_of(record(SHARED), start__phase="loading", args__gpu_memory_utilization=0.3)
    assert (facts["oom.held_by"], facts["oom.weights_exceed_budget"]) == ("own", True)


def test_a_card_that_is_full_before_anything_is_loaded_is_anothers() -> None:
    facts = facts_of(record("Error executing method 'init_device'. CUDA error: out of memory"))
    assert facts["oom.held_by"] == "other"


@pytest.mark.parametrize("message", [CUDA, CUT])
def test_with_no_other_process_it_is_its_own(message: str) -> None:
    assert facts_of(record(message), start__phase="loading")["oom.held_by"] == "own"


def test_small_contexts_of_others_are_not_what_is_missing() -> None:
    text = SHARED.replace("48.61 GiB", "0.49 GiB").replace("30.12 GiB", "78.30 GiB")
    assert facts_of(record(text), start__phase="serving", gpu__memory_utilization=0.9)["oom.held_by"] == "own"


def test_fragments_that_would_have_been_enough() -> None:
    text = CUDA.replace("17.92 MiB is reserved", "2.50 GiB is reserved")
    assert facts_of(record(text))["oom.fragmented"] is True
    assert facts_of(record(CUDA))["oom.fragmented"] is False


def test_what_would_fit() -> None:
    facts = facts_of(record(CUDA), model__parameters_in_name=24e9, gpu__memory_utilization=0.95)
    assert facts["memory.weights_need_gib"] == 44.7
    assert facts["oom.weights_exceed_card"] is True
    assert facts["oom.gpus_needed"] == 4  # 22.35 GiB on each of two is more than 0.85 of 20.89
    assert facts["oom.offload_gib"] == 27
    assert facts["oom.four_bit_gib"] == 13.4


def test_gpus_already_in_use_are_counted() -> None:
    facts = facts_of(record(CUDA), model__parameters_in_name=24e9, args__tensor_parallel_size=2)
    assert (facts["memory.weights_need_gib"], facts.get("oom.gpus_needed")) == (22.35, None)
    assert facts.having(facts_of(gpu__memory_utilization=0.95).read.values())["oom.gpus_needed"] == 4


def test_a_share_is_raised_by_the_memory_sum_only() -> None:
    known = {"gpu__total_gib": 139.8, "args__gpu_memory_utilization": 0.15}
    assert facts_of(fit__weights_gib=43.94, **known)["oom.fitting_utilization"] == 0.37
    assert "oom.fitting_utilization" not in facts_of(model__parameters_in_name=24e9, **known)
    assert "oom.fitting_utilization" not in facts_of(fit__weights_gib=43.94, gpu__free_gib=20.0, **known)
