"""A growing log: real processes where the stream is real, and no clock but for giving up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from vllm_doctor.cli.follow import QUIET, File, Follower

from .conftest import FAILED, HEALTHY, Doctor

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="--follow needs a system that can fork")
PROGRAM = [sys.executable, "-c", "from vllm_doctor.cli import main; main()"]
COMMAND = "vllm serve /models/llama-3.1-8b --skip-tokenizer-init --port 8672 --load-format dummy "
FIXED = COMMAND + "--gpu-memory-utilization 0.13 --max-model-len 16384\n"
GIVEN_UP = 60


class Running:
    """The program while it follows."""

    def __init__(self, *words: object) -> None:
        self.process = subprocess.Popen(
            [*PROGRAM, "--follow", "--quiet", *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    def line(self) -> str:
        """The next line that it prints; the process is still there then."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        assert self.process.poll() is None
        return line

    def ended(self, by: int = 0) -> tuple[int, str]:
        """Its exit code and what else it printed."""
        if by:
            self.process.send_signal(by)
        out, _ = self.process.communicate(timeout=GIVEN_UP)
        return self.process.returncode, out.decode()


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the program; what still runs at the end of the test is killed."""
    started: list[Running] = []

    def begin(*words: object) -> Running:
        started.append(Running(*words))
        return started[-1]

    yield begin
    for running in started:
        with running.process as process:
            process.kill()


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_a_failure_is_told_while_the_log_is_open(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    data = FAILED.read_bytes()
    log.write_bytes(data[:5000])
    running = start(log)
    append(log, data[5000:])
    assert running.line() == FIXED
    append(log, b"INFO 04-07 09:53:02 [a.py:1] goodbye, an error was there\n")
    append(log, data)
    assert running.line() == FIXED
    assert running.ended(signal.SIGINT) == (1, "")


def test_a_log_that_is_turned_round_or_cut_is_read_on(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(FAILED.read_bytes())
    running = start(log)
    assert running.line() == FIXED
    log.rename(tmp_path / "a.log.1")
    log.write_bytes(FAILED.read_bytes())
    assert running.line() == FIXED
    log.write_bytes(FAILED.read_bytes()[:-1])
    assert running.line() == FIXED
    assert running.ended(signal.SIGINT) == (1, "")


def test_a_live_pipe_is_told_before_its_end(start: Start) -> None:
    running = start()
    running.stdin.write(FAILED.read_bytes())
    running.stdin.flush()
    assert running.line() == FIXED
    running.stdin.write(b"more\n")
    assert running.ended() == (1, "")


def test_without_follow_a_pipe_is_read_to_its_end() -> None:
    data = FAILED.read_bytes()
    ran = subprocess.run([*PROGRAM, "--quiet"], input=data, stdout=subprocess.PIPE, check=False)
    assert (ran.returncode, ran.stdout.decode()) == (1, FIXED)


def test_a_healthy_log_says_nothing_until_the_interrupt(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(HEALTHY.read_bytes())
    running = start(log, "--format", "json")
    append(log, FAILED.read_bytes())
    assert '"kv-cache-too-small"' in running.line()
    code, rest = running.ended(signal.SIGINT)
    assert (code, rest) == (1, "")


def test_what_is_no_log_is_only_said_at_the_end(start: Start) -> None:
    running = start()
    running.stdin.write(b"an error, but no log\n")
    running.stdin.flush()
    code, out = running.ended()
    assert (code, out) == (2, "")


def test_one_log_at_a_time(doctor: Doctor) -> None:
    ran = doctor("--follow", FAILED, HEALTHY)
    assert ran.code == 2
    assert "--follow takes one log" in ran.err


def test_a_file_that_is_not_there(doctor: Doctor) -> None:
    ran = doctor("--follow", "absent.log")
    assert ran.code == 2
    assert "absent.log" in ran.err


class Script:
    """A stream of blocks; each wait lets the seconds pass."""

    def __init__(self, *blocks: bytes | None) -> None:
        self.blocks = list(blocks)
        self.now = 0.0

    def read(self) -> bytes | None:
        return self.blocks.pop(0)

    def wait(self, seconds: float) -> None:
        self.now += seconds


def looks(script: Script, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When a follower of a script looked."""
    found: list[float] = []
    monkeypatch.setattr(Follower, "_look", lambda self: found.append(self.clock()))
    written = b"".join(block for block in script.blocks if block)
    assert b"".join(Follower(script, clock=lambda: script.now).blocks()) == written
    return found


def test_a_look_is_taken_after_a_silence_only(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(b"x\n", b"", b"y\n", *[b""] * 9, b"an Err", b"or\n", *[b""] * 9, b"fine\n", *[b""] * 9, None)
    found = looks(script, monkeypatch)
    assert len(found) == 2
    assert found[0] >= QUIET
    assert found[1] - found[0] >= QUIET


def test_an_interrupt_ends_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(b"x\n", b"")

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(script, "wait", interrupted)
    assert list(Follower(script, clock=lambda: script.now).blocks()) == [b"x\n"]


def test_a_file_is_read_through_its_turns(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"one\n")
    file = File(log)
    assert (file.read(), file.read()) == (b"one\n", b"")
    append(log, b"two\n")
    log.rename(tmp_path / "a.log.1")
    assert (file.read(), file.read()) == (b"two\n", b"")
    log.write_bytes(b"three\n")
    assert (file.read(), file.read(), file.read()) == (b"\n", b"three\n", b"")
    log.write_bytes(b"4\n")
    assert (file.read(), file.read(), file.read()) == (b"\n", b"4\n", b"")
