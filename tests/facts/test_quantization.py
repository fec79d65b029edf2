"""What was quantized, what was read of it, and what it would take unquantized."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.facts import Fact, Facts

if TYPE_CHECKING:
    from vllm_doctor.finding import Figure

OPEA = "OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym"
BASE = "mistralai/Mistral-Small-3.1-24B-Instruct-2503"


def facts(**values: Figure) -> Facts:
    """Facts by name, dots written as two underscores."""
    named = ((name.replace("__", "."), value) for name, value in values.items())
    return Facts({name: Fact(name, value) for name, value in named})


@pytest.mark.parametrize(
    ("given_", "line", "wanted"),
    [
        (None, None, None),
        (None, "none", False),
        (None, "awq_marlin", True),
        ("awq", None, True),
        # the engine's own word wins: --quantization may be given and yet come to nothing
        ("awq", "none", False),
    ],
)
def test_loaded_is_the_config_line_and_else_what_was_given(
    given_: str | None, line: str | None, wanted: bool | None
) -> None:
    read: dict[str, Figure] = {}
    if given_:
        read["args__quantization"] = given_
    if line:
        read["config__quantization"] = line
    assert facts(**read).get("quant.loaded") is wanted


@pytest.mark.parametrize(
    ("model", "line", "wanted"),
    [
        (OPEA, "none", True),
        (OPEA, "awq_marlin", False),
        ("meta-llama/Llama-3.1-8B-Instruct", "none", False),
        ("google/gemma-3-27b-it-qat-int4-unquantized", "none", False),
        ("unsloth/DeepSeek-V3-fp8-dequantized-bf16", "none", False),
        # vLLM does not read these formats, so their config is not what is missing
        ("org/model-7B-Q4_K_M.gguf", "none", False),
        ("org/model-7B-4.0bpw-exl2", "none", False),
    ],
)
def test_unread_needs_a_claim_and_an_engine_without_it(model: str, line: str, wanted: bool) -> None:
    assert facts(model__name=model, config__quantization=line).get("quant.unread") is wanted


def test_unread_is_unknown_where_only_the_arguments_are_echoed() -> None:
    assert facts(model__name=OPEA, args__model=OPEA).get("quant.unread") is None


@pytest.mark.parametrize(
    ("model", "path", "method", "wanted"),
    [
        (OPEA, BASE, None, True),
        (OPEA, OPEA, None, False),
        (OPEA, OPEA + "/", None, False),
        (OPEA, "org/other-awq", None, False),
        (BASE, "org/other", None, False),
        ("./w", BASE, "awq", True),
        ("./w-awq", BASE, "none", False),
        # --hf-config-path is what a GGUF file needs
        ("./m-Q4_K_M.gguf", BASE, None, False),
    ],
)
def test_config_elsewhere(model: str, path: str, method: str | None, wanted: bool) -> None:
    read: dict[str, Figure] = {"model__name": model, "args__hf_config_path": path}
    if method:
        read["model__quant_method"] = method
    assert facts(**read).get("quant.config_elsewhere") is wanted


def test_config_elsewhere_is_no_when_the_launch_has_no_path_and_unknown_without_a_launch() -> None:
    assert facts(model__name=OPEA, args__model=OPEA).get("quant.config_elsewhere") is False
    assert facts(model__name=OPEA).get("quant.config_elsewhere") is None


def test_tokenizer_that_came_with_the_config() -> None:
    assert facts(args__tokenizer=BASE, args__hf_config_path=BASE).get("quant.tokenizer_with_config") is True
    assert facts(args__tokenizer="x/y", args__hf_config_path=BASE).get("quant.tokenizer_with_config") is False
    assert facts(args__tokenizer=BASE).get("quant.tokenizer_with_config") is None


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("awq", True),
        ("GPTQ", True),
        ("compressed_tensors", True),
        ("modelopt_fp4", True),
        ("fp8", False),
        ("bitsandbytes", False),
        ("experts_int8", False),
        ("mxfp8", False),
    ],
)
def test_which_methods_need_a_config_of_the_checkpoint(asked: str, wanted: bool) -> None:
    assert facts(args__quantization=asked).get("quant.needs_checkpoint_config") is wanted


@pytest.mark.parametrize(
    ("asked", "method", "wanted"),
    [
        ("gptq", "awq", True),
        ("awq_marlin", "gptq", True),
        ("fp8", "compressed-tensors", True),
        ("awq", "awq", False),
        ("awq_marlin", "awq", False),
        ("auto_gptq", "gptq", False),
        ("compressed_tensors", "compressed-tensors", False),
        # each release has its own say about these, so nothing is said
        ("moe_wna16", "gptq", False),
        ("awq", "auto-round", None),
    ],
)
def test_differs_from_the_files(asked: str, method: str, wanted: bool | None) -> None:
    assert facts(args__quantization=asked, model__quant_method=method).get("quant.differs") is wanted


@pytest.mark.parametrize(
    ("asked", "model", "wanted"),
    [
        ("awq", "TheBloke/Llama-2-7B-GPTQ", True),
        ("gptq_marlin", "TheBloke/Llama-2-7B-GPTQ", False),
        ("compressed-tensors", "org/Qwen3-8B-AWQ", False),
        ("awq", "org/Qwen3-8B", None),
    ],
)
def test_differs_from_the_name(asked: str, model: str, wanted: bool | None) -> None:
    assert facts(args__quantization=asked, model__name=model).get("quant.name_differs") is wanted


def test_the_name_says_nothing_once_the_files_are_known() -> None:
    read = facts(args__quantization="awq", model__name="x/Llama-7B-GPTQ", model__files_known=True)
    assert read.get("quant.name_differs") is None


def test_unquantized_size_of_the_reference_case() -> None:
    read = facts(model__name=OPEA, config__dtype="float16")
    assert read.get("quant.parameters") == "24B"
    assert read.get("quant.bytes_per_parameter") == 2
    assert read.get("quant.unquantized_gib") == 44.7


def test_float32_takes_twice() -> None:
    assert facts(model__name=OPEA, args__dtype="float32").get("quant.unquantized_gib") == 89.41


@pytest.mark.parametrize(
    ("took", "tp", "wanted"), [(14.25, 1, True), (7.2, 2, True), (5.3, 1, False), (8.1, 1, False)]
)
def test_weights_as_large_as_unquantized_ones(took: float, tp: int, wanted: bool) -> None:
    read = facts(model__name="x/Qwen2.5-7B-GPTQ", memory__weights_gib=took, args__tensor_parallel_size=tp)
    assert read.get("quant.weights_are_unquantized") is wanted


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=30))
def test_any_text_gives_an_answer(model: str, path: str, method: str) -> None:
    read = facts(model__name=model, args__hf_config_path=path, args__quantization=method)
    for name in (
        "loaded",
        "unread",
        "config_elsewhere",
        "differs",
        "name_differs",
        "needs_checkpoint_config",
    ):
        assert read.get(f"quant.{name}") in (True, False, None)
