"""`vllm-doctor run` as a process of its own, with a stub in vLLM's place."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

STUB = Path(__file__).with_name("vllm_stub.py")
LIMIT = 60
"""Seconds after which a test that hangs is given up; no promise about time."""


@dataclass(frozen=True)
class Wrapper:
    """Starts `vllm-doctor run`; `vllm` on its PATH is the stub."""

    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment, without wishes about colour."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "STARTS": str(self.folder / "starts"), "NO_COLOR": "1", "COLUMNS": "80"}

    def words(self, *words: str) -> list[str]:
        """The words of the process."""
        return [sys.executable, "-m", "vllm_doctor", "run", *words]

    def start(self, *words: str, **options: object) -> subprocess.Popen[bytes]:
        """Start it, its output piped unless told otherwise."""
        piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(self.words(*words), env=self.env, cwd=self.folder, **(piped | options))  # type: ignore[call-overload, no-any-return]

    def __call__(self, *words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
        """Run it to its end."""
        process = self.start(*words, **options)
        out, err = process.communicate(timeout=LIMIT)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    @property
    def starts(self) -> list[str]:
        """The arguments of each start of the stub."""
        return (self.folder / "starts").read_text().splitlines()


@pytest.fixture
def wrapper(tmp_path: Path) -> Wrapper:
    """The program in an empty folder."""
    (tmp_path / "bin").mkdir()
    vllm = tmp_path / "bin" / "vllm"
    vllm.write_text(f"#!{sys.executable}\n" + STUB.read_text())
    vllm.chmod(0o755)
    return Wrapper(tmp_path)
