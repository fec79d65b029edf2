"""The program run in this process, with streams of its own."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor.cli.app import run

ROOT = Path(__file__).parents[2]
FAILED = ROOT / "examples" / "kv-cache-too-small.log"
HEALTHY = ROOT / "fixtures" / "healthy" / "llama-h200" / "log.txt"
UNKNOWN = ROOT / "fixtures" / "unknown" / "ssl-key-absent" / "log.txt"


@dataclass(frozen=True)
class Ran:
    """How a run ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[Any]:
        """The JSON objects of standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Doctor:
    """Runs the program; `stdin` is what is piped in."""

    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *words: object, stdin: bytes = b"", encoding: str = "utf-8") -> Ran:
        out, err = io.BytesIO(), io.BytesIO()
        with self.monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            patch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding, write_through=True))
            patch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding, write_through=True))
            code = run([str(word) for word in words])
            return Ran(code, out.getvalue().decode(encoding), err.getvalue().decode(encoding))


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Doctor:
    """The program, in an empty folder and with no wishes about colour."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Doctor(monkeypatch)
