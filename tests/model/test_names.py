import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.model.quantization import looks_quantized, parameters_in_name


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("Mistral-Small-24B-int4-AutoRound-awq-sym", "awq"),
        ("Qwen2.5-7B-Instruct-AWQ", "awq"),
        ("Qwen2.5-7B-Instruct-GPTQ-Int8", "gptq"),
        ("meta/Llama-3.1-8B-FP8", "fp8"),
        ("Llama-3.1-8B-quantized.w8a8", "compressed-tensors"),
        ("gemma-3-27b-it-bnb-4bit", "bitsandbytes"),
        ("Qwen3-8B-GGUF", "gguf"),
        ("model-Q4_K_M.gguf", "gguf"),
        ("DeepSeek-R1-NVFP4", "modelopt_fp4"),
        ("org/x-int4-AutoRound", "auto-round"),
        ("x-mxfp4", "mxfp4"),
        ("Llama-3-8B-4bit", "unknown"),
        ("Llama-3-8B-MLX", "mlx"),
        ("Llama-3.1-8B-Instruct", None),
        ("drawq-7b", None),
        ("", None),
    ],
)
def test_quantization_by_the_name(name: str, method: str | None) -> None:
    assert looks_quantized(name) == method


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Mistral-Small-24B", 24e9),
        ("mistralai/Mixtral-8x7B-Instruct", 56e9),
        ("Qwen2.5-0.5B", 0.5e9),
        ("Qwen3-30B-A3B", 30e9),
        ("Qwen3-235B-A22B-Instruct", 235e9),
        ("SmolLM2-135M", 135e6),
        ("Kimi-K2-1T", 1e12),
        ("Llama-3.1-8B-Instruct", 8e9),
        ("gpt-oss-20b", 20e9),
        ("Qwen2-A22B", None),
        ("Llama-3.1", None),
        ("4bit", None),
    ],
)
def test_parameters_by_the_name(name: str, count: float | None) -> None:
    assert parameters_in_name(name) == (pytest.approx(count) if count else None)


@given(st.text())
def test_any_text_has_an_answer(name: str) -> None:
    assert looks_quantized(name) is None or isinstance(looks_quantized(name), str)
    size = parameters_in_name(name)
    assert size is None or 1e6 <= size <= 1e14
