"""A model's config.json that is made to hurt: an answer without it, or one sentence."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor import pipeline
from vllm_doctor.engine.fitting import Fit
from vllm_doctor.errors import DoctorError
from vllm_doctor.report.fit import fit_json, fit_text

GOOD: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "torch_dtype": "bfloat16",
    "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 8192},
    "quantization_config": {"quant_method": "fp8", "ignored_layers": ["lm_head"]},
    "sliding_window": None,
    "tie_word_embeddings": False,
    "text_config": None,
    "layer_types": ["full_attention"],
    "auto_map": {"AutoModel": "x.Y"},
}
TEXTS = {
    "deep lists": '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep maps": '{"text_config": ' * 5000 + "{}" + "}" * 5000,
    "not a number": '{"hidden_size": NaN}',
    "infinity": '{"hidden_size": Infinity, "num_hidden_layers": -Infinity}',
    "5000 digits": '{"hidden_size": ' + "9" * 5000 + "}",
    "a huge exponent": '{"hidden_size": 1e999, "rope_theta": 1e-999}',
    "equal keys": '{"hidden_size": 1, "hidden_size": {}, "architectures": [], "architectures": "x"}',
    "no object": "[1, 2]",
    "no JSON": "\x00\x01",
    "empty": "",
    "surrogates": '{"architectures": ["\\ud800"], "model_type": "\\u001b[2J"}',
    "a mark": "\ufeff{}",
}
VALUES = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        10**400,
        -(10**30),
        1e308,
        -0.5,
        "",
        "x",
        "\x1b[2J",
        "9" * 400,
        [],
        {},
        [[]],
        [None],
    ),
    *(
        {"a": {"b": {}}},
        [{}] * 100,
        ["x"] * 5000,
        {"": 0},
        {"rope_type": [], "factor": {}},
        {"quant_method": 7},
        [10**400],
    ),
    *({"hidden_size": {}}, {"quant_method": "fp8", "bits": "x", "group_size": 10**400, "config_groups": [1]}),
]
OPTIONS = ("", "--quantization fp8", "-tp 3 --max-model-len 1000000", "--kv-cache-dtype fp8 --enable-lora")


def _fit(options: str, said: pipeline.Options) -> Fit | DoctorError:
    try:
        return pipeline.fit(f"vllm serve m {options}", said)
    except DoctorError as error:
        return error


def _asked(folder: Path, asked: tuple[str, ...] = OPTIONS) -> None:
    for options in asked:
        said = pipeline.Options(gpu="A10", model_dir=folder, vllm_version="0.24.0")
        answer = _fit(options, said)
        if isinstance(answer, DoctorError):
            assert "\n" not in answer.what
            assert len(str(answer)) < 1000
        else:
            assert "\x1b" not in fit_text(answer)
            json.loads(fit_json(answer))
        with contextlib.suppress(DoctorError):
            pipeline.check(f"vllm serve m {options}", said)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_no_config(text: str, tmp_path: Path) -> None:
    """`fit` and `check` with the folder that holds it."""
    (tmp_path / "config.json").write_text(text, "utf-8")
    _asked(tmp_path)


@pytest.mark.parametrize("key", GOOD)
def test_a_key_of_every_wrong_type(key: str, tmp_path: Path) -> None:
    """Each value in place of what stands there in a good config."""
    for value in VALUES:
        (tmp_path / "config.json").write_text(json.dumps(GOOD | {key: value}), "utf-8")
        _asked(tmp_path, OPTIONS[1:2])


@pytest.mark.parametrize(
    "name", ["quantize_config.json", "hf_quant_config.json", "tokenizer_config.json", "params.json"]
)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_file_beside_it(text: str, name: str, tmp_path: Path) -> None:
    """The config is good, and what stands beside it is not."""
    if name != "params.json":
        (tmp_path / "config.json").write_text(json.dumps(GOOD | {"quantization_config": None}), "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    _asked(tmp_path)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\xff" * 8,
        (10**12).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{}",
        (60).to_bytes(8, "little") + b'{"a": {"dtype": "F16", "shape": [-1, 99999999999999999999]}}',
        (50).to_bytes(8, "little") + b'{"a": {"dtype": [], "shape": {}}, "b": 1, "c": []}',
        (9000).to_bytes(8, "little") + b"[" * 9000,
    ],
)
def test_a_safetensors_header(header: bytes, tmp_path: Path) -> None:
    """Sizes that are none, shapes that are none."""
    (tmp_path / "config.json").write_text(json.dumps(GOOD), "utf-8")
    (tmp_path / "model.safetensors").write_bytes(header)
    _asked(tmp_path)
