"""The streams: their look, what cannot be written, and a pipe that says nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vllm_doctor.cli import app, terminal

from .conftest import FAILED, HEALTHY, Doctor

HINT = "vllm-doctor: waiting for standard input (end it with Ctrl-D)\n"
PROGRAM = [sys.executable, "-m", "vllm_doctor"]


@pytest.mark.parametrize(
    ("words", "environment", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1", "TERM": "dumb"}, False),
        ([], {"NO_COLOR": ""}, False),
    ],
)
def test_colour(
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for command in ([FAILED], ["check", "vllm serve m"], ["explain", "oom-weights"], ["rules"]):
        assert ("\x1b[" in doctor(*words, *command).out) is coloured


@pytest.mark.parametrize(("columns", "width"), [(None, 80), ("100", 100), ("5", 30), ("999", 120), ("x", 80)])
def test_width(monkeypatch: pytest.MonkeyPatch, columns: str | None, width: int) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    assert terminal.look("auto")["width"] == width


def test_what_no_stream_encodes_is_still_written(doctor: Doctor, tmp_path: Path) -> None:
    ran = doctor("rules", "test", str(tmp_path), encoding="ascii")
    assert ran.code == 0


def test_an_open_pipe_that_says_nothing_gets_one_line(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "SILENCE", 0.01)
    reader, writer = os.pipe()
    said = threading.Event()

    def tell(text: str) -> int:
        if text == HINT:
            said.set()
        return len(text)

    def speak() -> None:
        said.wait(60)
        with os.fdopen(writer, "wb") as stream:
            stream.write(HEALTHY.read_bytes())

    talker = threading.Thread(target=speak)
    with os.fdopen(reader, "r") as stdin, monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", stdin)
        patch.setattr(sys.stderr, "write", tell)
        talker.start()
        code = app.run(["-q"])
    talker.join()
    assert said.is_set()
    assert (code, capfd.readouterr().out) == (0, "healthy\n")


def test_a_pipe_that_speaks_gets_none() -> None:
    with HEALTHY.open("rb") as log:
        ran = subprocess.run([*PROGRAM, "-q"], stdin=log, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "healthy\n", "")


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize("words", [[], ["--lang", "zh"], ["diagnose"]])
def test_a_terminal_without_input_prints_help(words: list[str]) -> None:
    import pty

    main, side = pty.openpty()
    try:
        ran = subprocess.run([*PROGRAM, *words], stdin=side, capture_output=True, text=True, check=False)
    finally:
        os.close(main)
        os.close(side)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, app.HELP, "")


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
def test_check_on_a_terminal_says_what_it_takes() -> None:
    import pty

    main, side = pty.openpty()
    try:
        ran = subprocess.run([*PROGRAM, "check"], stdin=side, capture_output=True, text=True, check=False)
    finally:
        os.close(main)
        os.close(side)
    assert ran.returncode == 2
    assert ran.stderr == "error: nothing was given to check. Give a FILE, a 'COMMAND' in quotes, or -- COMMAND....\n"


def test_a_reader_that_went_away() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = subprocess.run([*PROGRAM, FAILED], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert (ran.returncode, ran.stderr) == (app.READER_GONE, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([*PROGRAM, FAILED], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        2,
        "error: standard output: cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp936", "utf-8"])
def test_any_encoding_of_the_streams(encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    ran = subprocess.run([*PROGRAM, FAILED, "--lang", "zh"], capture_output=True, env=environment, check=False)
    text = ran.stdout.decode(encoding)
    assert ran.stderr == b""
    assert ("根" in text or "请" in text) is (encoding != "ascii")
    assert "--max-model-len 16384" in text
