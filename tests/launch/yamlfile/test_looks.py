from __future__ import annotations

import pytest

from vllm_doctor.launch.yamlfile.looks import meant_for_vllm


@pytest.mark.parametrize(
    ("image", "name", "args"),
    [
        ("vllm/vllm-openai:v0.9.0", "x", ["--model", "m"]),
        ("vllm/vllm-openai:v0.9.0", "x", []),
        ("${IMAGE:-vllm/vllm-openai:v0.9.0}", "x", ["org/m"]),
        ("proxy.example.com/ml/vllm:1", "x", ["--model", "m"]),
        ("org/llm", "vllm", ["--model", "m", "--max-model-len", "1"]),
        ("org/llm", "x", ["--max-model-len=1", "--gpu-memory-utilization=0.9"]),
    ],
)
def test_vllm(image: str, name: str, args: list[str]) -> None:
    assert meant_for_vllm(image, name, args)


@pytest.mark.parametrize(
    ("image", "name", "args"),
    [
        ("ghcr.io/llm-d/llm-d-routing-sidecar:v0.3", "vllm", ["--vllm-port=8200"]),
        ("lmcache/lmstack-router", "vllm-router", ["--host", "0.0.0.0"]),
        ("org/vllm-exporter", "x", ["--port", "1"]),
        ("lmsysorg/sglang", "x", ["--model-path", "m", "--max-model-len", "1"]),
        ("ghcr.io/huggingface/text-generation-inference", "vllm", ["--model-id", "m"]),
        ("ghcr.io/ggml-org/llama.cpp:server", "x", ["--ctx-size", "1"]),
        ("ollama/ollama", "vllm", ["serve"]),
        ("org/llm", "x", ["--model", "m", "--port", "1"]),
        ("vllm/vllm-openai", "x", ["bash", "-c", "sleep 1"]),
        ("vllm/vllm-openai", "x", ["vllm", "bench", "serve"]),
        ("org/vllm-custom", "x", []),
    ],
)
def test_look_alikes(image: str, name: str, args: list[str]) -> None:
    assert not meant_for_vllm(image, name, args)
