"""The facts of a config.json."""

from __future__ import annotations

import pytest

from vllm_doctor.facts.model_config import longest, of_config
from vllm_doctor.model.config import from_dict

LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "vocab_size": 32000,
    "max_position_embeddings": 2048,
    "torch_dtype": "bfloat16",
}


def _facts(**more: object) -> dict[str, object]:
    return {fact.name: fact.value for fact in of_config(from_dict({**LLAMA, **more}))}


def test_a_plain_config() -> None:
    facts = _facts()
    assert facts["model.architecture"] == "LlamaForCausalLM"
    assert facts["model.type"] == "llama"
    assert facts["model.dtype"] == "bfloat16"
    assert facts["model.max_length"] == 2048
    assert facts["model.max_length_key"] == "max_position_embeddings"
    assert facts["model.has_auto_map"] is False
    assert facts["model.rope_type"] == "default"
    assert facts["model.intermediate"] == 512
    assert "model.quant_group" not in facts


def test_code_of_the_repo_and_groups_of_weights() -> None:
    awq = {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True}
    facts = _facts(auto_map={"AutoConfig": "configuration_x.X"}, quantization_config=awq)
    assert facts["model.has_auto_map"] is True
    assert facts["model.quant_group"] == 128
    fp8 = {"quant_method": "fp8", "weight_block_size": [64, 128]}
    assert _facts(quantization_config=fp8)["model.quant_group"] == 64


@pytest.mark.parametrize(
    ("scaling", "length"),
    [
        ({"rope_type": "linear", "factor": 4.0}, 8192),
        ({"rope_type": "dynamic", "factor": 2.0}, 4096),
        # stretched already
        ({"rope_type": "llama3", "factor": 8.0}, 2048),
        ({"rope_type": "longrope", "factor": 8.0}, 2048),
        # from the original length, in the releases that multiply
        ({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 2048}, 8192),
        ({"rope_type": "yarn", "factor": 2.0, "original_max_position_embeddings": 512}, 2048),
    ],
)
def test_the_longest_length_follows_the_rope_scaling(scaling: dict[str, object], length: int) -> None:
    assert longest(from_dict({**LLAMA, "rope_scaling": scaling})) == length
