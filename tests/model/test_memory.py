import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor.model.activation import capture_sizes
from vllm_doctor.model.config import from_dict
from vllm_doctor.model.gpus import get_gpu
from vllm_doctor.model.memory import LaunchSettings, Memory, estimate, longest_length, stages

MEASURED = json.loads((Path(__file__).parent / "data" / "memory.json").read_text(encoding="utf-8"))
SETTINGS = LaunchSettings("0.24.0", 0.92, max_num_seqs=1024, max_num_batched_tokens=8192)


def settings_of(args: list[str]) -> LaunchSettings:
    pairs = dict(zip(args, [*args[1:], ""], strict=False))
    length = pairs.get("--max-model-len")
    return replace(
        SETTINGS,
        enforce_eager="--enforce-eager" in args,
        tensor_parallel=int(pairs.get("-tp", 1)),
        kv_cache_dtype=pairs.get("--kv-cache-dtype", "auto"),
        max_num_batched_tokens=int(pairs.get("--max-num-batched-tokens", 8192)),
        max_model_len=int(length) if length else None,
    )


def run(model: dict[str, Any], gpu: str = "H200", **changes: Any) -> Memory:
    return estimate(from_dict(model), replace(SETTINGS, **changes), get_gpu(gpu))


@pytest.mark.parametrize("launch", MEASURED["launches"], ids=lambda one: " ".join([one["model"], *one["args"]]))
def test_measured_launches(launch: dict[str, Any]) -> None:
    config = from_dict(MEASURED["configs"][launch["model"]])
    memory = estimate(config, settings_of(launch["args"]), get_gpu("H200"))
    assert memory.weights_gib == pytest.approx(launch["model_load_gib"], rel=0.004)
    assert memory.kv_cache_gib == pytest.approx(launch["kv_cache_gib"], abs=0.2)
    assert memory.kv_cache_tokens == pytest.approx(launch["kv_cache_tokens"], rel=0.002)
    if launch["cuda_graph_gib"] is not None:
        assert memory.cuda_graph_gib == pytest.approx(launch["cuda_graph_gib"], abs=0.1)
    assert memory.fits == "yes"


def test_a_launch_that_failed(llama: dict[str, Any]) -> None:
    """The real one: 2.07 GiB was left of 16.0, and 16,944 tokens fitted."""
    memory = run(llama, gpu_memory_utilization=0.13)
    assert memory.fits == "no"
    assert memory.kv_needed_gib == pytest.approx(16.0)
    assert memory.kv_cache_gib == pytest.approx(2.07, abs=0.25)
    assert memory.longest_max_model_len is not None
    assert 0.85 * 16944 < memory.longest_max_model_len < 16944


def test_longest_length_fits_and_one_more_block_does_not(llama: dict[str, Any]) -> None:
    best = run(llama, "L4").longest_max_model_len
    assert best
    assert run(llama, "L4", max_model_len=best).margin_gib >= 0
    assert run(llama, "L4", max_model_len=best + 16).margin_gib < 0


def test_weights_that_exceed_the_card(llama: dict[str, Any]) -> None:
    memory = run(llama, "RTX 3060")
    assert (memory.fits, memory.kv_cache_tokens, memory.longest_max_model_len) == ("no", 0, 0)
    assert memory.kv_cache_gib < 0


def test_two_gpus_hold_half_each(llama: dict[str, Any]) -> None:
    one, two = run(llama), run(llama, tensor_parallel=2)
    assert two.weights_gib == pytest.approx(one.weights_gib / 2, rel=0.01)
    assert two.kv_needed_gib == pytest.approx(one.kv_needed_gib / 2)


def test_pipeline_stages_put_the_rest_before_the_last(llama: dict[str, Any]) -> None:
    config = from_dict(llama | {"num_hidden_layers": 33})
    assert stages(config, replace(SETTINGS, pipeline_parallel=2)) == [(0, 17), (17, 33)]
    assert stages(config, replace(SETTINGS, pipeline_parallel=1)) == [(0, 33)]
    assert stages(config, replace(SETTINGS, pipeline_parallel=4)) == [(0, 8), (8, 16), (16, 25), (25, 33)]


def test_unknown_architecture_is_said_and_not_guessed(llama: dict[str, Any]) -> None:
    memory = run(llama | {"model_type": "nova", "architectures": ["NovaForCausalLM"]})
    assert (memory.fits, memory.weights_gib, memory.longest_max_model_len) == ("unknown", 0, None)
    assert "NovaForCausalLM" in " ".join(memory.assumptions)


def test_graphs_are_counted_where_the_release_counts_them(llama: dict[str, Any]) -> None:
    phi = MEASURED["configs"]["phi-4"]
    before, after = run(phi, release="0.20.0"), run(phi, release="0.21.0")
    assert before.kv_cache_gib - after.kv_cache_gib == pytest.approx(after.cuda_graph_gib, abs=0.01)
    assert run(llama, release="0.28.0").kv_cache_gib > run(llama, release="0.29.0").kv_cache_gib
    amd = run(phi, "MI300X", release="0.24.0")
    parts = amd.weights_gib + amd.activation_gib + amd.overhead_gib + amd.kv_cache_gib
    assert parts == pytest.approx(amd.budget_gib)


def test_offload_and_other_processes(llama: dict[str, Any]) -> None:
    plain = run(llama, "L4")
    assert run(llama, "L4", cpu_offload_gib=4).kv_cache_gib == pytest.approx(plain.kv_cache_gib + 4)
    assert run(llama, "L4", memory_in_use_gib=10).fits == "no"
    assert run(llama, kv_cache_memory_bytes=2**30).kv_cache_gib == 1


@pytest.mark.parametrize(
    ("scaling", "release", "length"),
    [
        ({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}, "0.24.0", 131072),
        ({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}, "0.30.0", 40960),
        ({"type": "linear", "factor": 2.0}, "0.24.0", 81920),
        ({"rope_type": "llama3", "factor": 8.0}, "0.24.0", 40960),
    ],
)
def test_longest_length_by_release(scaling: dict[str, Any], release: str, length: int) -> None:
    config = from_dict(MEASURED["configs"]["qwen3-8b"] | {"rope_scaling": scaling})
    assert longest_length(config, release) == length


def test_lora_slots_stand_beside_the_weights(llama: dict[str, Any]) -> None:
    """Each of 32 layers: 28,672 values that every rank holds, 53,248 that are split; twice vocabulary and width."""
    plain, one = run(llama), run(llama, max_loras=1)
    values = 2 * (128256 + 4096) + 32 * (28672 + 53248)
    assert (one.weights_gib - plain.weights_gib) * 2**30 == pytest.approx(16 * values * 2, abs=1024)
    four = run(llama, max_loras=4, max_lora_rank=64, tensor_parallel=2)
    whole = 2 * (128256 + 4096) + 32 * 28672
    more = (four.weights_gib - run(llama, tensor_parallel=2).weights_gib) * 2**30
    assert more == pytest.approx(4 * 64 * (whole + 32 * 53248 / 2) * 2, abs=1024)


def test_experts_are_shared_out_over_all_replicas() -> None:
    model = MEASURED["configs"]["deepseek-v2-lite"]
    one, four = run(model), run(model, data_parallel=4)
    experts = 26 * 3 * 2048 * 1408 * 64 * 2 / 2**30
    assert one.weights_gib - four.weights_gib == pytest.approx(experts * 3 / 4, abs=0.01)


@pytest.mark.parametrize(
    ("seqs", "release", "kind", "capability", "sizes"),
    [
        (1024, "0.24.0", "V1", 9.0, 51),
        (256, "0.24.0", "V1", 8.6, 51),
        (16, "0.24.0", "V1", 8.6, 7),
        (1024, "0.27.0", "V1", 10.0, 51),
        (1024, "0.28.0", "V1", 10.0, 83),
        (1024, "0.11.0", "V1", 9.0, 67),
        (16, "0.9.2", "V1", 9.0, 67),
        (16, "0.10.0", "V1", 9.0, 7),
        (256, "0.6.3", "V0", 8.6, 35),
        (20, "0.6.3", "V0", 8.6, 6),
    ],
)
def test_captured_sizes_by_release(seqs: int, release: str, kind: str, capability: float, sizes: int) -> None:
    assert capture_sizes(seqs, release, kind, capability) == sizes


def test_how_an_unknown_quantization_is_taken_is_said(llama: dict[str, Any]) -> None:
    memory = run(llama | {"quantization_config": {"quant_method": "aqlm"}})
    assert "aqlm packs weights is not known here: taken as 2 bits" in " ".join(memory.assumptions)


def test_weights_made_fp8_while_loading_stand_whole_before(llama: dict[str, Any]) -> None:
    before, after = (run(llama, "T4", quantization="fp8", release=release) for release in ("0.15.0", "0.16.0"))
    assert before.weights_gib == pytest.approx(after.weights_gib)
    assert before.loading_gib == pytest.approx(14.96, abs=0.01)
    assert after.loading_gib == after.weights_gib
    assert (before.fits, before.longest_max_model_len) == ("no", 0)
    assert after.longest_max_model_len
