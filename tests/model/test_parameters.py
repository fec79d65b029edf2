from typing import Any

import pytest

from vllm_doctor.model.config import from_dict
from vllm_doctor.model.parameters import active, total

QWEN3_NEXT: dict[str, Any] = {
    "architectures": ["Qwen3NextForCausalLM"],
    "model_type": "qwen3_next",
    "hidden_size": 2048,
    "intermediate_size": 5632,
    "num_hidden_layers": 48,
    "full_attention_interval": 4,
    "num_attention_heads": 16,
    "num_key_value_heads": 2,
    "head_dim": 256,
    "linear_num_value_heads": 32,
    "linear_num_key_heads": 16,
    "linear_key_head_dim": 128,
    "linear_value_head_dim": 128,
    "num_experts": 512,
    "num_experts_per_tok": 10,
    "moe_intermediate_size": 512,
    "shared_expert_intermediate_size": 512,
    "vocab_size": 151936,
}
MIXTRAL: dict[str, Any] = {
    "architectures": ["MixtralForCausalLM"],
    "model_type": "mixtral",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "num_local_experts": 8,
    "num_experts_per_tok": 2,
    "vocab_size": 32000,
}


@pytest.mark.parametrize(
    ("model", "count"),
    [
        ("llama-3.1-8b", 8.0303e9),
        ("qwen3-8b", 8.1907e9),
        ("deepseek-v2-lite", 15.7065e9),
        ("phi-4", 14.6595e9),
        ("mistral-small-24b", 23.5724e9),
    ],
)
def test_published_sizes(measured: dict[str, Any], model: str, count: float) -> None:
    assert total(from_dict(measured["configs"][model])) == pytest.approx(count, rel=1e-4)


def test_hybrids_and_experts_as_transformers_counts_them() -> None:
    """79.6744e9 and 46.7028e9: the modules of Transformers 5.19 with these configs, on the meta device."""
    assert total(from_dict(QWEN3_NEXT)) == pytest.approx(79.6744e9, rel=1e-4)
    assert total(from_dict(MIXTRAL)) == pytest.approx(46.7028e9, rel=1e-4)
    assert active(from_dict(MIXTRAL)) == pytest.approx(12.88e9, rel=1e-3)


def test_a_tied_output_layer_is_counted_once(llama: dict[str, Any]) -> None:
    own, tied = from_dict(llama), from_dict(llama | {"tie_word_embeddings": True})
    assert total(own) - total(tied) == 128256 * 4096


def test_what_is_not_known_counts_nothing(llama: dict[str, Any]) -> None:
    config = from_dict(llama | {"model_type": "nova"})
    assert (total(config), active(config)) == (0, 0)
