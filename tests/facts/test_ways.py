"""What makes a launch fit: each way, made, fits; the smallest comes first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts.test_sum import CONFIGS, facts_of
from vllm_doctor.facts import Facts
from vllm_doctor.facts.sum import Sum, memory_sum
from vllm_doctor.facts.ways import Way, of_ways, smallest_card, ways
from vllm_doctor.model.config import from_dict
from vllm_doctor.model.gpus import Gpu, get_gpu


def found(
    model: str, gpu: str, words: str = "", release: str = "0.24.0", most: int | None = None
) -> tuple[list[Way], Sum]:
    config, card = from_dict(CONFIGS[model]), get_gpu(gpu)

    def reckon(facts: Facts) -> Sum:
        return memory_sum(facts, config, card, (release,))

    facts = facts_of(f"vllm serve m {words}")
    return ways(facts, reckon(facts), reckon, most), reckon(facts)


CASES: list[tuple[str, str, str, str]] = [
    ("llama-3.1-8b", "A10", "", "0.24.0"),
    ("llama-3.1-8b", "L4", "", "0.33.0"),
    ("llama-3.1-8b", "A10", "", "0.6.3"),
    ("llama-3.1-8b", "A10", "", "0.4.1"),
    ("llama-3.1-8b", "T4", "", "0.9.2"),
    ("mistral-small-24b", "A10", "", "0.24.0"),
    ("mistral-small-24b", "H200", "--gpu-memory-utilization 0.2", "0.24.0"),
    ("mistral-small-24b-awq", "A10", "", "0.18.0"),
    ("phi-4", "L40S", "--gpu-memory-utilization 0.65", "0.24.0"),
]


@pytest.mark.parametrize(("model", "gpu", "words", "release"), CASES)
def test_every_way_fits_and_is_what_it_says(model: str, gpu: str, words: str, release: str) -> None:
    all_ways, now = found(model, gpu, words, release)
    assert all_ways
    assert now.memory.fits == "no"
    for way in all_ways:
        more = " ".join(f"{flag} {to or ''}" for flag, to in way.changes)
        _, after = found(model, gpu, f"{words} {more}", release)
        assert after.memory.fits in ("yes", "tight")
        assert after.memory.margin_gib == pytest.approx(way.found.memory.margin_gib)
        if "length" not in way.prices:
            assert after.memory.fits == "yes"
            assert after.memory.max_model_len == now.memory.max_model_len


def prices(model: str, gpu: str, words: str = "", **more: Any) -> dict[tuple[str, ...], dict[str, str | None]]:
    return {way.prices: dict(way.changes) for way in found(model, gpu, words, **more)[0]}


def test_a_length_is_the_longest_less_two_percent_in_steps_of_256() -> None:
    all_ways, now = found("llama-3.1-8b", "A10")
    longest = now.memory.longest_max_model_len or 0
    length = int(dict(all_ways[0].changes)["--max-model-len"] or 0)
    assert length % 256 == 0
    assert longest * 0.98 - 256 < length <= longest * 0.98


def test_a_larger_share_comes_first_where_none_was_asked_for() -> None:
    asked = found("llama-3.1-8b", "H200", "--gpu-memory-utilization 0.13")[0]
    assert [way.prices for way in asked[:2]] == [("length",), ("share",)]
    assert {way.effect for way in asked} == {"costs"}
    short = found("llama-3.1-8b", "A10", "--max-model-len 40000", "0.24.0")[0]
    assert (short[0].prices, short[0].effect) == (("share",), "same")


def test_an_eight_bit_cache_only_where_the_gpu_computes_it() -> None:
    assert ("cache", "length") in prices("llama-3.1-8b", "L4")
    assert not any("cache" in each for each in prices("llama-3.1-8b", "A10"))
    assert not any("cache" in each for each in prices("llama-3.1-8b", "L4", "--kv-cache-dtype fp8"))
    assert not any("cache" in each for each in prices("llama-3.1-8b", "L4", release="0.9.2"))


def test_smaller_weights_only_where_they_are_not_quantized_yet() -> None:
    assert ("precision", "length") in prices("llama-3.1-8b", "A10")
    assert not any("precision" in each for each in prices("llama-3.1-8b", "T4"))
    assert not any({"precision", "four-bit"} & set(each) for each in prices("mistral-small-24b-awq", "A10"))


def test_no_more_gpus_than_there_are_and_they_divide_the_heads() -> None:
    assert prices("mistral-small-24b", "A10")[("gpus",)] == {"--tensor-parallel-size": "4"}
    assert ("gpus",) not in prices("mistral-small-24b", "A10", most=2)
    assert prices("phi-4", "T4")[("gpus",)] == {"--tensor-parallel-size": "4"}


def test_v0_keeps_computing_in_chunks() -> None:
    changes = prices("llama-3.1-8b", "A10", release="0.6.3")[("length",)]
    assert set(changes) == {"--max-model-len", "--enable-chunked-prefill"}


def test_what_fits_needs_nothing() -> None:
    assert found("llama-3.1-8b", "H200")[0] == []


def test_the_smallest_card_that_would_do() -> None:
    _, now = found("mistral-small-24b", "A10")

    def fits(gpu: Gpu) -> bool:
        return memory_sum(facts_of("vllm serve m"), now.config, gpu, ("0.24.0",)).memory.fits == "yes"

    card = smallest_card(now, fits)
    assert card
    assert card.vendor == "nvidia"
    assert 64 < card.gib < 90
    assert smallest_card(now, lambda gpu: False) is None


def test_ways_as_facts() -> None:
    all_ways, _ = found("mistral-small-24b", "H200", "--gpu-memory-utilization 0.2")
    facts = {fact.name: fact.value for fact in of_ways(all_ways, get_gpu("B200"))}
    assert facts["kv_cache.fitting_utilization"] == facts["kv_cache.spare_utilization"] == 0.5
    assert facts["fit.gpus"] == 4
    assert facts["fit.card"] == "NVIDIA B200"
