"""How the memory of a launch is drawn, and its JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from string import Formatter

import jsonschema
import pytest

from vllm_doctor import report
from vllm_doctor.engine.fitting import Fit
from vllm_doctor.finding import Change, Fix
from vllm_doctor.report.fit import fit_data, fit_json, fit_text
from vllm_doctor.report.fit_words import FIT_WORDS
from vllm_doctor.report.layout import columns

FOLDER = Path(report.__file__).parent
FIX = Fix(
    changes=(Change("set", "--max-model-len", None, "8192"),),
    command="vllm serve org/m --max-model-len 8192",
    command_kind="given",
    effect="costs",
    why="requests longer than 8,192 tokens are refused",
    checks=("parses as vLLM 0.24.0", "needs 19.9 of 20.2 GiB"),
)
NO = Fit(
    weights_gib=15.0,
    activation_gib=0.41,
    cuda_graph_gib=0.97,
    overhead_gib=0.26,
    kv_cache_gib=4.56,
    budget_gib=20.23,
    kv_cache_tokens=37360,
    fits="no",
    margin_gib=-11.44,
    longest_max_model_len=37360,
    assumptions=("Weights counted from the config.",),
    max_model_len=131072,
    kv_needed_gib=16.0,
    concurrency=0.29,
    model="org/m",
    vllm_version="0.24.0",
    gpu="NVIDIA A10",
    gpu_total_gib=21.99,
    gpu_memory_utilization=0.92,
    fixes=(FIX,),
    options=("A larger GPU.",),
)

DRAWN = """\
org/m · vLLM 0.24.0 · NVIDIA A10, 21.99 GiB

✗ It does not fit: 11.44 GiB are missing on each GPU

  █ weights               15.00 GiB
  ▓ activations            0.41 GiB
  ▒ CUDA graphs            0.97 GiB  on top of the share
  ▚ outside PyTorch        0.26 GiB
  ░ KV cache               4.56 GiB
    the launch's share    20.23 GiB  0.92 of 21.99

  [████████████████████████████████████████████████████▓▒▒▒▒▚░░░░░░░░░░░░░░░   ]

  A request of 131,072 tokens (max_model_len) needs 16.00 GiB of KV cache.
  The cache holds 37,360 tokens: 0.29 such requests at once.
  The longest max_model_len that fits is 37,360.

  What makes it fit, the least first:

vllm serve org/m --max-model-len 8192
  requests longer than 8,192 tokens are refused
  checked:  parses as vLLM 0.24.0; needs 19.9 of 20.2 GiB

  What would help (none of it is a fix of this command):
  -  A larger GPU.

  note  Weights counted from the config.

  note  No launch on this kind of GPU with this release was ever measured
        (measured: NVIDIA H200 with vLLM 0.24.0): take the figures as an
        estimate.
"""


def test_the_whole_picture() -> None:
    assert fit_text(NO) == DRAWN


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp936", "cp1252"])
def test_no_line_but_commands_is_wider_than_asked_and_all_can_be_encoded(width: int, encoding: str) -> None:
    text = fit_text(NO, width=width, encoding=encoding, language="zh")
    text.encode(encoding)
    assert max(columns(line) for line in text.splitlines() if not line.startswith("vllm")) <= max(width, 58)


def test_ascii_stand_ins() -> None:
    text = fit_text(NO, encoding="ascii")
    assert "  # weights               15.00 GiB" in text
    assert "[####" in text


def test_a_bar_that_overflows_is_cut() -> None:
    over = replace(NO, weights_gib=44.0, kv_cache_gib=-24.7, longest_max_model_len=0, kv_cache_tokens=0, fixes=())
    text = fit_text(replace(over, needs="44 GiB"))
    bar = next(line for line in text.splitlines() if line.startswith("  [█"))
    assert columns(bar) == 80
    assert "missing before any cache" in text
    assert "No length fits." in text
    assert "  needs  44 GiB" in text


def test_verdicts() -> None:
    fine = replace(NO, fits="yes", margin_gib=96.3, fixes=(), options=(), measured=True)
    assert "✓ It fits, with 96.30 GiB to spare on each GPU" in fit_text(fine)
    assert "were measured" in fit_text(fine)
    assert "! It fits just so: 0.20 GiB" in fit_text(replace(NO, fits="tight", margin_gib=0.2))
    assert "There are too few GPUs" in fit_text(replace(NO, margin_gib=3.0, gpus=4, fixes=()))
    unknown = Fit(model="org/m", gpu="NVIDIA A10", gpu_total_gib=21.99, missing="the config is not here")
    text = fit_text(unknown)
    assert "the config is not here" in text
    assert "KV cache" not in text


def test_quiet() -> None:
    assert fit_text(NO, quiet=True) == "vllm serve org/m --max-model-len 8192\n"
    assert fit_text(replace(NO, fixes=()), quiet=True) == "no\n"
    assert fit_text(replace(NO, fits="tight"), quiet=True) == "tight\n"


def test_json_keeps_to_the_schema_and_its_order() -> None:
    schema = json.loads((FOLDER / "fit.schema.json").read_text("utf-8"))
    unknown = Fit(model="org/m", gpu="NVIDIA A10", gpu_total_gib=21.99, missing="the config is not here")
    for answer in (NO, unknown):
        data = json.loads(fit_json(answer))
        jsonschema.validate(data, schema)
        assert list(data)[: len(schema["required"])] == schema["required"]
        assert set(data) <= set(schema["properties"])
    assert fit_data(unknown)["error"]["what"] == "the config is not here"
    assert "error" not in fit_data(NO)


def test_secrets_are_masked() -> None:
    secret = replace(FIX, command="vllm serve org/m --api-key sk-abcdefghijklmnopqrstuvwx")
    answer = replace(NO, fixes=(secret,))
    assert "abcdefghij" not in fit_text(answer) + fit_json(answer)


@pytest.mark.parametrize("key", sorted(FIT_WORDS))
def test_each_word_has_the_same_values_in_every_language_and_is_used(key: str) -> None:
    english, chinese = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in FIT_WORDS[key])
    assert english == chinese
    source = (FOLDER / "fit.py").read_text("utf-8")
    assert f'"{key}"' in source
