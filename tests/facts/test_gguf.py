"""How a GGUF model is named, and where that is understood."""

from __future__ import annotations

import pytest

from tests.facts.given import given


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("./m-Q4_K_M.gguf", "file"),
        ("/models/M.GGUF", "file"),
        ("unsloth/Qwen3-0.6B-GGUF:Q4_K_M", "repo-and-quant"),
        ("unsloth/Qwen3-0.6B-GGUF", "repo"),
        ("/models/m-gguf/", "repo"),
        ("org/m", None),
        ("localhost:5000", None),
    ],
)
def test_kinds(name: str, kind: str | None) -> None:
    assert given(model__name=name).get("gguf.kind") == kind


@pytest.mark.parametrize(
    ("name", "release", "refused"),
    [
        ("./m.gguf", "0.5.4", True),
        ("./m.gguf", "0.8.5", False),
        ("./m.gguf", "0.24.0", False),
        ("o/m-GGUF:Q8_0", "0.11.0", True),
        ("o/m-GGUF:Q8_0", "0.12.0", False),
        ("o/m-GGUF", "0.24.0", None),
        ("./m.gguf", None, False),
    ],
)
def test_releases(name: str, release: str | None, refused: bool | None) -> None:
    assert given(model__name=name, vllm__version=release).get("gguf.not_runnable") == refused


@pytest.mark.parametrize(
    ("name", "release", "plugin", "needs"),
    [
        ("./m.gguf", "0.24.0", None, True),
        ("./m.gguf", "0.23.0", None, False),
        ("o/m-GGUF:Q8_0", "0.33.0", None, True),
        ("o/m-GGUF:Q8_0", "0.33.0", True, False),
        ("o/m-GGUF", "0.24.0", None, None),
        ("./m.gguf", None, None, False),
    ],
)
def test_from_0_24_on_a_plugin_loads_it(
    name: str, release: str | None, plugin: bool | None, needs: bool | None
) -> None:
    assert given(model__name=name, vllm__version=release, gguf__plugin=plugin).get("gguf.needs_plugin") == needs


def test_the_config_comes_from_where_the_tokenizer_does() -> None:
    assert given(args__tokenizer="org/m").get("gguf.config_path") == "org/m"
    assert given(args__tokenizer="./m.gguf").get("gguf.config_path") is None
    assert given(args__tokenizer="org/m", args__hf_config_path="org/x").get("gguf.config_path") is None
