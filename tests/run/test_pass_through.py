"""What a command gets and gives is what it would get and give alone."""

from __future__ import annotations

import os
import pty
import signal
import sys

import pytest

from .conftest import LIMIT, Wrapper

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")


def test_bytes_pass_unchanged_on_both_streams(wrapper: Wrapper) -> None:
    code = "import os; os.write(1, bytes(range(256)) * 999 + b'no end'); os.write(2, b'\\0\\r\\xff\\r\\n')"
    ran = wrapper("--", sys.executable, "-c", code)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, bytes(range(256)) * 999 + b"no end", b"\0\r\xff\r\n")


def test_output_does_not_wait_for_a_newline(wrapper: Wrapper) -> None:
    code = "import os; os.write(1, b'name? '); os.write(1, b'hello ' + os.read(0, 99))"
    process = wrapper.start("--", sys.executable, "-c", code, stdin=-1)
    assert process.stdin
    assert process.stdout
    assert os.read(process.stdout.fileno(), 99) == b"name? "
    out, _ = process.communicate(b"you", timeout=LIMIT)
    assert out == b"hello you"


def test_no_shell_takes_part(wrapper: Wrapper) -> None:
    ran = wrapper("--", "A=$HOME `x`", "vllm", "serve", "$HOME", "a  b", "*", ";", "")
    assert ran.stdout == b"argv ['serve', '$HOME', 'a  b', '*', ';', '']\n"


def test_leading_assignments_are_its_environment(wrapper: Wrapper) -> None:
    code = "import os; print(os.environ['A'], os.environ['B'])"
    assert wrapper("--", "A=x=1", "B=two words", sys.executable, "-c", code).stdout == b"x=1 two words\n"


@pytest.mark.parametrize("dashes", [["--"], []])
def test_its_own_options_are_its_own(wrapper: Wrapper, dashes: list[str]) -> None:
    ran = wrapper(*dashes, "vllm", "serve", "--heal", "--help")
    assert ran.stdout == b"argv ['serve', '--heal', '--help']\n"


@pytest.mark.parametrize("code", [0, 1, 2, 77, 125, 255])
def test_the_exit_code_is_the_commands(wrapper: Wrapper, code: int) -> None:
    assert wrapper("--", f"CODE={code}", "vllm", "serve").returncode == code


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_the_exit_code_of_a_signal(wrapper: Wrapper, signum: signal.Signals) -> None:
    ran = wrapper("--", sys.executable, "-c", f"import os; os.kill(os.getpid(), {int(signum)})")
    assert ran.returncode == 128 + signum
    assert f"the command was ended by {signum.name}".encode() in ran.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 125, b"error: vllm-doctor run: no command was given."),
        (["A=1"], 125, b"error: vllm-doctor run: no command was given."),
        (["--foo", "--", "vllm"], 125, b"error: No such option '--foo'"),
        (["--heal", "x", "--", "vllm"], 125, b"error: Invalid value for '--heal'"),
        (["--events", "777", "--", "vllm"], 125, b"error: --events 777: this descriptor is not open"),
        (["--", "no-such-program"], 127, b"no-such-program: No such file or directory"),
        (["--", "/"], 126, b"/: Permission denied"),
    ],
)
def test_errors_of_our_own(wrapper: Wrapper, words: list[str], code: int, said: bytes) -> None:
    ran = wrapper(*words)
    assert (ran.returncode, ran.stdout) == (code, b"")
    assert said in ran.stderr


def test_a_reader_that_goes_ends_nothing(wrapper: Wrapper) -> None:
    process = wrapper.start("--", sys.executable, "-c", "for n in range(99999): print(n)\nraise SystemExit(3)")
    assert process.stdout
    process.stdout.close()
    process.stdout = None
    process.communicate(timeout=LIMIT)
    assert process.returncode == 3


def test_a_terminal_stays_a_terminal(wrapper: Wrapper) -> None:
    ours, theirs = pty.openpty()
    code = "import os, sys; print(os.isatty(1), os.isatty(2)); sys.stderr.write('a\\tb\\n')"
    process = wrapper.start("--", sys.executable, "-c", code, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while block := _read(ours):
        seen += block
    os.close(ours)
    assert process.wait(LIMIT) == 0
    assert seen == b"True True\r\na\tb\r\n"


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:
        return b""
