"""The flags of Mistral's own format, and what a name says of the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.facts import Fact, Facts

if TYPE_CHECKING:
    from vllm_doctor.finding import Figure

OPEA = "OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym"


def facts(**values: Figure) -> Facts:
    """Facts by name, dots written as two underscores."""
    named = ((name.replace("__", "."), value) for name, value in values.items())
    return Facts({name: Fact(name, value) for name, value in named})


def test_flags_in_the_order_in_which_they_are_told() -> None:
    read = facts(args__tokenizer_mode="mistral", args__load_format="auto", args__config_format="mistral")
    assert read.get("native.flags") == "--config-format --tokenizer-mode"
    assert read.get("native.flags_given") is True
    assert read.get("native.load_format") is False


def test_a_launch_without_them_is_known_to_have_none() -> None:
    assert facts(args__model="m").get("native.flags_given") is False
    assert facts(vllm__version="0.8.1").get("native.flags_given") is None


def test_the_config_line_counts_only_where_no_arguments_are_known() -> None:
    assert facts(config__load_format="mistral", config__tokenizer_mode="mistral").get("native.flags") == (
        "--load-format --tokenizer-mode"
    )
    # later releases choose Mistral's tokenizer by themselves, and say so in that line
    assert facts(config__tokenizer_mode="mistral", args__model="m").get("native.flags_given") is False


@pytest.mark.parametrize(("value", "wanted"), [("dummy", True), ("mistral", False), ("auto", False)])
def test_another_load_format_is_left_alone(value: str, wanted: bool) -> None:
    assert facts(args__load_format=value).get("native.load_format_other") is wanted


def test_another_tokenizer_mode_is_left_alone() -> None:
    assert facts(args__tokenizer_mode="slow").get("native.tokenizer_mode_other") is True
    assert facts(args__model="m").get("native.tokenizer_mode_other") is None


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("mistralai/Mistral-Small-3.1-24B-Instruct-2503", "mistralai"),
        ("mistralai/Mistral-Large-3-675B-Instruct-2512-NVFP4", "mistralai"),
        (OPEA, "quantized"),
        ("RedHatAI/Mistral-Small-3.2-24B-Instruct-2506-FP8", "quantized"),
        ("Qwen/Qwen2.5-7B-Instruct", "other-family"),
        ("/models/llama-3.1-8b", "other-family"),
        ("org/Mistral-7B-my-finetune", "unknown"),
        ("/models/current", "unknown"),
        ("./Mistral-Small-Q4_K_M.gguf", "unknown"),
        # no word of another maker inside a longer word
        ("org/Graphics-Sophia", "unknown"),
    ],
)
def test_what_the_name_says(model: str, wanted: str) -> None:
    assert facts(model__name=model).get("native.name_kind") == wanted


def test_flags_are_missing_where_only_native_files_are() -> None:
    only_native: dict[str, Figure] = {"model__has_params_json": True, "model__has_config_json": False}
    assert facts(args__model="x", **only_native).get("native.flags_missing") is True
    assert facts(args__config_format="mistral", **only_native).get("native.flags_missing") is False
    both: dict[str, Figure] = {"model__has_params_json": True, "model__has_config_json": True}
    assert (
        facts(args__model="mistralai/M", model__name="mistralai/M", **both).get("native.flags_missing")
        is False
    )


def test_flags_are_missing_by_mistralais_name_where_the_files_are_not_known() -> None:
    assert facts(args__model="mistralai/M", model__name="mistralai/M").get("native.flags_missing") is True
    assert facts(args__model="org/M", model__name="org/M").get("native.flags_missing") is False
    assert facts(model__name="mistralai/M").get("native.flags_missing") is None


@pytest.mark.parametrize(
    ("model", "version", "wanted"),
    [
        (OPEA, "0.8.1", True),
        (OPEA, "0.8.2+cpu", True),
        (OPEA, "0.8.3", False),
        (OPEA, "0.10.0", False),
        ("mistralai/Mistral-7B-Instruct-v0.3", "0.8.1", False),
    ],
)
def test_which_release_reads_the_hugging_face_format(model: str, version: str, wanted: bool) -> None:
    assert facts(model__name=model, vllm__version=version).get("native.hf_format_too_new") is wanted


@given(st.text(max_size=120), st.text(max_size=20))
def test_any_text_gives_an_answer(model: str, version: str) -> None:
    read = facts(model__name=model, vllm__version=version, args__model=model)
    assert read.get("native.hf_format_too_new") in (True, False, None)
    assert read.get("native.name_kind") in ("mistralai", "quantized", "other-family", "unknown", None)
