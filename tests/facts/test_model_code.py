"""Architectures and model types that a release does not have."""

from __future__ import annotations

import pytest

from tests.facts.given import given
from vllm_doctor.facts.model_code import known_types


def test_the_name_is_the_first_that_the_message_lists() -> None:
    assert given(architecture__names="['Qwen3ForCausalLM', 'X']").get("architecture.name") == "Qwen3ForCausalLM"
    assert given(model__architecture="LlamaForCausalLM").get("architecture.name") == "LlamaForCausalLM"
    assert given(architecture__names="[]").get("architecture.name") is None


@pytest.mark.parametrize(
    ("name", "release", "upgrade", "last"),
    [
        ("Qwen3ForCausalLM", "0.7.3", "0.8.4", None),
        ("Qwen3ForCausalLM", None, "0.8.4", None),
        ("Qwen3ForCausalLM", "0.9.0", None, None),
        ("MllamaForConditionalGeneration", "0.11.0", None, "0.10.2"),
        ("NimbusForCausalLM", "0.7.3", None, None),
    ],
)
def test_the_release_to_go_to(name: str, release: str | None, upgrade: str | None, last: str | None) -> None:
    facts = given(architecture__names=f"['{name}']", vllm__version=release)
    assert facts.get("architecture.upgrade_to") == upgrade
    assert facts.get("architecture.last") == last


@pytest.mark.parametrize(
    ("name", "release", "elsewhere"),
    [
        ("Qwen3ForCausalLM", "0.7.3", True),
        ("Qwen3ForCausalLM", "0.9.0", False),
        # the generic Transformers class may take what no release has
        ("NimbusForCausalLM", "0.9.0", None),
        ("Qwen3ForCausalLM", None, None),
        ("Qwen3ForCausalLM", "9.9.0", None),
    ],
)
def test_a_launch_is_only_held_against_a_known_release(name: str, release: str | None, elsewhere: bool | None) -> None:
    facts = given(model__architecture=name, vllm__version=release)
    assert facts.get("architecture.other_release") == elsewhere


def test_types_of_transformers_and_of_vllm_are_known() -> None:
    assert {"llama", "qwen3_moe", "chatglm", "RefinedWeb", "kimi_vl", "bert"} <= known_types()
    assert given(model__type="nimbus").get("model_type.nowhere") is True
    assert given(model__type="llama").get("model_type.nowhere") is False


@pytest.mark.parametrize(
    ("auto_map", "kind", "trusted", "needed"),
    [
        (True, "nova", None, True),
        (True, "nova", True, False),
        # built in: the repo's code is not asked for
        (True, "phi3", None, False),
        (False, "nova", None, False),
        (None, "nova", None, None),
    ],
)
def test_remote_code_is_needed_where_nothing_else_has_the_type(
    auto_map: bool | None, kind: str, trusted: bool | None, needed: bool | None
) -> None:
    facts = given(model__has_auto_map=auto_map, model__type=kind, args__trust_remote_code=trusted)
    assert facts.get("remote_code.needed") == needed
