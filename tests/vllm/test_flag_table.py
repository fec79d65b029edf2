"""The parts of the generator that need no vLLM: histories, and what is read from a release's syntax trees."""

from __future__ import annotations

import importlib
import itertools
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.vllm.table import at, within

TOOL = Path(__file__).parents[2] / "tools" / "flag_table"


def tool(name: str) -> ModuleType:
    sys.path.insert(0, str(TOOL))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(TOOL))


history = tool("history")


@given(st.sets(st.integers(0, 60)))
def test_ranges_hold_just_their_numbers(numbers: set[int]) -> None:
    folded = history.ranges(numbers)
    assert {number for number in range(62) if within(folded, number)} == numbers
    assert all(one[1] + 1 < two[0] for one, two in itertools.pairwise(folded))


@given(st.dictionaries(st.integers(0, 40), st.sampled_from([0, 1, True, 1.0, None, "a", ["a"]])))
def test_steps_give_every_value_back(values: dict[int, object]) -> None:
    folded = history.steps(values)
    for number, value in values.items():
        found = at(folded, number)
        assert found == value
        assert type(found) is type(value)


def test_an_option_is_filed_under_its_first_long_spelling() -> None:
    assert history.primary(["-tp", "--tensor-parallel-size"]) == "--tensor-parallel-size"
    assert history.primary(["--no-x", "--x"]) == "--x"
    assert history.primary(["--no-x"]) == "--no-x"
    assert history.primary(["-O"]) == "-O"


def test_variables_are_read_from_the_tree_without_running_it(tmp_path: Path) -> None:
    (tmp_path / "vllm").mkdir()
    (tmp_path / "vllm" / "envs.py").write_text(
        "import os\nraise SystemExit\n"
        "if TYPE_CHECKING:\n    VLLM_A: int = 5\n"
        "environment_variables = {\n"
        "    # Deprecated, use B.\n"
        "    'VLLM_A': lambda: int(os.getenv('VLLM_A', '7')),\n"
        "    'VLLM_B': env_with_choices('VLLM_B', 'x', ['x', 'y']),\n"
        "}\n"
    )
    (tmp_path / "vllm" / "other.py").write_text(
        "import os\nos.environ.get('VLLM_C', '1')\nos.environ['VLLM_D']\nos.environ['VLLM_SET'] = '1'\n"
    )
    found = tool("variables").variables(tmp_path)
    assert found["VLLM_A"] == {"default": "'7'", "type": "int", "deprecated": "Deprecated, use B."}
    assert found["VLLM_B"] == {"default": "'x'", "choices": ["x", "y"]}
    assert found["VLLM_C"] == {"default": "'1'", "file": "vllm/other.py"}
    assert found["VLLM_D"] == {"default": None, "file": "vllm/other.py"}
    assert "VLLM_SET" not in found


def test_registries_are_read_from_the_tree_without_running_it(tmp_path: Path) -> None:
    models = tmp_path / "vllm" / "model_executor" / "models"
    models.mkdir(parents=True)
    (models / "registry.py").write_text(
        "raise SystemExit\n_TEXT_GENERATION_MODELS = {'A': ('a', 'A')}\n"
        "_PREVIOUSLY_SUPPORTED_MODELS = {'Old': '0.1.0'}\n_VLLM_MODELS = {**_TEXT_GENERATION_MODELS}\n"
    )
    (tmp_path / "vllm" / "parser.py").write_text(
        "@ToolParserManager.register_module(['x', 'y'])\nclass X: ...\n"
        "@ReasoningParserManager.register_module('z')\nclass Z: ...\n"
    )
    found = tool("registries").names(tmp_path)
    assert found["architectures"] == {"text_generation": ["A"]}
    assert found["dropped-architectures"] == {"Old": "0.1.0"}
    assert found["tool-parsers"] == ["x", "y"]
    assert found["reasoning-parsers"] == ["z"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("lambda s: s.lower().replace('-', '_')", "fold"),
        ("lambda s: [int(i) if i.isdigit() else i for i in (p.strip() for p in s.split(','))]", "ids"),
        ("lambda s: dict(pair.split(':') for pair in s.split(','))", "colon-pairs"),
        ("bool", "bool"),
        ("int", "int"),
    ],
)
def test_kinds(text: str, word: str) -> None:
    assert tool("kinds").kind(eval(text))[0] == word


def test_a_kind_that_is_not_known_is_an_error() -> None:
    kinds = tool("kinds")
    with pytest.raises(kinds.UnknownKindError):
        kinds.kind(lambda text: {"a": 1}[text])
