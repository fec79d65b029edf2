from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.launch.strategies import ARITIES, Case, arity, cases
from vllm_doctor.launch.options import canonical, find, is_flag, options, positional
from vllm_doctor.launch.parser import parse_shell
from vllm_doctor.launch.types import Launch


def launch_of(arguments: str) -> Launch:
    (launch,) = parse_shell("vllm serve " + arguments)
    return launch


def split(arguments: str, known: dict[str, int | str | None] | None = None) -> list[tuple[str, tuple[str, ...]]]:
    table: dict[str, int | str | None] = {**ARITIES, "-tp": 1, "-q": 1, "-O": 1, **(known or {})}
    launch = launch_of(arguments)
    return [
        (option.flag, option.values)
        for option in options(launch, lambda flag: table.get(flag, 1 if flag.startswith("--") else None))
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--max_model_len=4096", [("--max-model-len", ("4096",))]),
        ("--max-model-len 4096", [("--max-model-len", ("4096",))]),
        ("-tp 2", [("-tp", ("2",))]),
        ("-tp=2", [("-tp", ("2",))]),
        ("-q awq", [("-q", ("awq",))]),
        ("-qawq", [("-q", ("awq",))]),
        ("-O3 -O=2 -O 1", [("-O", ("3",)), ("-O", ("2",)), ("-O", ("1",))]),
        ("-O.mode=3", [("-O.mode", ("3",))]),
        ("--foo.bar_baz 1", [("--foo.bar_baz", ("1",))]),
        ("--foo_x.bar_baz=1", [("--foo-x.bar_baz", ("1",))]),
        ("-cc.pass.fuse=True", [("-cc.pass.fuse", ("True",))]),
        ("--seed -1 --x -0.5", [("--seed", ("-1",)), ("--x", ("-0.5",))]),
        ("--x '-a b'", [("--x", ("-a b",))]),
        ("--x '{\"a\": 1}'", [("--x", ('{"a": 1}',))]),
        ("--x='{\"a=b\": 1}'", [("--x", ('{"a=b": 1}',))]),
        ("--list a b c --on d", [("--list", ("a", "b", "c")), ("--on", ())]),
        ("--maybe --on", [("--maybe", ()), ("--on", ())]),
        ("--x --on", [("--x", ()), ("--on", ())]),
        ("--x -- --y 1", [("--x", ())]),
        ("--x=", [("--x", ("",))]),
        ("--maybe $@", [("--maybe", ())]),
        ('--list a "${X[@]}"', [("--list", ("a",))]),
        ("--x $X", [("--x", ("$X",))]),
    ],
)
def test_the_spellings(arguments: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert split(arguments) == expected


def test_an_unknown_flag_takes_the_next_word_if_that_is_no_flag() -> None:
    unknown: dict[str, int | str | None] = {"--new": None}
    assert split("--new a b", unknown) == [("--new", ("a",))]
    assert split("--new --on", unknown) == [("--new", ()), ("--on", ())]


def test_positional_words() -> None:
    launch = launch_of("m --on x --list a -- --y")
    assert [word.value for word in positional(launch, arity)] == ["m", "x", "--y"]


def test_the_last_of_several_counts() -> None:
    launch = launch_of("m --max-model-len 1 -tp 2 --max_model_len=3")
    option = find(launch, arity, "--max-model-len")
    assert option is not None
    assert (option.values, option.written, option.glued) == (("3",), "--max_model_len", True)
    tp = find(launch, arity, "--tensor_parallel_size", "-tp")
    assert tp is not None
    assert tp.values == ("2",)
    assert find(launch, arity, "--other") is None


def test_the_places_of_an_option() -> None:
    launch = launch_of("m --a 'b c' --d=\"e f\" '--g=h' --on")
    places = [
        (option.span.of(launch.text), option.value_span.of(launch.text) if option.value_span else None, option.index)
        for option in options(launch, arity)
    ]
    assert places == [
        ("--a 'b c'", "'b c'", 1),
        ('--d="e f"', '"e f"', 3),
        ("'--g=h'", "h", 4),
        ("--on", None, 5),
    ]


@given(cases())
def test_options_and_positional_words_are_all_words(case: Case) -> None:
    (launch,) = parse_shell(case.text)
    count = sum(1 + (0 if option.glued else len(option.values)) for option in options(launch, arity))
    assert count + len(positional(launch, arity)) == len(launch.words)


@given(
    st.lists(st.sampled_from(["-1", "-0.5", "--b", "-x y", "v", "-", "--b=1", "--b=x y", "-.5", "-5e3"]), max_size=4)
)
def test_flags_and_values_are_told_apart_as_by_argparse(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="x", add_help=False, exit_on_error=False)
    parser.add_argument("--b", nargs="?")
    parser.add_argument("rest", nargs="*")
    try:
        _, unknown = parser.parse_known_args(["--b=0", *words])
    except (argparse.ArgumentError, SystemExit):
        return
    flags = [word for word in words if is_flag(word) and not word.startswith("--b")]
    assert set(flags) <= set(unknown)


@pytest.mark.parametrize(
    ("flag", "dashed"), [("--a_b", "--a-b"), ("--a_b.c_d", "--a-b.c_d"), ("-tp", "-tp"), ("--a-b", "--a-b")]
)
def test_the_canonical_spelling(flag: str, dashed: str) -> None:
    assert canonical(flag) == dashed
