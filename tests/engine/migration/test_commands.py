"""What people ran, and what the table can make: every result is taken by the release that it is for."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from vllm_doctor import vllm

from .commands import COMMANDS
from .moved import launches, move

TARGETS = ("0.10.2", "0.15.0", "0.20.0", "0.24.0", "0.33.0")
RELEASES = vllm.releases()
LEFT_OUT = ("--help", "--config", "--model", "--api-key", "--hf-token")
"""No options of their own, or secrets, which are shown otherwise than they are written."""
VALUES = {
    "int": ("4", "7"),
    "human-int": ("32k", "4096"),
    "human-int-to-g": ("32K", "4096"),
    "human-int-or-auto": ("8k", "4096"),
    "float": ("0.5", "2.0"),
    "json": ('{"image": 1}',),
    "kvs": ("image=2",),
    "kvs-last": ("image=2",),
    "json|kvs": ("image=2", '{"image": 3}'),
    "json-or-str": ('{"a": 1}',),
    "json-line-or-str": ('{"a": 1}',),
    "config": ("{}",),
    "fold": ("auto",),
}
"""By kind, values that are taken; every other kind takes a word."""


def _program(*releases: str) -> vllm.Program:
    return "vllm serve" if all(vllm.has_serve(one) for one in releases) else "api_server"


def _taken(text: str, release: str) -> bool:
    (launch,) = launches(text)
    program: vllm.Program = "api_server" if launch.program == "api_server" else "vllm serve"
    return vllm.check(launch.argv, release, program, suggest=False) == ()


@pytest.mark.parametrize(("release", "command"), COMMANDS)
def test_what_people_ran_is_of_its_release(release: str, command: str) -> None:
    assert _taken(command, release)


@pytest.mark.parametrize("target", TARGETS)
def test_what_people_ran_moves_to_every_later_and_earlier_release(target: str) -> None:
    for release, command in COMMANDS:
        made = move(command, target, release)
        assert [one.obstacles for one in made.launches] == [()], (release, command)
        assert _taken(made.fixed or command, target), (release, command, made.fixed)


def test_there_and_back_is_taken_again() -> None:
    for release, command in COMMANDS:
        there = move(command, "0.33.0", release).fixed or command
        back = move(there, release, "0.33.0")
        if not back.launches[0].obstacles:
            assert _taken(back.fixed or there, release), (release, command, there, back.fixed)


@st.composite
def commands(draw: st.DrawFn) -> tuple[str, str, str]:
    """A release, another, and a command of options of the first."""
    old, new = draw(st.sampled_from(RELEASES)), draw(st.sampled_from(RELEASES))
    program = _program(old, new)
    known = [one for one in vllm.all_options(old, program) if one.flag not in LEFT_OUT]
    argv = ["org/m"] if program == "vllm serve" else ["--model", "org/m"]
    for option in draw(st.lists(st.sampled_from(known), min_size=1, max_size=6, unique_by=lambda one: one.flag)):
        words = [draw(st.sampled_from(option.flags)), *draw(_values(option))]
        if vllm.check([*argv, *words], old, program, suggest=False) == ():
            argv += words
    assume(len(argv) > 2)
    written = "vllm serve" if program == "vllm serve" else "python3 -m vllm.entrypoints.openai.api_server"
    return old, new, f"{written} {shlex.join(argv)}"


def _values(option: vllm.OptionInfo) -> st.SearchStrategy[list[str]]:
    if option.nargs == 0:
        return st.just([])
    choices = [str(one) for one in option.choices or () if one is not None]
    value = st.sampled_from(choices or VALUES.get(option.kind.lstrip("?"), ("word",)))
    least = 0 if option.nargs == "?" else 1
    most = 1 if option.nargs in (1, "?") else option.nargs if isinstance(option.nargs, int) else 2
    return st.lists(value, min_size=max(least, most if isinstance(option.nargs, int) else least), max_size=most)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(commands())
def test_a_moved_command_is_taken_and_a_stuck_one_says_why(made: tuple[str, str, str]) -> None:
    old, new, command = made
    answer = move(command, new, old)
    (launch,) = answer.launches
    if launch.obstacles:
        assert launch.migrated is None
        assert answer.fixed is None
        assert all(one.name and one.why for one in launch.obstacles)
    else:
        assert _taken(answer.fixed or command, new)
        assert (answer.fixed is None) == (not any(step.changes for step in launch.steps))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(commands())
def test_a_move_within_a_release_changes_nothing(made: tuple[str, str, str]) -> None:
    old, _, command = made
    answer = move(command, old, old, pin=True)
    assert (answer.fixed, answer.launches[0].steps, answer.launches[0].defaults) == (None, (), ())
    assert answer.launches[0].migrated == command
