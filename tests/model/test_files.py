import json
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor.model.config import read_config
from vllm_doctor.model.safetensors import Tensor, add_up
from vllm_doctor.model.weights import weight_bytes


def shard(path: Path, tensors: dict[str, tuple[str, int]]) -> None:
    header, at = {}, 0
    for name, (kind, size) in tensors.items():
        header[name] = {"dtype": kind, "shape": [size], "data_offsets": [at, at + size]}
        at += size
    raw = json.dumps(header).encode()
    path.write_bytes(len(raw).to_bytes(8, "little") + raw)


@pytest.fixture
def model(tmp_path: Path, llama: dict[str, Any]) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(llama | {"tie_word_embeddings": True}), encoding="utf-8")
    return tmp_path


def test_headers_are_added_up_without_weights(model: Path) -> None:
    shard(
        model / "model.safetensors",
        {
            "model.embed_tokens.weight": ("BF16", 1000),
            "model.layers.0.x.weight": ("F32", 400),
            "model.layers.1.q.qweight": ("I32", 64),
            "model.layers.32.mtp.weight": ("BF16", 50),
            "lm_head.weight": ("BF16", 1000),
        },
    )
    config = read_config(model)
    assert config.files.tensors is not None
    assert dict(config.files.tensors.bytes_by_type) == {"BF16": 1000, "F32": 400, "I32": 64}
    assert config.files.tensors.skipped == 1050
    assert weight_bytes(config) == 1000 + 200 + 64


def test_a_missing_shard_is_named_and_nothing_is_added_up(model: Path) -> None:
    index = {"weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors", "c": "../../etc/passwd"}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    shard(model / "m-1.safetensors", {"a": ("BF16", 8)})
    files = read_config(model).files
    assert files.missing_shards == ("m-2.safetensors",)
    assert files.tensors is None


@pytest.mark.parametrize(
    "raw", [b"", b"version https://git-lfs", b"\xff" * 16, (9).to_bytes(8, "little") + b'{"a": 1}}']
)
def test_a_broken_header_is_no_answer(model: Path, raw: bytes) -> None:
    (model / "model.safetensors").write_bytes(raw)
    files = read_config(model).files
    assert files.safetensors
    assert files.tensors is None


def test_names_in_the_folder(model: Path) -> None:
    for name in ("consolidated.safetensors", "params.json", "tokenizer.model.v3", "pytorch_model.bin"):
        (model / name).write_bytes(b"{}")
    (model / "tokenizer_config.json").write_text('{"chat_template": "x"}', encoding="utf-8")
    files = read_config(model).files
    assert (files.mistral_params, files.mistral_weights, files.other_weights, files.chat_template) == (
        True,
    ) * 4
    assert files.tokenizer == ("tokenizer.model", "tokenizer_config.json")


def test_an_output_layer_counts_when_it_is_its_own() -> None:
    tensors = [Tensor("lm_head.weight", "BF16", 10), Tensor("x", "BF16", 5)]
    assert add_up(tensors, 1, tied=False).total == 15
    assert add_up(tensors, 1, tied=True).total == 5
