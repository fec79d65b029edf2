"""Which command is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vllm_doctor.cli.words import arranged, first_word
from vllm_doctor.errors import InputError

from .conftest import FAILED, Doctor

COMMANDS = ("diagnose", "check", "explain", "rules")
VALUED = {"--lang", "--command", "--format"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["diagnose"]),
        (["-"], ["diagnose", "-"]),
        (["check", "x"], ["check", "x"]),
        (["--quiet", "check", "x"], ["check", "--quiet", "x"]),
        (["--lang", "zh", "check", "x", "--fix"], ["check", "--lang", "zh", "x", "--fix"]),
        (["--lang=zh", "explain", "x"], ["explain", "--lang=zh", "x"]),
        (["--lang", "check"], ["diagnose", "--lang", "check"]),
        (["--quiet"], ["diagnose", "--quiet"]),
        (["--command", "vllm serve m"], ["diagnose", "--command", "vllm serve m"]),
        (["--", "check"], ["diagnose", "--", "check"]),
        (["check", "--", "vllm", "serve"], ["check", "--", "vllm", "serve"]),
        (["diagnose", "check"], ["diagnose", "check"]),
    ],
)
def test_the_command_comes_first(words: list[str], expected: list[str]) -> None:
    assert arranged(words, COMMANDS, VALUED) == expected


def test_a_file_is_diagnosed(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.touch()
    assert arranged([str(log), "--quiet"], COMMANDS, VALUED) == ["diagnose", str(log), "--quiet"]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("chek", "Did you mean check?"),
        ("crush.log", "Did you mean crash.log?"),
        ("checks", "Did you mean check or checks.log?"),
        ("logs/crash.lg", "Did you mean logs/crash.log?"),
        ("zzzzzz", "Commands: check, diagnose, explain, rules."),
        ("nowhere/at/all", "Commands: check, diagnose, explain, rules."),
        ("a\0b", "Commands: check, diagnose, explain, rules."),
        ("x" * 5000, "Commands: check, diagnose, explain, rules."),
        (
            "vllm serve m --port 1",
            "To review a command before its launch: vllm-doctor check 'vllm serve m --port 1…'",
        ),
    ],
)
def test_neither_a_command_nor_a_file(word: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("crash.log", "checks.log", "logs/crash.log"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()
    with pytest.raises(InputError) as caught:
        arranged([word], COMMANDS, VALUED)
    assert (caught.value.what, caught.value.where) == ("this is neither a command nor a file", word)
    assert caught.value.do == hint


@settings(deadline=None)
@given(st.lists(st.sampled_from(["--lang", "zh", "check", "--quiet", "--", "-", "rules", "--format=json"])))
def test_no_word_is_lost_or_made(words: list[str]) -> None:
    index = first_word(words, VALUED)
    assume(index is None or words[index] != "zh")  # neither a command nor a file
    found = arranged(words, COMMANDS, VALUED)
    assert sorted(found) in (sorted(words), sorted(["diagnose", *words]))
    assert found[0] in COMMANDS


def test_a_file_of_a_commands_name_is_written_with_its_folder(doctor: Doctor) -> None:
    Path("check").write_bytes(FAILED.read_bytes())
    assert doctor("./check").code == 1
    assert doctor("check").out == "no launch of vLLM was found\n"


@pytest.mark.parametrize("before", [True, False])
def test_options_stand_before_or_after(doctor: Doctor, before: bool) -> None:
    words = ["--quiet", FAILED] if before else [FAILED, "--quiet"]
    assert doctor(*words).out.startswith("vllm serve /models/llama-3.1-8b ")
    words = ["--format", "json", "check", "vllm serve m"] if before else ["check", "vllm serve m", "--format", "json"]
    assert doctor(*words).objects[0]["launches"][0]["model"] == "m"
