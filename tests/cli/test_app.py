"""Exit codes, errors, and what every command shares."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vllm_doctor import __version__, pipeline
from vllm_doctor.cli import app, owner

from .conftest import FAILED, HEALTHY, UNKNOWN, Doctor

if TYPE_CHECKING:
    from vllm_doctor.finding import Diagnosis

NO_LOG = (
    "this is no vLLM log. Pipe in what the server printed, from its start: "
    "`docker logs NAME 2>&1`, `kubectl logs POD --previous`.\n"
)


def test_version(doctor: Doctor) -> None:
    assert doctor("--version").out == f"vllm-doctor {__version__}\n"


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help(doctor: Doctor, word: str) -> None:
    ran = doctor(word)
    assert (ran.code, ran.out) == (0, app.HELP)


@pytest.mark.parametrize("command", app.COMMANDS)
def test_each_command_has_help(doctor: Doctor, command: str) -> None:
    ran = doctor(command, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: vllm-doctor {command} ")


def test_help_fits_eighty_columns() -> None:
    assert max(len(line) for line in app.HELP.splitlines()) <= 86


@pytest.mark.parametrize(("log", "code"), [(FAILED, 1), (HEALTHY, 0), (UNKNOWN, 1)])
def test_exit_codes_of_logs(doctor: Doctor, log: Path, code: int) -> None:
    assert doctor(log).code == code


def test_an_incomplete_start_gives_1(doctor: Doctor) -> None:
    started = HEALTHY.read_bytes().splitlines(keepends=True)[:8]
    ran = doctor("--format", "json", stdin=b"".join(started))
    assert (ran.code, ran.objects[0]["verdict"]) == (1, "incomplete")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--foo"], "No such option '--foo'. Did you mean one of: '--color', '--follow', '--format'?"),
        (["check", "--fixx", "x"], "No such option '--fixx'. Did you mean '--fix'?"),
        (["rules", "tst"], "No such command 'tst'. Did you mean 'test'?"),
        (["explain"], "Missing argument 'ID...'. See vllm-doctor --help."),
        (
            ["--lang", "fr"],
            "Invalid value for '--lang': 'fr' is not one of 'en', 'zh'. See vllm-doctor --help.",
        ),
        (["check", "nofile"], "nofile: does not exist. Give a file that does, or a whole command in quotes."),
        (["explain", "cudagraf"], "cudagraf: no rule and no cause has this id. Did you mean oom-cudagraph?"),
        (
            ["rules", "test", "nodir"],
            "nodir: this folder of rules does not exist. Give a folder of YAML files.",
        ),
        (
            ["--rules", "nodir", str(FAILED)],
            "nodir: this folder of rules does not exist. Give a folder of YAML files.",
        ),
        (
            [str(FAILED), "--command", "ls -l"],
            "--command: there is no vLLM launch in this command. Give what was run: 'vllm serve MODEL …'.",
        ),
        ([str(FAILED), "--launch", "nofile"], "nofile: does not exist"),
        (
            [str(FAILED), "--gpu", "Foo"],
            "'Foo' is no GPU that is known here. Give its memory in GiB, for example 24GiB",
        ),
    ],
)
def test_one_sentence_and_2(doctor: Doctor, words: list[str], error: str) -> None:
    ran = doctor(*words)
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: {error}\n")


@pytest.mark.parametrize("form", [["--format", "json"], ["--format=json"]])
def test_errors_as_json(doctor: Doctor, form: list[str]) -> None:
    ran = doctor(*form, "chek")
    assert (ran.code, ran.err) == (2, "")
    body = {"what": "this is neither a command nor a file", "where": "chek", "do": "Did you mean check?"}
    assert ran.objects == [{"schema_version": 1, "error": body}]


def test_usage_errors_as_json(doctor: Doctor) -> None:
    ran = doctor(FAILED, "--format", "json", "--foo")
    assert (ran.code, ran.objects[0]["error"]["what"]) == (2, "No such option '--foo'")


def test_the_word_json_elsewhere_asks_for_nothing(doctor: Doctor) -> None:
    ran = doctor(FAILED, "--command", "ls --format json")
    assert ran.out == ""
    assert ran.err.startswith("error: --command: ")


def test_a_bug_is_no_verdict(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Diagnosis:
        raise TypeError("no such thing")

    monkeypatch.setattr(pipeline, "diagnose", broken)
    ran = doctor(FAILED)
    assert ran.code == 2
    assert ran.err.startswith("error: test_app.py:")
    assert ran.err.endswith("this is a bug of vllm-doctor: TypeError: no such thing. Please report it with the input\n")


def test_ctrl_c(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> Diagnosis:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "diagnose", stopped)
    assert doctor(FAILED).code == 130


def _program(*words: str, out: int | None = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "vllm_doctor", *words]
    return subprocess.run(call, stdout=out, stderr=subprocess.PIPE, text=True, check=False)


def test_main_exits_with_the_code() -> None:
    """At once, with all that was printed written out."""
    ran = _program("no such file")
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: no such file: this is neither")
    ran = _program(str(FAILED))
    assert ran.returncode == 1
    assert ran.stdout.startswith(str(FAILED))
    assert ran.stdout.endswith("\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device here")  # noqa: PTH110
def test_what_cannot_be_written_out_is_told() -> None:
    """Neither a traceback nor the exit code of success."""
    with open("/dev/full", "w") as full:  # noqa: PTH123
        ran = _program("--help", out=full.fileno())
    assert ran.returncode != 0
    assert "Traceback" not in ran.stderr
    assert ran.stderr


@pytest.mark.parametrize(
    "data",
    [
        b"hello\n",
        b"\0" * 3000,
        bytes(range(256)) * 40,
        b"\xff\xfe\0\0",
        b"\x1b[31m" * 500,
        "你好\n".encode("gb18030"),
        b"\r" * 999,
    ],
    ids=["text", "nuls", "bytes", "bom", "ansi", "gb18030", "cr"],
)
def test_no_vllm_log(doctor: Doctor, data: bytes) -> None:
    Path("x.log").write_bytes(data)
    ran = doctor("x.log")
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: x.log: {NO_LOG}")
    ran = doctor(stdin=data)
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: <stdin>: {NO_LOG}")


def test_nothing_at_all(doctor: Doctor) -> None:
    empty = NO_LOG.replace("this is no vLLM log", "this log is empty")
    assert doctor().err == f"error: <stdin>: {empty}"
    Path("x.log").touch()
    assert doctor("x.log").err == f"error: x.log: {empty}"


def test_a_folder(doctor: Doctor) -> None:
    Path("logs").mkdir()
    assert doctor("logs").err == "error: logs: cannot be read: Is a directory. Give a log file.\n"
    ran = doctor("check", "logs")
    assert (ran.code, ran.out, ran.err) == (0, "no launch of vLLM was found\n", "")


def test_an_unreadable_file(doctor: Doctor) -> None:
    for name in ("x.log", "x.sh"):
        Path(name).touch(0)
    if os.access("x.log", os.R_OK):
        pytest.skip("this user reads every file")
    assert doctor("x.log").err == "error: x.log: cannot be read: Permission denied. Give a log file.\n"
    assert doctor("check", "x.sh").err == "error: x.sh: cannot be read: Permission denied\n"


def test_a_closed_standard_input(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vllm_doctor.cli.terminal.sys", _NoInput())
    assert doctor("-").err == "error: <stdin>: standard input is closed. Give a FILE, or pipe something in.\n"


class _NoInput:
    """`sys` of a process that was started with `<&-`."""

    stdin = None

    def __getattr__(self, name: str) -> object:
        return getattr(sys, name)


def test_another_owner_is_named_in_one_line(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "other_owner", lambda: "vllm_doctor-0.6.0")
    warning = "vllm-doctor: vllm_doctor-0.6.0 is another tool of this name; this one is vllm-launch-doctor\n"
    assert doctor(HEALTHY).err == warning
    assert doctor("--version").err == ""


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["vllm_launch_doctor-0.1.0.dist-info", "vllm-0.24.0.dist-info"], None),
        (["vllm_doctor-0.6.0.dist-info"], "vllm_doctor-0.6.0"),
        (["vllm_doctor-0.6.0.egg-info"], "vllm_doctor-0.6.0"),
        (["vllm_doctor-plugins"], None),
    ],
)
def test_other_owner(tmp_path: Path, names: list[str], found: str | None) -> None:
    for name in names:
        (tmp_path / name).mkdir()
    assert owner.other_owner(tmp_path) == found
    assert owner.other_owner(tmp_path / "absent") is None
