"""The program where something of its surroundings is missing: an answer or one sentence, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT / "examples" / "kv-cache-too-small.log"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
PROGRAM = [sys.executable, "-m", "vllm_doctor"]


def _run(script: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """The program run by a shell script, in which `$DOCTOR` is the program and `$LOG` a log that failed."""
    command = " ".join(f"'{word}'" for word in PROGRAM)
    whole = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LOG": str(LOG)} | env
    return subprocess.run(
        ["sh", "-c", script.replace("$DOCTOR", command)], env=whole, cwd=cwd, capture_output=True, timeout=120
    )


CASES = {
    "no HOME": ("$DOCTOR $LOG", {}, 1),
    "HOME is no folder": ("$DOCTOR $LOG", {"HOME": "/dev/null"}, 1),
    "HOME is empty": ("$DOCTOR check 'vllm serve org/m'", {"HOME": ""}, 0),
    "caches are no folders": (
        "$DOCTOR check 'vllm serve org/m'",
        {"HF_HOME": "/dev/zero", "HF_HUB_CACHE": "\x1b[2J", "XDG_CACHE_HOME": "/proc/self/mem"},
        0,
    ),
    "cwd is gone": ("mkdir gone && cd gone && rmdir ../gone && $DOCTOR $LOG", {}, 1),
    "cwd is gone, check": ("mkdir gone && cd gone && rmdir ../gone && $DOCTOR check 'vllm serve m'", {}, 0),
    "cwd is read-only": ("mkdir ro && chmod 555 ro && cd ro && $DOCTOR $LOG", {}, 1),
    "standard input is closed": ("$DOCTOR <&-", {}, 2),
    "standard input is closed, with a file": ("$DOCTOR $LOG <&-", {}, 1),
    "standard error is closed": ("$DOCTOR $LOG 2>&-", {}, 1),
    "standard error is closed, with an error": ("$DOCTOR nothing.log 2>&-", {}, 2),
    "standard output is closed": ("$DOCTOR $LOG >&-", {}, None),
    "standard output is full": ("$DOCTOR $LOG >/dev/full", {}, 2),
    "nobody reads": ("$DOCTOR $LOG | true", {}, 0),
    "all is closed": ("$DOCTOR $LOG <&- >&- 2>&-", {}, None),
    "C locale": ("$DOCTOR $LOG", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, 1),
    "C locale, Chinese": ("$DOCTOR --lang zh $LOG", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, 1),
    "ascii streams": ("$DOCTOR --lang zh $LOG", {"PYTHONIOENCODING": "ascii"}, 1),
    "cp1252 streams": ("$DOCTOR $LOG", {"PYTHONIOENCODING": "cp1252"}, 1),
    "odd widths": ("$DOCTOR $LOG", {"COLUMNS": "-5", "LINES": "x"}, 1),
    "a wide terminal": ("$DOCTOR $LOG", {"COLUMNS": "99999999999"}, 1),
    "a name that is no UTF-8": (
        "cp $LOG \"$(printf 'a\\377b.log')\" && $DOCTOR \"$(printf 'a\\377b.log')\"",
        {"LC_ALL": "C.UTF-8"},
        1,
    ),
    "a name that is an escape": (
        "cp $LOG \"$(printf 'a\\033[2J.log')\" && $DOCTOR \"$(printf 'a\\033[2J.log')\"",
        {},
        1,
    ),
    "a name with a dash": ("cp $LOG ./-x.log && $DOCTOR -- -x.log", {}, 1),
}


@pytest.mark.parametrize(("script", "env", "code"), CASES.values(), ids=CASES)
def test_an_answer_or_one_sentence(script: str, env: dict[str, str], code: int | None, tmp_path: Path) -> None:
    """The exit code is that of the answer, and no traceback is shown."""
    ended = _run(script, env, tmp_path)
    shown = ended.stdout + ended.stderr
    assert b"Traceback" not in shown
    assert b"bug of vllm-doctor" not in shown
    assert b"\x1b[2J" not in shown
    if code is not None:
        assert ended.returncode == code, shown[-2000:]


def test_fix_in_a_folder_that_cannot_be_written_leaves_the_file(tmp_path: Path) -> None:
    """The file is as it was, and one sentence says so."""
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    script = tmp_path / "start.sh"
    script.write_text("vllm serve m --max-model-length 4096\n")
    tmp_path.chmod(0o555)
    try:
        ended = _run("$DOCTOR check --fix start.sh", {}, tmp_path)
    finally:
        tmp_path.chmod(0o755)
    assert ended.returncode == 2
    assert script.read_text() == "vllm serve m --max-model-length 4096\n"
    assert b"The file is unchanged" in ended.stderr
