from __future__ import annotations

from typing import Any

import pytest

from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.launch.parser import parse_command_line


def arguments(command: str, *releases: str) -> dict[str, Any]:
    launch = parse_command_line(command)
    assert launch is not None
    found = {fact.name: fact.value for fact in of_launch(launch, releases)}
    return {name[5:]: value for name, value in found.items() if name.startswith("args.") and name != "args.model"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--max-model-len 32k", {"max_model_len": 32000}),
        ("--max_model_l 4096", {"max_model_len": 4096}),
        ("-tp=2", {"tensor_parallel_size": 2}),
        ("--no-enable-prefix-caching", {"enable_prefix_caching": False}),
        ("--gpu-memory-utilization 0.90", {"gpu_memory_utilization": 0.9}),
        ("--cpu-offload-gb 4", {"cpu_offload_gb": 4}),
        ("--cudagraph-capture-sizes 8", {"cudagraph_capture_sizes": 8}),
        ("--cudagraph-capture-sizes 1 2", {"cudagraph_capture_sizes": "1 2"}),
        ("--speculative-config.method mtp", {"speculative_config": '{"method": "mtp"}'}),
        ("--quantization None", {}),
        ("--port 1 --port $PORT", {}),
        ("--max-model-len 1 --max-model-len 2", {"max_model_len": 2}),
    ],
)
def test_values_are_those_of_the_release(words: str, expected: dict[str, Any]) -> None:
    found = arguments(f"vllm serve m {words}", "0.24.0")
    assert {name: found.get(name) for name in expected} == expected
    assert not expected or set(expected) <= set(found)
    if not expected:
        assert not found


def test_what_the_release_refuses_or_lacks_is_told_as_written() -> None:
    assert arguments("vllm serve m --max-model-len 32k", "0.8.3") == {"max_model_len": "32k"}
    assert arguments("vllm serve m --swap-space 4", "0.24.0") == {"swap_space": 4}


def test_an_older_release_reads_its_own_way() -> None:
    command = "vllm serve m --enable-chunked-prefill=False"
    assert arguments(command, "0.8.3") == {"enable_chunked_prefill": False}
