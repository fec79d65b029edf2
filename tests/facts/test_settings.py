"""The settings that decide memory, from the words of a launch."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor.facts import Facts
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.settings import draft_name, settings_of
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.model.config import from_dict
from vllm_doctor.model.gpus import get_gpu
from vllm_doctor.model.shape import Files, Tensors

CONFIGS = json.loads((Path(__file__).parents[1] / "model" / "data" / "memory.json").read_text("utf-8"))["configs"]


def facts_of(command: str) -> Facts:
    launch = parse_command_line(command)
    assert launch
    return Facts({fact.name: fact for fact in of_launch(launch)})


def settings(command: str, release: str = "0.24.0", gpu: str = "A10", model: str = "llama-3.1-8b", **more: Any) -> Any:
    return settings_of(facts_of(command), from_dict({**CONFIGS[model], **more}), get_gpu(gpu), release)


@pytest.mark.parametrize(
    ("release", "gpu", "expected"),
    [
        # engine, share, requests, tokens
        ("0.4.1", "A10", ("V0", 0.9, 256, 131072)),
        ("0.6.3", "A10", ("V0", 0.9, 256, 512)),
        ("0.8.3", "A10", ("V1", 0.9, 1024, 2048)),
        ("0.8.3", "T4", ("V0", 0.9, 256, 2048)),
        ("0.9.2", "A10", ("V1", 0.9, 256, 2048)),
        ("0.9.2", "H200", ("V1", 0.9, 1024, 8192)),
        ("0.11.0", "A100-80GB", ("V1", 0.9, 256, 2048)),
        ("0.18.0", "A10", ("V1", 0.9, 256, 2048)),
        ("0.24.0", "H200", ("V1", 0.92, 1024, 8192)),
        ("0.33.0", "B200", ("V1", 0.92, 1024, 16384)),
    ],
)
def test_defaults_by_release(release: str, gpu: str, expected: tuple[str, float, int, int]) -> None:
    found = settings("vllm serve m", release, gpu)
    assert (
        found.engine,
        found.gpu_memory_utilization,
        found.max_num_seqs,
        found.max_num_batched_tokens,
    ) == expected
    assert (found.max_model_len, found.block_size, found.kv_cache_dtype, found.enforce_eager) == (
        131072,
        16,
        "auto",
        False,
    )


def test_what_is_asked_for() -> None:
    found = settings(
        "vllm serve m -tp 2 -pp 2 -dp 4 --max-model-len 32k --max_num_seqs=8 --gpu-memory-utilization 0.5"
        " --enforce-eager --kv-cache-dtype fp8 --cpu-offload-gb 4 --enable-lora --max-loras 3 --max-lora-rank 64"
        " --dtype half --quantization bitsandbytes --block-size 32 --kv-cache-memory-bytes 2G"
    )
    assert (found.tensor_parallel, found.pipeline_parallel, found.data_parallel) == (2, 2, 4)
    assert (found.max_model_len, found.max_num_seqs, found.gpu_memory_utilization) == (32000, 8, 0.5)
    assert (found.enforce_eager, found.kv_cache_dtype, found.cpu_offload_gib) == (True, "fp8", 4.0)
    assert (found.max_loras, found.max_lora_rank, found.dtype, found.quantization) == (3, 64, "half", "bitsandbytes")
    assert (found.block_size, found.kv_cache_memory_bytes) == (32, 2 * 2**30)


def test_the_engine_as_asked_for() -> None:
    assert settings("VLLM_USE_V1=0 vllm serve m", "0.9.2").engine == "V0"
    assert settings("VLLM_USE_V1=0 vllm serve m", "0.11.0").engine == "V1"
    assert settings("vllm serve m --kv-cache-dtype fp8", "0.9.2").engine == "V0"


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        ("", None),
        ("""-O '{"cudagraph_mode": "NONE"}'""", 0),
        ("""--compilation-config '{"cudagraph_mode": "NONE"}'""", 0),
        ("""--compilation-config '{"cudagraph_capture_sizes": [1, 2, 4]}'""", 3),
        ("--cudagraph-capture-sizes 1 2 4 8", 4),
        ("--max-cudagraph-capture-size 16", 5),
        ("--compilation-config not-json", None),
    ],
)
def test_captured_sizes(words: str, sizes: int | None) -> None:
    assert settings(f"vllm serve m {words}").graph_sizes == sizes


def test_blocks_become_memory() -> None:
    assert settings("vllm serve m --num-gpu-blocks-override 1000").kv_cache_memory_bytes == 1000 * 16 * 131072


def test_cache_of_a_checkpoint_that_brings_a_scheme() -> None:
    scheme = {"quant_method": "compressed-tensors", "kv_cache_scheme": {"num_bits": 8, "type": "float"}}
    assert settings("vllm serve m", "0.13.0", quantization_config=scheme).kv_cache_dtype == "auto"
    assert settings("vllm serve m", "0.14.0", quantization_config=scheme).kv_cache_dtype == "fp8"


def test_images_switched_off() -> None:
    assert settings("vllm serve m").encoder
    assert not settings("vllm serve m --language-model-only").encoder
    assert not settings("""vllm serve m --limit-mm-per-prompt '{"image": 0, "video": 0}'""").encoder
    assert settings("""vllm serve m --limit-mm-per-prompt '{"image": 0, "video": 1}'""").encoder


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("""--speculative-config '{"model": "org/draft", "num_speculative_tokens": 3}'""", "org/draft"),
        ("""--speculative-config '{"method": "ngram", "model": "ngram"}'""", None),
        ("""--speculative-config '{"method": "mtp"}'""", None),
        ("--speculative-model org/draft", "org/draft"),
        ("", None),
    ],
)
def test_the_model_that_drafts(words: str, name: str | None) -> None:
    assert draft_name(facts_of(f"vllm serve m {words}")) == name


def test_a_draft_takes_weights_and_cache() -> None:
    config = from_dict(CONFIGS["llama-3.1-8b"])
    found = settings_of(facts_of("vllm serve m"), config, get_gpu("H200"), "0.24.0", config)
    assert found.draft_bytes > 14 * 2**30
    assert found.draft_kv_bytes == 131072


def test_the_models_own_draft_layers() -> None:
    model = {**CONFIGS["deepseek-v2-lite"], "num_nextn_predict_layers": 1}
    tensors = Tensors({"BF16": 10 * 2**30}, skipped=3 * 2**30)
    config = replace(from_dict(model), files=Files(tensors=tensors, safetensors=True))
    words = """vllm serve m -tp 2 --speculative-config '{"method": "deepseek_mtp", "num_speculative_tokens": 1}'"""
    found = settings_of(facts_of(words), config, get_gpu("H200"), "0.24.0")
    assert (found.draft_bytes, found.draft_kv_bytes) == (3 * 2**29, (512 + 64) * 2)
    plain = settings_of(facts_of("vllm serve m -tp 2"), config, get_gpu("H200"), "0.24.0")
    assert (plain.draft_bytes, plain.draft_kv_bytes) == (0, 0)
