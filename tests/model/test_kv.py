import json
from pathlib import Path

import pytest

from vllm_doctor.model.config import from_dict
from vllm_doctor.model.kv import kv_bytes_per_token, request_bytes

CONFIGS = json.loads((Path(__file__).parent / "data" / "memory.json").read_text(encoding="utf-8"))["configs"]


@pytest.mark.parametrize(
    ("model", "dtype", "tp", "size"),
    [
        ("llama-3.1-8b", "auto", 1, 131072),
        ("llama-3.1-8b", "fp8", 1, 65536),
        ("llama-3.1-8b", "auto", 2, 65536),
        ("llama-3.1-8b", "auto", 16, 16384),
        ("qwen3-8b", "auto", 1, 147456),
        ("deepseek-v2-lite", "auto", 1, 31104),
        ("deepseek-v2-lite", "auto", 8, 31104),
        ("deepseek-v2-lite", "fp8_ds_mla", 1, 17712),
        ("phi-4", "auto", 1, 204800),
    ],
)
def test_bytes_per_token(model: str, dtype: str, tp: int, size: int) -> None:
    assert kv_bytes_per_token(from_dict(CONFIGS[model]), dtype, "auto", tp) == size


def test_a_window_bounds_what_a_request_holds() -> None:
    config = from_dict(CONFIGS["mistral-small-24b"] | {"sliding_window": 4096})
    held = request_bytes(config, 131072, batched_tokens=2048)
    assert held == (4096 + 2048 + 16) * 163840
    assert request_bytes(config, 131072, batched_tokens=2048, windowed=False) == 131072 * 163840


def test_encoders_have_no_cache() -> None:
    bert = {"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12}
    assert kv_bytes_per_token(from_dict(bert | {"num_attention_heads": 12, "vocab_size": 30522})) == 0
