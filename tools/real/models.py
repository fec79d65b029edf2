"""The folders of models.yaml, written: configs, and weights of zeros in the safetensors format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
BASE: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "vocab_size": 32000,
    "max_position_embeddings": 2048,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "torch_dtype": "bfloat16",
    "tie_word_embeddings": False,
    "hidden_act": "silu",
    "bos_token_id": 1,
    "eos_token_id": 2,
}
_BYTES = 2
"""Bytes of one BF16 weight."""


def write_models(folder: Path) -> None:
    """Write every model of models.yaml below `folder`."""
    models = yaml.safe_load((HERE / "models.yaml").read_text("utf-8"))
    for name, model in models.items():
        write_model(folder / name, model)


def write_model(folder: Path, model: dict[str, Any]) -> None:
    """Write one model: see models.yaml for the keys."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {key: value for key, value in BASE.items() if key not in model.get("drop", ())}
    if model.get("config", True):
        (folder / "config.json").write_text(json.dumps(config | model.get("change", {}), indent=1))
    if "weights" in model:
        data = safetensors(shapes(BASE | model["weights"]))
        (folder / "model.safetensors").write_bytes(data[: int(len(data) * model.get("cut", 1))])
    for name, text in model.get("files", {}).items():
        (folder / name).write_text(text, "utf-8")


def shapes(config: dict[str, Any]) -> dict[str, list[int]]:
    """The names and shapes of the weights of a Llama of this config (transformers, modeling_llama.py)."""
    hidden, inner, words = config["hidden_size"], config["intermediate_size"], config["vocab_size"]
    keys = hidden // config["num_attention_heads"] * config["num_key_value_heads"]
    made = {"model.embed_tokens": [words, hidden], "lm_head": [words, hidden], "model.norm": [hidden]}
    for number in range(config["num_hidden_layers"]):
        layer = {
            "self_attn.q_proj": [hidden, hidden],
            "self_attn.k_proj": [keys, hidden],
            "self_attn.v_proj": [keys, hidden],
            "self_attn.o_proj": [hidden, hidden],
            "mlp.gate_proj": [inner, hidden],
            "mlp.up_proj": [inner, hidden],
            "mlp.down_proj": [hidden, inner],
            "input_layernorm": [hidden],
            "post_attention_layernorm": [hidden],
        }
        made |= {f"model.layers.{number}.{name}": shape for name, shape in layer.items()}
    return {f"{name}.weight": shape for name, shape in made.items()}


def safetensors(tensors: dict[str, list[int]]) -> bytes:
    """BF16 tensors of zeros as a safetensors file: the header's length, the header, the data."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, shape in tensors.items():
        size = _BYTES
        for length in shape:
            size *= length
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + bytes(at)
