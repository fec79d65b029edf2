import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.errors import InputError
from vllm_doctor.model.config import from_dict, read_config


def folder(path: Path, config: Any) -> Path:
    (path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return path


def test_a_dense_model(llama: dict[str, Any], tmp_path: Path) -> None:
    config = read_config(folder(tmp_path, llama))
    assert (config.architecture, len(config.layers), config.kv_heads, config.head_dim) == (
        "LlamaForCausalLM",
        32,
        8,
        128,
    )
    assert (config.max_length, config.max_length_key) == (131072, "max_position_embeddings")
    assert config.known
    assert config.files.tensors is None


def test_rope_parameters_of_either_shape(llama: dict[str, Any]) -> None:
    flat = {key: value for key, value in llama.items() if key not in ("rope_scaling", "rope_parameters", "rope_theta")}
    scaled = flat | {"rope_scaling": {"type": "yarn", "factor": 4.0}, "rope_theta": 1e6}
    assert json.loads(from_dict(scaled).rope) == {"rope_type": "yarn", "factor": 4.0, "rope_theta": 1e6}
    modern = flat | {"rope_parameters": {"rope_type": "default", "rope_theta": 5e5}}
    assert json.loads(from_dict(modern).rope) == {"rope_type": "default", "rope_theta": 5e5}
    layered = flat | {"rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 5e5}}}
    assert from_dict(layered).rope == ""
    assert from_dict(flat).rope == ""


def test_latent_attention_and_experts(measured: dict[str, Any]) -> None:
    config = from_dict(measured["configs"]["deepseek-v2-lite"])
    assert config.mla is not None
    assert config.experts is not None
    assert (config.mla.kv_rank, config.experts.count, config.experts.active) == (512, 64, 6)
    assert [layer.feed for layer in config.layers[:2]] == ["dense", "moe"]
    assert {layer.mixer for layer in config.layers} == {"mla"}


@pytest.mark.parametrize(
    ("extra", "mixers"),
    [
        (
            {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 128},
            ["sliding", "full"],
        ),
        ({"sliding_window": 4096, "use_sliding_window": False}, ["full", "full"]),
        ({"sliding_window": 4096}, ["sliding", "sliding"]),
        ({"full_attention_interval": 2}, ["linear", "full"]),
        ({"attn_layer_indices": [1]}, ["mamba2", "full"]),
        ({"attn_layer_period": 2, "attn_layer_offset": 1}, ["mamba1", "full"]),
        ({"hybrid_override_pattern": "M*"}, ["mamba2", "full"]),
        ({"full_attn_idxs": [0]}, ["full", "conv"]),
    ],
)
def test_kinds_of_layers(llama: dict[str, Any], extra: dict[str, Any], mixers: list[str]) -> None:
    config = from_dict(llama | {"num_hidden_layers": 2} | extra)
    assert [layer.mixer for layer in config.layers] == mixers


def test_the_language_model_of_a_multimodal_config(llama: dict[str, Any]) -> None:
    vision = {"hidden_size": 1152, "num_hidden_layers": 27, "intermediate_size": 4304}
    config = from_dict(
        {"architectures": ["XForConditionalGeneration"], "text_config": llama, "vision_config": vision}
    )
    assert config.multimodal
    assert config.hidden == 4096
    assert config.tower is not None
    assert config.tower.layers == 27


def test_mistral_params_stand_in_for_config(tmp_path: Path) -> None:
    params = {
        "dim": 5120,
        "n_layers": 40,
        "n_heads": 32,
        "n_kv_heads": 8,
        "head_dim": 128,
        "hidden_dim": 32768,
    }
    (tmp_path / "params.json").write_text(json.dumps(params | {"vocab_size": 131072}), encoding="utf-8")
    config = read_config(tmp_path)
    assert (config.hidden, len(config.layers), config.architecture) == (5120, 40, "MistralForCausalLM")
    assert config.files.mistral_params


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", "no JSON object"),
        ('{"a": NaN}', "not valid JSON"),
        ('{"a": ' + "9" * 5000 + "}", "out of range"),
        ("{" + '"a":{' * 100_000, "nested too deep"),
        ('{"hidden_size": "big"}', "hidden_size is 'big', not a whole number"),
        ('{"num_hidden_layers": 99999999}', "more than any model"),
        ('{"num_hidden_layers": -1}', "out of range"),
        ('{"architectures": "Llama"}', "architectures is 'Llama', not a list"),
        ('{"quantization_config": 4}', "quantization_config is 4, not an object"),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "not valid JSON"),
        ("", "not valid JSON"),
    ],
)
def test_hostile_configs_give_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as error:
        read_config(tmp_path)
    assert "\n" not in error.value.what


def test_files_that_are_none(tmp_path: Path, llama: dict[str, Any]) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps(llama), encoding="utf-8")
    model = tmp_path / "model"
    model.mkdir()
    with pytest.raises(InputError, match=r"has no config\.json"):
        read_config(model)
    (model / "config.json").symlink_to(outside)
    with pytest.raises(InputError, match="not a regular file inside"):
        read_config(model)
    (model / "config.json").unlink()
    os.mkfifo(model / "config.json")
    with pytest.raises(InputError, match="not a regular file inside"):
        read_config(model)
    with pytest.raises(InputError, match="is not a folder"):
        read_config(tmp_path / "missing")


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b'{"a": "' + b"x" * (4 * 1024 * 1024) + b'"}')
    with pytest.raises(InputError, match="over 4 MiB"):
        read_config(tmp_path)


def test_links_of_the_hub_cache_are_followed(tmp_path: Path, llama: dict[str, Any]) -> None:
    repo = tmp_path / "models--a--b"
    snapshot = repo / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (repo / "blobs").mkdir()
    (repo / "blobs" / "1").write_text(json.dumps(llama), encoding="utf-8")
    (snapshot / "config.json").symlink_to("../../blobs/1")
    assert read_config(snapshot).hidden == 4096


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "hidden_size",
        "num_hidden_layers",
        "layer_types",
        "num_experts",
        "moe_layer_freq",
        "intermediate_size",
        "kv_lora_rank",
        "qk_rope_head_dim",
        "rope_scaling",
        "sliding_window",
        "sliding_window_pattern",
        "quantization_config",
        "text_config",
        "vision_config",
        "mamba_d_state",
        "mamba_n_heads",
        "hybrid_override_pattern",
        "layers_block_type",
        "linear_attn_config",
        "tie_word_embeddings",
    ]
)


@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_any_config_is_read_or_refused(llama: dict[str, Any], changes: dict[str, Any]) -> None:
    try:
        config = from_dict(llama | changes)
    except InputError:
        return
    assert len(config.layers) <= 4096
