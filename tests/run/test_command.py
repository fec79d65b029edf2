"""Words to a command and back, secrets kept."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.run.command import Command

WORDS = st.lists(
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=9), max_size=6
)


@pytest.mark.parametrize(
    ("words", "env", "argv"),
    [
        (["vllm", "serve", "m"], (), ("vllm", "serve", "m")),
        (["A=1", "B=x=y", "vllm", "C=3"], (("A", "1"), ("B", "x=y")), ("vllm", "C=3")),
        (["A=", "./a=b"], (("A", ""),), ("./a=b",)),
        (["1A=x"], (), ("1A=x",)),
        (["A=1"], (("A", "1"),), ()),
        (["A=two\nlines", "x"], (("A", "two\nlines"),), ("x",)),
    ],
)
def test_leading_assignments_are_the_environment(words: list[str], env: object, argv: object) -> None:
    assert (Command.of(words).env, Command.of(words).argv) == (env, argv)


@given(WORDS)
def test_the_text_is_the_words(words: list[str]) -> None:
    command = Command.of(words)
    assert shlex.split(command.text) == words


def test_a_fix_takes_the_place_of_the_launch() -> None:
    command = Command.of(["A=1", "numactl", "-N", "0", "vllm", "serve", "a model", "--max-model-len", "9"])
    launch = command.launch
    assert launch
    fixed = launch.span.of(launch.text).replace("--max-model-len 9", "--max-model-len 4")
    made = command.with_launch(fixed)
    assert made == Command.of(["A=1", "numactl", "-N", "0", "vllm", "serve", "a model", "--max-model-len", "4"])


def test_secrets_are_kept_in_what_runs_and_hidden_in_what_is_shown() -> None:
    words = ["HF_TOKEN=hf_abcdefghijkl", "vllm", "serve", "m", "--api-key", "one", "two", "--dtype", "fp16"]
    command = Command.of(words)
    shown = command.shown()
    assert "hf_abc" not in shown
    assert " one" not in shown
    launch = command.launch
    assert launch
    made = command.with_launch(shown.replace("--dtype fp16", "--dtype float16"))
    assert made == Command.of([*words[:-1], "float16"])


def test_a_secret_without_a_place_makes_no_command() -> None:
    command = Command.of(["vllm", "serve", "m"])
    assert command.with_launch('vllm serve m --api-key "${VLLM_API_KEY:?}"') is None
    assert command.with_launch("vllm serve 'm") is None
    assert Command.of(["ls"]).with_launch("vllm serve m") is None


def test_a_variable_unset_by_env() -> None:
    made = Command.of(["vllm", "serve", "m"]).with_launch("env -u VLLM_PORT vllm serve m")
    assert made == Command.of(["env", "-u", "VLLM_PORT", "vllm", "serve", "m"])
