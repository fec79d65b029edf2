from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.build import build, quote
from vllm_doctor.launch.parser import parse_command_line

WORDS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(WORDS, max_size=6), st.sampled_from(["vllm serve", "api_server"]), WORDS)
def test_a_built_command_is_read_as_what_it_was_built_from(argv: list[str], program: str, value: str) -> None:
    launch = parse_command_line(build(program, argv, {"VLLM_X": value, "UNKNOWN": None}))
    assert launch is not None
    assert (launch.program, launch.argv) == (program, tuple(argv))
    assert [(variable.name, variable.value) for variable in launch.env] == [("VLLM_X", value)]
    assert not any(word.dynamic for word in launch.words)


def test_the_form_of_a_built_command() -> None:
    assert build("vllm serve", ["m", "--x", '{"a": 1}'], {"A": "b c"}) == "A='b c' vllm serve m --x '{\"a\": 1}'"
    assert build("api_server", []) == "python3 -m vllm.entrypoints.openai.api_server"


def test_an_unknown_program() -> None:
    with pytest.raises(KeyError):
        build("LLM()", [])


def test_quote() -> None:
    assert quote("$(x)") == "'$(x)'"
