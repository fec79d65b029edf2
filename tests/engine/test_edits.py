"""Edits with placeholders for several flags; renaming and dropping words of a launch."""

import pytest

from vllm_doctor.engine.edits import apply_apart, apply_drop, apply_once, apply_rename, filled, touched
from vllm_doctor.engine.rule_parts import EditSpec
from vllm_doctor.facts.of_launch import arity
from vllm_doctor.finding import Change
from vllm_doctor.launch.parser import parse_command_line


def test_a_figure_of_several_words_stands_for_several_edits() -> None:
    edits = filled([EditSpec("rename", "{old}", "{new}")], {"old": "--a --b", "new": "--c --d"})
    assert edits == [EditSpec("rename", "--a", "--c"), EditSpec("rename", "--b", "--d")]


def test_an_empty_figure_stands_for_none() -> None:
    assert filled([EditSpec("remove", "{old}")], {"old": ""}) == []


def test_one_flag_takes_a_value_with_blanks_whole() -> None:
    assert filled([EditSpec("set", "{flag}", "{to}")], {"flag": "--a", "to": '{"b": 1}'}) == [
        EditSpec("set", "--a", '{"b": 1}')
    ]


def test_values_that_are_not_as_many_make_no_edit() -> None:
    assert filled([EditSpec("set", "{flag}", "{to}")], {"flag": "--a --b", "to": "1 2 3"}) is None


@pytest.mark.parametrize(
    ("command", "renamed"),
    [
        ("vllm serve m --old  'a b' --x 1", "vllm serve m --new  'a b' --x 1"),
        ("vllm serve m --old='a b'", "vllm serve m --new='a b'"),
        ("vllm serve m \\\n  --old 1 \\\n  --x 2", "vllm serve m \\\n  --new 1 \\\n  --x 2"),
    ],
)
def test_rename_changes_the_flag_alone(command: str, renamed: str) -> None:
    launch = parse_command_line(command)
    assert launch is not None
    changes, after = apply_rename(launch, EditSpec("rename", "--old", "--new"), arity)
    assert after.text == renamed
    assert [(change.verb, change.name) for change in changes] == [("remove", "--old"), ("set", "--new")]


def test_rename_of_what_is_not_there_changes_nothing() -> None:
    launch = parse_command_line("vllm serve m --x 1")
    assert launch is not None
    assert apply_rename(launch, EditSpec("rename", "--old", "--new"), arity) == ((), launch)


@pytest.mark.parametrize(
    ("command", "left", "lost"),
    [
        ("vllm serve m --port 1 --x 2 --port  3", "vllm serve m --x 2 --port  3", [("--port", "1")]),
        ("vllm serve m -tp 1 --tensor_parallel_size=2", "vllm serve m --tensor_parallel_size=2", [("-tp", "1")]),
        ("vllm serve m \\\n  --port=1 \\\n  --port=2", "vllm serve m \\\n  --port=2", [("--port", "1")]),
        ("vllm serve m --port 1 --port 2 --port 3", "vllm serve m --port 3", [("--port", "1"), ("--port", "2")]),
    ],
)
def test_once_spares_the_last(command: str, left: str, lost: list[tuple[str, str]]) -> None:
    launch = parse_command_line(command)
    assert launch is not None
    changes, after = apply_once(launch, EditSpec("once", lost[0][0]), arity)
    assert after.text == left
    assert changes == tuple(Change("remove", name, value) for name, value in lost)


def test_once_of_what_stands_once_changes_nothing() -> None:
    launch = parse_command_line("vllm serve m --port 1 --tensor-parallel-size 2")
    assert launch is not None
    assert apply_once(launch, EditSpec("once", "-tp"), arity) == ((), launch)


@pytest.mark.parametrize(
    ("command", "apart"),
    [
        ("vllm serve m --config=a.yaml  --port 1", "vllm serve m --config a.yaml  --port 1"),
        ("vllm serve m --config='a b.yaml'", "vllm serve m --config 'a b.yaml'"),
    ],
)
def test_apart_writes_two_words(command: str, apart: str) -> None:
    launch = parse_command_line(command)
    assert launch is not None
    changes, after = apply_apart(launch, EditSpec("apart", "--config"), arity)
    assert after.text == apart
    assert [(change.verb, change.name) for change in changes] == [("set", "--config")]
    assert apply_apart(after, EditSpec("apart", "--config"), arity) == ((), after)


def test_drop_spares_the_model_and_values() -> None:
    launch = parse_command_line("vllm serve true --enforce-eager true --port 80 true")
    assert launch is not None
    changes, after = apply_drop(launch, EditSpec("drop", "true"), arity)
    assert after.text == "vllm serve true --enforce-eager --port 80"
    assert changes == (Change("remove", "true"),)


def test_what_an_edit_may_touch() -> None:
    assert {"--a", "--b"} <= touched(EditSpec("rename", "--a", "--b"))
    assert touched(EditSpec("drop", "true")) == {"model"}
    assert touched(EditSpec("setenv", "X", "1")) == {"X"}
    assert touched(EditSpec("give", "ipc", "host")) == {"container"}
