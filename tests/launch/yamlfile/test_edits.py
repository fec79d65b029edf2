from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.launch.strategies import arity
from tests.launch.yamlfile.strategies import VALUES, Case, cases
from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.edit import apply_to, remove_option, rename_option, set_env, set_option, unset_env
from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.options import find, options
from vllm_doctor.launch.types import Launch

EDITED = ("command", "args", "run", "environment", "env", "entrypoint")


def only(case: Case) -> Launch:
    (launch,) = read_launches(case.text, case.file)
    return launch


def env_of(launch: Launch) -> dict[str, str | None]:
    return {variable.name: variable.value for variable in launch.env}


def around(text: str) -> object:
    """What a YAML file says, but for what an edit of the launch may change."""

    def bare(node: object) -> object:
        if isinstance(node, dict):
            return {key: bare(value) for key, value in node.items() if key not in EDITED}
        return [bare(item) for item in node] if isinstance(node, list) else node

    return bare(yaml.safe_load(text))


@given(cases())
def test_every_style_is_read(case: Case) -> None:
    launch = only(case)
    assert launch.argv == case.argv
    assert env_of(launch) == case.env
    assert launch.argv_effective is None
    for word in launch.words:
        assert word.span.of(case.text) == word.raw
    assert launch.line == case.text.count("\n", 0, launch.span.start) + 1


@given(cases(), VALUES, st.sampled_from(["--max-model-len", "--x", "--new"]))
def test_set_changes_one_option_and_nothing_else(case: Case, value: str, flag: str) -> None:
    launch = only(case)
    try:
        after = apply_to(launch, set_option(launch, arity, flag, value))
    except LaunchError:
        return
    option = find(launch, arity, flag)
    expected = list(launch.argv)
    if option is None:
        expected += [flag, value]
    elif option.glued:
        expected[option.index] = f"{option.written}={value}"
    else:
        expected[option.index + 1] = value
    assert list(after.argv) == expected
    assert env_of(after) == case.env
    if case.file != "config.yaml":
        assert around(after.text) == around(case.text)
    for note in ("# a file", "# web", "# own", "# end", "# config"):
        assert after.text.count(note) == case.text.count(note)
    if "{{" not in value:
        assert set_option(after, arity, flag, value) == ()
    assert ("\r\n" in after.text) == ("\r\n" in case.text)
    assert after.text.count("\r\n") in (0, after.text.count("\n"))


@given(
    cases(),
    st.sampled_from(["7", "abc", "0.5", "org/other-model"]),
    st.sampled_from(["--max-model-len", "--x", "--new"]),
)
def test_a_plain_value_can_always_be_set(case: Case, value: str, flag: str) -> None:
    launch = only(case)
    after = apply_to(launch, set_option(launch, arity, flag, value))
    assert find(after, arity, flag).values == (value,)


@given(cases(), st.sampled_from(["--max-model-len", "--on", "-tp", "--config.key_a", "--x"]))
def test_remove_takes_every_occurrence_and_nothing_else(case: Case, flag: str) -> None:
    launch = only(case)
    after = apply_to(launch, remove_option(launch, arity, flag))
    gone = {
        index
        for option in options(launch, arity)
        if option.flag == flag
        for index in range(option.index, option.index + 1 + (0 if option.glued else len(option.values)))
    }
    assert list(after.argv) == [word for index, word in enumerate(launch.argv) if index not in gone]
    assert env_of(after) == case.env
    if case.file != "config.yaml":
        assert around(after.text) == around(case.text)
    assert remove_option(after, arity, flag) == ()


@given(cases(), st.sampled_from(["1", "a b", "x: y", "true", ""]), st.sampled_from(["VX", "NEW"]))
def test_set_env_changes_one_variable_and_nothing_else(case: Case, value: str, name: str) -> None:
    launch = only(case)
    if case.file == "config.yaml":
        return
    after = apply_to(launch, set_env(launch, name, value))
    assert env_of(after) == {**case.env, name: value}
    assert after.argv == launch.argv
    assert around(after.text) == around(case.text)


@given(cases(), st.sampled_from(["VX", "VY"]))
def test_unset_env_takes_one_variable_and_nothing_else(case: Case, name: str) -> None:
    launch = only(case)
    if name not in case.env:
        return
    after = apply_to(launch, unset_env(launch, name))
    assert env_of(after) == {key: value for key, value in case.env.items() if key != name}
    assert after.argv == launch.argv
    assert around(after.text) == around(case.text)


@given(cases())
def test_rename_changes_the_flag_alone(case: Case) -> None:
    launch = only(case)
    after = apply_to(launch, rename_option(launch, arity, "--max-model-len", "--max-len"))
    assert [word.replace("--max-len", "--max-model-len") for word in after.argv] == list(launch.argv)


@pytest.mark.parametrize(
    ("flag", "left"),
    [
        ("--max-model-len", "{model: org/m, dtype: auto, max-num-seqs: 8}"),
        ("--max-num-seqs", "{model: org/m, max-model-len: 4096, dtype: auto}"),
        ("--model", "{max-model-len: 4096, dtype: auto, max-num-seqs: 8}"),
    ],
)
def test_a_key_of_a_flow_map_goes_with_its_comma(flag: str, left: str) -> None:
    text = "{model: org/m, max-model-len: 4096, dtype: auto, max-num-seqs: 8}"
    (launch,) = read_launches(text, "vllm.yaml")
    assert apply_to(launch, remove_option(launch, arity, flag)).text == left
