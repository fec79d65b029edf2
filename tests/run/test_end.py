"""Signals are passed on, and nothing of a launch outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vllm_doctor.run import guardian

from .conftest import LIMIT, Wrapper

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")


def _started(wrapper: Wrapper, *words: str) -> subprocess.Popen[bytes]:
    """The wrapper, its command ready; the command's environment names the test's folder."""
    process = wrapper.start(*words)
    assert process.stdout
    while (line := process.stdout.readline()) != b"ready\n":
        assert line, process.stderr and process.stderr.read()
    return process


def _alive(wrapper: Wrapper) -> list[str]:
    """The commands of living processes that the wrapper's environment reached; the guardian is one of them."""
    sign = f"STARTS={wrapper.folder / 'starts'}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and sign in (entry / "environ").read_bytes():
                fields = guardian.stat(entry)
                if fields and fields[0] not in "ZX":
                    found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def _gone(wrapper: Wrapper) -> bool:
    """Whether all are gone, waited for as long as a test may hang."""
    end = time.monotonic() + LIMIT
    while _alive(wrapper) and time.monotonic() < end:
        time.sleep(0.05)
    return not _alive(wrapper)


def _pid(wrapper: Wrapper) -> int:
    """The process id of the stub."""
    sign = f"{wrapper.folder / 'bin' / 'vllm'}"
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_text().split("\0") if entry.name.isdigit() else []
        except OSError:
            continue
        if sign in words[1:2]:
            return int(entry.name)
    raise AssertionError("the stub does not run")


@pytest.mark.parametrize(("code", "expected"), [("0", 0), ("7", 7)])
def test_sigterm_reaches_the_command_whose_answer_counts(wrapper: Wrapper, code: str, expected: int) -> None:
    process = _started(wrapper, "--heal", "3", "--", f"WAIT={code}", "vllm", "serve", "m")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err, len(wrapper.starts)) == (expected, b"", 1)
    assert _gone(wrapper)


def test_other_signals_are_passed_on(wrapper: Wrapper) -> None:
    process = _started(wrapper, "--", "WAIT=0", "vllm", "serve", "m")
    process.send_signal(signal.SIGUSR1)
    assert process.stdout
    assert process.stdout.readline() == b"usr1\n"
    process.terminate()
    process.communicate(timeout=LIMIT)


def test_a_command_that_ignores_sigterm_is_killed_after_the_grace(wrapper: Wrapper) -> None:
    code = "import signal; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); signal.pause()"
    process = _started(wrapper, "--grace", "0.2", "--", sys.executable, "-c", code)
    process.terminate()
    process.communicate(timeout=LIMIT)
    assert process.returncode == 137


LINGERING = "LINGER=plain,session"


def test_nothing_is_left_when_the_command_ends(wrapper: Wrapper) -> None:
    ran = wrapper("--", LINGERING, "CODE=5", "vllm", "serve", "m")
    assert ran.returncode == 5
    assert _gone(wrapper)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_wrapper_is_killed(wrapper: Wrapper, signum: signal.Signals) -> None:
    process = _started(wrapper, "--", LINGERING, "WAIT=0", "vllm", "serve", "m")
    assert len(_alive(wrapper)) >= 4
    process.send_signal(signum)
    process.communicate(timeout=LIMIT)
    assert _gone(wrapper)


def test_nothing_is_left_when_the_command_alone_is_killed(wrapper: Wrapper) -> None:
    process = _started(wrapper, "--", LINGERING, "WAIT=0", "vllm", "serve", "m")
    os.kill(_pid(wrapper), signal.SIGKILL)
    process.communicate(timeout=LIMIT)
    assert process.returncode == 137
    assert _gone(wrapper)


def test_orphans_are_reaped(wrapper: Wrapper) -> None:
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0: os._exit(0)\n"
        "    os._exit(0)\n"
        "os.wait(); print('ready', flush=True); time.sleep(600)"
    )
    process = _started(wrapper, "--", sys.executable, "-c", code)
    end = time.monotonic() + LIMIT
    while _zombies(process.pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert _zombies(process.pid) == 0
    process.terminate()
    process.communicate(timeout=LIMIT)
    assert process.returncode == 143


def _zombies(parent: int) -> int:
    stats = [guardian.stat(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return sum(1 for fields in stats if fields and fields[0] == "Z" and int(fields[1]) == parent)
