"""The real server: whatever is killed, every process of the launch is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vllm_doctor.run import guardian

pytestmark = pytest.mark.real
TOOLS = Path(__file__).parents[2] / "tools" / "real"
LIMIT = 180
SECONDS = 5
"""Within which all must be gone, once what is killed is gone."""


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment with the real vLLM first on its PATH, marked by a folder of the test's."""
    made = subprocess.run([TOOLS / "setup.sh"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    folder = tmp_path_factory.mktemp("real")
    sys.path.insert(0, str(TOOLS))
    try:
        from models import write_models
    finally:
        sys.path.remove(str(TOOLS))
    write_models(folder)
    quiet = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "VLLM_CPU_KVCACHE_SPACE": "1"}
    return {**os.environ, **quiet, "PATH": f"{made}/bin{os.pathsep}{os.environ['PATH']}", "FOLDER": str(folder)}


def _descendants(pid: int) -> set[int]:
    stats = {int(entry.name): fields for entry in guardian._processes() if (fields := guardian.stat(entry))}
    found = {pid}
    while more := {one for one, fields in stats.items() if int(fields[1]) in found} - found:
        found |= more
    return found


def _alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if (fields := guardian.stat(Path(f"/proc/{pid}"))) and fields[0] not in "ZX"}


@pytest.mark.parametrize("what", ["wrapper TERM", "wrapper KILL", "server KILL"])
def test_every_process_is_gone(env: dict[str, str], what: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "vllm_doctor", "run", "--", "vllm", "serve", f"{env['FOLDER']}/tiny-llama"]
    words += ["--load-format", "dummy", "--skip-tokenizer-init", "--enforce-eager", "--port", "18471"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(words, env=env, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    end = time.monotonic() + LIMIT
    while b"Application startup complete" not in log.read_bytes():
        assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
        assert time.monotonic() < end
        time.sleep(0.5)
    family = _descendants(process.pid)
    (server,) = [pid for pid in family if "serve" in _words(pid) and pid != process.pid]
    assert len(family) >= 4
    whom, how = what.split()
    os.kill(process.pid if whom == "wrapper" else server, signal.Signals[f"SIG{how}"])
    try:
        process.wait(SECONDS + 1)
        time.sleep(SECONDS if how == "KILL" else 0)
        assert _alive(family) == set()
    finally:
        for pid in _alive(family):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []
