"""What a release makes of arguments: each value was seen with its own parser (tools/flag_table agreement)."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.vllm import parsed, releases


def values(release: str, command: str, program: Any = "vllm serve") -> dict[str, Any]:
    return dict(parsed(shlex.split(command), release, program))


@pytest.mark.parametrize(
    ("release", "command", "expected"),
    [
        ("0.24.0", "m --max_model_len 32k", {"model_tag": "m", "max_model_len": 32000}),
        ("0.24.0", "m --max-model-len=32K", {"model_tag": "m", "max_model_len": 32768}),
        ("0.24.0", "m --max-model-len auto", {"model_tag": "m", "max_model_len": -1}),
        ("0.24.0", "m --max-model-l 4096 -tp=2", {"model_tag": "m", "max_model_len": 4096, "tensor_parallel_size": 2}),
        ("0.24.0", "m --no-enable-prefix-caching", {"model_tag": "m", "enable_prefix_caching": False}),
        ("0.24.0", "m --port 1 --port 2", {"model_tag": "m", "port": 2}),
        ("0.24.0", "m --served-model-name a b", {"model_tag": "m", "served_model_name": ["a", "b"]}),
        ("0.24.0", "m -O3", {"model_tag": "m", "optimization_level": "3"}),
        ("0.24.0", "--model m -q None", {"model_tag": "m", "quantization": None}),
        ("0.24.0", "m --cudagraph-capture-sizes 1 2", {"model_tag": "m", "cudagraph_capture_sizes": [1, 2]}),
        ("0.24.0", "m --device-ids '0, 1'", {"model_tag": "m", "device_ids": [0, 1]}),
        ("0.33.0", "m --reasoning-parser NONE", {"model_tag": "m", "reasoning_parser": ""}),
        ("0.33.0", "m --disable-prefix-caching", {"model_tag": "m", "enable_prefix_caching": False}),
        ("0.8.5", "m --enable-chunked-prefill", {"model_tag": "m", "enable_chunked_prefill": True}),
        ("0.8.3", "m --enable-chunked-prefill=False", {"model_tag": "m", "enable_chunked_prefill": False}),
        ("0.7.3", "m -O 3", {"model_tag": "m", "compilation_config": {"level": 3}}),
        ("0.10.2", "m -O3", {"model_tag": "m", "compilation_config": {"level": 3}}),
        ("0.6.3", "m --limit-mm-per-prompt Image=2", {"model_tag": "m", "limit_mm_per_prompt": {"image": 2}}),
        ("0.24.0", "m --lora-modules a=/b", {"model_tag": "m", "lora_modules": [{"name": "a", "path": "/b"}]}),
        ("0.24.0", "m --middleware a --middleware b", {"model_tag": "m", "middleware": ["a", "b"]}),
        ("0.24.0", "m --hf-token", {"model_tag": "m", "hf_token": True}),
    ],
)
def test_parsed(release: str, command: str, expected: dict[str, Any]) -> None:
    found = values(release, command)
    assert found == expected
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in expected.items()
    }


def test_dotted_keys_are_one_object() -> None:
    command = "m --speculative-config.method mtp --speculative_config.num_speculative_tokens=2 --hf-overrides.a.b 1k"
    assert values("0.24.0", command) == {
        "model_tag": "m",
        "speculative_config": {"method": "mtp", "num_speculative_tokens": 2},
        "hf_overrides": {"a": {"b": 1000}},
    }


def test_the_api_server_names_its_model_by_an_option() -> None:
    assert values("0.5.0", "--model m --tensor-parallel-size 2") == {"model": "m", "tensor_parallel_size": 2}
    assert values("0.24.0", "--model m", "api_server") == {"model": "m"}


def test_what_is_refused_is_left_out() -> None:
    assert values("0.8.3", "m --max-model-len 32k --port 80 --no-such 1") == {"model_tag": "m", "port": 80}
    assert values("0.24.0", "m --kv-cache-dtype fp9") == {"model_tag": "m"}


@pytest.mark.parametrize("command", ["--port 1 --port $PORT", "--port ${PORT:-80}", "--hf-overrides.a $X"])
def test_what_a_variable_decides_is_left_out(command: str) -> None:
    assert values("0.24.0", f"m {command.replace('$', chr(92) + '$')}") == {"model_tag": "m"}


def test_a_release_that_cannot_be_read_gives_nothing() -> None:
    assert values("latest", "m --port 1") == {}


@given(
    st.lists(st.text(max_size=12) | st.sampled_from(["--port", "-O", "-tp=2", "--hf-overrides.a", "-cc.a+", "--"])),
    st.sampled_from(releases()),
)
def test_any_words_get_values(words: list[str], release: str) -> None:
    parsed(words, release)


@given(st.integers(1, 10**9), st.sampled_from(releases()))
def test_a_plain_number_is_itself_everywhere(number: int, release: str) -> None:
    assert parsed(["m", "--max-model-len", str(number)], release)["max_model_len"] == number
