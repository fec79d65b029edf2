"""Launches of every shape for property tests, with what they must be read as."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from hypothesis import strategies as st

ARITIES: dict[str, int | str] = {"--on": 0, "--list": "+", "--maybe": "?"}


def arity(flag: str) -> int | str | None:
    """The arities of the flags that the strategies use."""
    return ARITIES.get(flag, 1)


VALUES = st.sampled_from(
    ["1", "a b", '{"a": 1}', "it's", "-1", "$HOME", "x\\y", "`w`", "!", "é", "0.9", "a=b", "#x", "", "a\nb"]
)
FLAGS = st.sampled_from(["--max-model-len", "--max_num_seqs", "--on", "--list", "-tp", "--config.key_a", "--x"])


def double(value: str) -> str:
    """A value in double quotes."""
    return '"' + "".join("\\" + char if char in '\\"$`' else char for char in value) + '"'


@st.composite
def written(draw: st.DrawFn, value: str) -> str:
    """One of the ways to write a value as a shell word."""
    ways = [shlex.quote(value), double(value)]
    if "'" not in value:
        ways.append(f"'{value}'")
    return draw(st.sampled_from(ways))


@dataclass(frozen=True)
class Case:
    """A text with one launch: the text, the argv it must be read as, the environment."""

    text: str
    argv: tuple[str, ...]
    env: dict[str, str]


@st.composite
def options(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """One option: as written, and as words."""
    flag = draw(FLAGS)
    if flag == "--on":
        return flag, (flag,)
    values = draw(st.lists(VALUES, min_size=1, max_size=3 if flag == "--list" else 1))
    if flag not in ("--list", "-tp") and draw(st.booleans()):
        whole = f"{flag}={values[0]}"
        return draw(st.sampled_from([f"{flag}={draw(written(values[0]))}", double(whole)])), (whole,)
    return " ".join([flag, *(draw(written(value)) for value in values)]), (flag, *values)


@st.composite
def commands(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """`vllm serve m ...` on one line or several."""
    parts = draw(st.lists(options(), max_size=5))
    text = "vllm serve m"
    for raw, _ in parts:
        text += draw(st.sampled_from([" ", " \\\n    ", " \\\r\n  "])) + raw
    return text, ("m", *(word for _, words in parts for word in words))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A launch with something around it."""
    command, argv = draw(commands())
    before = draw(st.sampled_from(["", "# note\n", "cd . && ", "echo 'a # b'; ", "cat <<E\n'\nE\n"]))
    after = draw(st.sampled_from(["", "\n", " # note\n", " &\nwait\n", " 2>&1 | tee log\n", " \\\n\n", "; true"]))
    shape = draw(st.sampled_from(["plain", "prefix", "env", "export", "quoted", "exec"]))
    if shape == "prefix":
        return Case(f"{before}VX=1 VZ='a b' {command}{after}", argv, {"VX": "1", "VZ": "a b"})
    if shape == "env":
        return Case(f"{before}env VX=1 {command}{after}", argv, {"VX": "1"})
    if shape == "export":
        return Case(f"export VX=1\n{before}{command}{after}", argv, {"VX": "1"})
    if shape == "quoted":
        return Case(f"{before}bash -c {double(command)}{after}", argv, {})
    if shape == "exec":
        return Case(f"{before}exec {command}{after}", argv, {})
    return Case(before + command + after, argv, {})
