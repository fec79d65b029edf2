import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import FAILED, Doctor

PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_an_archive_is_read_from_a_file_and_from_a_pipe(
    doctor: Doctor, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(FAILED.read_bytes())
    log = tmp_path / "crash.log"  # no name tells it
    log.write_bytes(packed)
    plain = doctor("--quiet", FAILED)
    assert doctor("--quiet", log) == plain
    assert doctor("--quiet", stdin=packed) == plain
    assert plain.code == 1


def test_an_archive_of_something_else_is_no_log(doctor: Doctor) -> None:
    ran = doctor(stdin=gzip.compress(b"a letter\n" * 9))
    assert (ran.code, ran.out) == (2, "")
    assert "no vLLM log" in ran.err


def test_zstd_without_its_module_is_one_sentence(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    log = tmp_path / "crash.log.zst"
    log.write_bytes(b"\x28\xb5\x2f\xfd\x04\x00\x01\x00")
    ran = doctor(log)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {log}: this is a zstd archive, which this Python cannot unpack. Install")
