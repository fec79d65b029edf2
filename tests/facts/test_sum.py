"""The memory sum of a launch, against launches that were measured and failures that were seen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor.errors import InputError
from vllm_doctor.facts import Fact, Facts, fit
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.sum import Sum, foretold, memory_sum, of_log, of_sum
from vllm_doctor.facts.ways import ways
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.model.config import from_dict
from vllm_doctor.model.gpus import Gpu, get_gpu

MEASURED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "model" / "data" / "memory.json").read_text("utf-8"))
CONFIGS = MEASURED["configs"]


def facts_of(command: str) -> Facts:
    launch = parse_command_line(command)
    assert launch
    return Facts({fact.name: fact for fact in of_launch(launch)})


def reckon(model: str, words: str = "", gpu: str = "H200", release: str = "0.24.0") -> Sum:
    return memory_sum(facts_of(f"vllm serve m {words}"), from_dict(CONFIGS[model]), get_gpu(gpu), (release,))


@pytest.mark.parametrize("launch", MEASURED["launches"], ids=lambda one: " ".join([one["model"], *one["args"]]))
def test_measured_launches_from_their_words_alone(launch: dict[str, Any]) -> None:
    memory = reckon(launch["model"], " ".join(launch["args"])).memory
    assert memory.fits == "yes"
    assert memory.weights_gib == pytest.approx(launch["model_load_gib"], rel=0.01)
    assert memory.kv_cache_gib == pytest.approx(launch["kv_cache_gib"], abs=0.2)
    assert memory.kv_cache_tokens == pytest.approx(launch["kv_cache_tokens"], rel=0.01)


@pytest.mark.parametrize("launch", MEASURED["launches"], ids=lambda one: " ".join([one["model"], *one["args"]]))
def test_one_block_more_than_was_measured_is_never_called_fitting(launch: dict[str, Any]) -> None:
    words = [word for word in launch["args"] if word not in ("--max-model-len", "32768")]
    if "--max-num-batched-tokens" in words and words[-1] == "--max-num-batched-tokens":
        words.append("32768")
    memory = reckon(launch["model"], f"{' '.join(words)} --max-model-len {launch['kv_cache_tokens'] + 16}").memory
    assert memory.fits in ("tight", "no")


def test_the_launch_that_failed_in_the_cache() -> None:
    """The real one had 2.07 GiB left, for 16,944 tokens; the sum is never above that."""
    found = reckon("llama-3.1-8b", "--gpu-memory-utilization 0.13")
    assert foretold(found) == fit.KV_TOO_SMALL
    facts = Facts({fact.name: fact for fact in of_sum(found)})
    assert facts["fit.kv_needed_gib"] == 16.0
    assert 1.8 < float(facts["fit.kv_available_gib"]) < 2.07
    assert 15_000 < int(facts["fit.longest_len"]) <= 16_944
    assert facts["fit.lacking_gib"] == pytest.approx(14.13)


@pytest.mark.parametrize(
    ("model", "words", "gpu", "release", "failure"),
    [
        ("mistral-small-24b", "", "A10", "0.24.0", fit.WEIGHTS_EXCEED),
        ("mistral-small-24b", "-tp 4", "A10", "0.24.0", None),
        ("mistral-small-24b", "--gpu-memory-utilization 0.2", "H200", "0.24.0", fit.NO_KV),
        ("llama-3.1-8b", "", "A10", "0.24.0", fit.KV_TOO_SMALL),
        ("llama-3.1-8b", "--max-model-len 32768", "A10", "0.24.0", None),
        ("llama-3.1-8b", "--max-model-len auto", "A10", "0.24.0", None),
        ("llama-3.1-8b", "", "A10", "0.4.1", fit.PROFILE_EXCEEDS),
        ("llama-3.1-8b", "", "T4", "0.24.0", fit.WEIGHTS_EXCEED),
        ("llama-3.1-8b", "--quantization bitsandbytes --max-model-len 8192", "T4", "0.24.0", None),
        ("mistral-small-24b-awq", "--max-model-len 16384", "A10", "0.24.0", None),
    ],
)
def test_what_is_foretold(model: str, words: str, gpu: str, release: str, failure: str | None) -> None:
    found = reckon(model, words, gpu, release)
    assert foretold(found) == failure
    names = {fact.name for fact in of_sum(found)}
    flags = {fit.WEIGHTS_EXCEED, fit.PROFILE_EXCEEDS, fit.NO_KV, fit.KV_TOO_SMALL}
    assert names & flags == ({failure} if failure else set())


def test_a_length_that_the_engine_fits_to_what_is_left() -> None:
    for word in ("auto", "-1"):
        memory = reckon("llama-3.1-8b", f"--max-model-len {word}", "A10").memory
        assert memory.fits == "yes"
        assert memory.max_model_len == reckon("llama-3.1-8b", "", "A10").memory.longest_max_model_len
    assert reckon("llama-3.1-8b", "--max-model-len auto", "T4").memory.fits == "no"


def test_a_small_lack_foretells_nothing() -> None:
    longest = reckon("llama-3.1-8b", "", "A10").memory.longest_max_model_len
    assert longest
    found = reckon("llama-3.1-8b", f"--max-model-len {longest + 160}", "A10")
    assert (found.memory.fits, foretold(found)) == ("no", None)


def test_a_release_that_is_not_known_is_said() -> None:
    config, gpu = from_dict(CONFIGS["llama-3.1-8b"]), get_gpu("H200")
    assert not any(fact.name == fit.ASSUMED for fact in of_sum(reckon("llama-3.1-8b")))
    found = memory_sum(facts_of("vllm serve m"), config, gpu, ("0.20.0", "0.21.0"))
    assert ("fit.assumed_release", "0.21.0") in {(fact.name, fact.value) for fact in of_sum(found)}
    assert "reckoned for 0.21.0" in found.memory.assumptions[-1]
    newer = memory_sum(facts_of("vllm serve m"), config, gpu, ())
    assert "newer than those known: reckoned for 0.33.0" in newer.memory.assumptions[-1]


def test_weights_that_are_not_known_give_no_facts() -> None:
    config = from_dict({**CONFIGS["llama-3.1-8b"], "model_type": "nova"})
    assert list(of_sum(memory_sum(facts_of("vllm serve m"), config, get_gpu("A10"), ("0.24.0",)))) == []


def test_a_draft_model_that_is_not_known_is_said() -> None:
    words = """--speculative-config '{"model": "org/draft"}'"""
    assert "draft model" in reckon("llama-3.1-8b", words).memory.assumptions[-1]


def test_the_longest_on_v0_counts_smaller_steps() -> None:
    found = reckon("llama-3.1-8b", "", "A10", "0.4.1")
    longest = found.memory.longest_max_model_len
    assert longest
    assert reckon("llama-3.1-8b", f"--max-model-len {longest}", "A10", "0.4.1").memory.margin_gib >= 0
    assert reckon("llama-3.1-8b", f"--max-model-len {longest + 64}", "A10", "0.4.1").memory.margin_gib < 0


def _log(**more: Any) -> Facts:
    return Facts({name: Fact(name, value) for name, value in more.items()})


def test_a_log_gives_what_is_left_and_the_config_what_a_token_takes() -> None:
    config = from_dict(CONFIGS["llama-3.1-8b"])
    found = {fact.name: fact.value for fact in of_log(_log(**{"kv_cache.free_gib": 2.07}), config, None, ("0.24.0",))}
    assert found == {
        "fit.weights_gib": 15.0,
        "fit.max_len": 131072,
        "fit.kv_needed_gib": 16.0,
        "fit.longest_len": 16944,
    }


def test_a_log_without_figures_gives_the_need_alone() -> None:
    config = from_dict(CONFIGS["llama-3.1-8b"])
    read = _log(**{"kv_cache.max_len": 8192, "memory.total_gib": 22.0, "gpu.name": "nothing known"})
    found = {fact.name: fact.value for fact in of_log(read, config, None, ("0.24.0",))}
    assert found == {"fit.weights_gib": 15.0, "fit.max_len": 8192, "fit.kv_needed_gib": 1.0}


def test_the_card_that_a_user_names_is_taken() -> None:
    config = from_dict(CONFIGS["mistral-small-24b-awq"])
    hopper = replace(get_gpu("H100"), gib=24.0)
    on_ampere = {fact.name: fact.value for fact in of_log(_log(), config, get_gpu("A10"), ("0.24.0",))}
    on_hopper = {fact.name: fact.value for fact in of_log(_log(), config, hopper, ("0.24.0",))}
    assert float(on_hopper[fit.WEIGHTS]) > float(on_ampere[fit.WEIGHTS])
    assert isinstance(hopper, Gpu)


_KEYS = (
    "hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads vocab_size head_dim"
    " max_position_embeddings sliding_window kv_lora_rank qk_rope_head_dim qk_nope_head_dim v_head_dim n_routed_experts"
    " num_experts_per_tok moe_intermediate_size linear_num_value_heads full_attention_interval"
).split()
_SIZES = st.sampled_from([0, 1, 3, 64, 4096, 2**20, 2**40])
_WORDS = st.lists(
    st.sampled_from(
        [
            "-tp 7",
            "-pp 3",
            "--max-model-len 0",
            "--max-model-len 1T",
            "--max-model-len auto",
            "--block-size 0",
            "--gpu-memory-utilization 0",
            "--gpu-memory-utilization 9",
            "--kv-cache-dtype fp8",
            "--max-num-seqs 0",
            "--num-gpu-blocks-override 5",
            "--cpu-offload-gb 999",
            "--enable-lora --max-loras 3",
            "--quantization nonsense",
            "--compilation-config '{\"max_cudagraph_capture_size\": true}'",
        ]
    ),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(_KEYS), _SIZES),
    st.sampled_from(["llama", "deepseek_v3", "qwen3_next", "mixtral", "jamba", "gemma3", "nova"]),
    _WORDS,
    st.sampled_from(["0.4.1", "0.6.3", "0.9.2", "0.24.0", "0.33.0"]),
    st.sampled_from(["A10", "1GiB", "B200", "MI300X"]),
)
def test_any_config_and_any_words_give_a_sum_or_a_sentence(
    config: dict[str, int], family: str, words: list[str], release: str, gpu: str
) -> None:
    base = {**CONFIGS["llama-3.1-8b"], **config, "model_type": family}
    facts = facts_of(f"vllm serve m {' '.join(words)}")
    try:
        model = from_dict(base)
    except InputError:
        return

    def reckon(other: Facts) -> Sum:
        return memory_sum(other, model, get_gpu(gpu), (release,))

    found = reckon(facts)
    assert found.memory.fits in ("yes", "tight", "no", "unknown")
    for way in ways(facts, found, reckon):
        assert way.found.memory.margin_gib >= 0
    list(of_sum(found))


def test_a_way_that_does_not_fit_is_none() -> None:
    model = from_dict({**CONFIGS["llama-3.1-8b"], "model_type": "llama"})

    def reckon(other: Facts) -> Sum:
        return memory_sum(other, model, get_gpu("A10"), ("0.4.1",))

    facts = facts_of("vllm serve m --max-model-len auto")
    found = reckon(facts)
    assert found.memory.margin_gib < 0
    assert all(way.found.memory.margin_gib >= 0 for way in ways(facts, found, reckon))
