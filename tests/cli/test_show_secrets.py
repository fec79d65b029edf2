"""`--show-secrets`: on a terminal what is masked is shown, elsewhere the option is an error."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Doctor
from tests.cli.test_fit import CONFIGS

PROGRAM = (sys.executable, "-c", "from vllm_doctor.cli import main; main()")
SECRET = "whisper-of-the-owl"
COMMAND = f"vllm serve org/m --api-key {SECRET} --max-model-length 4096"
LOG = f"""\
INFO 11-22 10:00:00 [api_server.py:1] vLLM API server version 0.24.0
(APIServer pid=1) ValueError: HF_TOKEN={SECRET} is no token
Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/vllm/entrypoints/openai/api_server.py", line 1, in main
    run()
ValueError: HF_TOKEN={SECRET} is no token
"""
CALLS = {
    "diagnose": (["crash.log"], SECRET),
    "json": (["crash.log", "--format", "json"], SECRET),
    "check": (["check", COMMAND], f"--api-key {SECRET} --max-model-len"),
    "migrate": (
        ["migrate", "--to", "0.24.0", f"vllm serve org/m --api-key {SECRET} --guided-decoding-backend xgrammar"],
        f"--api-key {SECRET} --structured-outputs-config",
    ),
    "fit": (
        ["fit", "--gpu", "A10", f"vllm serve ./llama --api-key {SECRET} --max-model-len 131072"],
        f"--api-key {SECRET} --max-model-len",
    ),
}


def on_a_terminal(words: list[str], folder: Path) -> str:
    """What the program writes to a terminal."""
    import pty

    main, side = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [*PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=side, stderr=subprocess.PIPE, cwd=folder
    ) as ran:
        os.close(side)
        try:
            while block := os.read(main, 1 << 16):
                shown += block
        except OSError:  # how Linux tells that the other side is closed
            pass
        finally:
            os.close(main)
        assert ran.stderr is not None
        assert not ran.stderr.read()
    return shown.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "crash.log").write_text(LOG)
    (tmp_path / "llama").mkdir()
    (tmp_path / "llama" / "config.json").write_text(json.dumps(CONFIGS["llama-3.1-8b"]))
    return tmp_path


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize("name", CALLS)
def test_a_terminal_shows_them_where_that_is_asked(name: str, folder: Path) -> None:
    words, wanted = CALLS[name]
    assert SECRET not in on_a_terminal(words, folder)
    shown = on_a_terminal([*words, "--show-secrets"], folder)
    assert shown
    assert wanted in " ".join(shown.split())
    assert "***" not in shown


@pytest.mark.parametrize("name", CALLS)
def test_elsewhere_it_is_an_error(name: str, folder: Path, doctor: Doctor) -> None:
    ran = doctor(*CALLS[name][0], "--show-secrets")
    said = json.loads(ran.out)["error"]["what"] if name == "json" else ran.err
    assert ran.code == 2
    assert "secrets are only shown on a terminal" in said
    assert SECRET not in ran.out + ran.err


def test_the_next_command_hides_them_again(folder: Path, doctor: Doctor) -> None:
    doctor("check", COMMAND, "--show-secrets")
    assert SECRET not in doctor("check", COMMAND).out
