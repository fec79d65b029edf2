"""Registry names, against facts read in the sources."""

from __future__ import annotations

import pytest

from vllm_doctor import vllm


@pytest.mark.parametrize(
    ("kind", "name", "release", "there"),
    [
        ("architectures", "LlamaForCausalLM", "0.4.1", True),
        ("architectures", "Qwen3ForCausalLM", "0.8.3", False),
        ("architectures", "Qwen3ForCausalLM", "0.8.5", True),
        ("quantizations", "squeezellm", "0.4.1", True),
        ("quantizations", "squeezellm", "0.24.0", False),
        ("quantizations", "gptq_marlin", "0.24.0", True),
        ("tool-parsers", "hermes", "0.8.3", True),
        ("tool-parsers", "deepseek_v3", "0.33.0", True),
        ("reasoning-parsers", "deepseek_r1", "0.8.3", True),
        ("attention-backends", "FLASH_ATTN", "0.33.0", True),
        ("attention-backends", "XFORMERS", "0.4.1", True),
    ],
)
def test_names(kind: object, name: str, release: str, there: bool) -> None:
    assert (name in vllm.names(kind, release)) == there  # type: ignore[arg-type]


def test_history_and_group() -> None:
    history = vllm.name_history("architectures", "LlamaForCausalLM")
    assert history is not None
    assert not history.gone
    assert vllm.architecture_group("LlamaForCausalLM", "0.24.0") == "text_generation"
    assert vllm.architecture_group("LlamaForCausalLM", "0.4.1") == "models"
    assert vllm.architecture_group("NoSuch", "0.24.0") is None
    assert vllm.name_history("quantizations", "none such") is None


def test_kv_cache_dtypes() -> None:
    assert "fp8" in vllm.kv_cache_dtypes("0.8.3")
    assert vllm.kv_cache_dtypes("what") == ()


@pytest.mark.parametrize("release", vllm.releases()[::6])
def test_every_release_knows_some_of_each(release: str) -> None:
    assert len(vllm.names("architectures", release)) > 30
    assert vllm.names("quantizations", release)
    assert vllm.names("attention-backends", release)
