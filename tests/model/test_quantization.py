from typing import Any

import pytest

from vllm_doctor.model.config import from_dict
from vllm_doctor.model.methods import methods, supported_since
from vllm_doctor.model.quantization import Quantization, read_quantization
from vllm_doctor.model.weights import weight_bytes

CASES: list[tuple[dict[str, Any], str, float]] = [
    ({"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True}, "awq", (4 + 20 / 128) / 8),
    ({"quant_method": "gptq", "bits": 4, "group_size": 128, "sym": True}, "gptq", (4 + 16 / 128) / 8),
    ({"quant_method": "gptq", "bits": 8, "group_size": -1}, "gptq", 1.0),
    (
        {"quant_method": "auto-round", "bits": 4, "group_size": 128, "sym": True},
        "auto-round",
        (4 + 16 / 128) / 8,
    ),
    ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8", (8 + 32 / 16384) / 8),
    ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "bitsandbytes", 0.5625),
    ({"quant_method": "mxfp4"}, "mxfp4", (4 + 8 / 32) / 8),
    ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "modelopt_fp4", (4 + 8 / 16) / 8),
    ({"quant_method": "modelopt", "quant_algo": "FP8"}, "modelopt", 1.0),
    ({"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "FP8"}}, "modelopt", 1.0),
    (
        {
            "quant_method": "compressed_tensors",
            "config_groups": {"group_0": {"weights": {"num_bits": 4, "group_size": 128, "type": "int"}}},
        },
        "compressed-tensors",
        (4 + 16 / 128) / 8,
    ),
    (
        {"quant_method": "torchao", "quant_type": {"default": {"_type": "Int4WeightOnlyConfig"}}},
        "torchao",
        4.125 / 8,
    ),
]


@pytest.mark.parametrize(("section", "method", "size"), CASES, ids=lambda one: str(one)[:40])
def test_bytes_of_a_weight(section: dict[str, Any], method: str, size: float) -> None:
    found = read_quantization({"quantization_config": section})
    assert found is not None
    assert (found.method, found.bytes_per_weight) == (method, pytest.approx(size))


def test_where_it_is_looked_for() -> None:
    section = {"quant_method": "awq", "modules_to_not_convert": ["visual"]}
    nested = read_quantization({"text_config": {"quantization_config": section}})
    assert nested == read_quantization({"quantization_config": section})
    assert nested is not None
    assert nested.skipped == ("visual",)
    assert read_quantization({}) is None


def test_an_unknown_method_is_not_guessed() -> None:
    found = read_quantization({"quantization_config": {"quant_method": "nova4"}})
    assert found == Quantization("nova4", 16, known=False)


def test_methods_come_and_go() -> None:
    assert "squeezellm" in methods("0.6.0")
    assert "squeezellm" not in methods("0.6.1")
    assert supported_since("gguf") == ("0.5.5", "0.23.0")
    assert supported_since("awq") == ("0.4.1", None)
    assert supported_since("exl2") is None


def test_quantized_weights_are_smaller_and_embeddings_stay(measured: dict[str, Any]) -> None:
    config = from_dict(measured["configs"]["mistral-small-24b-awq"])
    plain, packed = weight_bytes(config, quantized=False), weight_bytes(config)
    assert plain / 2**30 == pytest.approx(43.91, abs=0.01)
    assert packed / 2**30 == pytest.approx(13.26, abs=0.01)
