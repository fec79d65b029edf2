import bz2
import gzip
import lzma
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor.errors import InputError
from vllm_doctor.log import read_log
from vllm_doctor.log import unpack as unpacking
from vllm_doctor.log.decode import Source
from vllm_doctor.log.types import Log
from vllm_doctor.log.unpack import unpacked

TEXT = "\n".join(f"ERROR 04-07 09:53:{n % 60:02d} [core.py:{n}] step {n * 7919 % 1000} failed" for n in range(3000))
DATA = TEXT.encode()
MANY = b"".join(b"%d %x\n" % (n, n * 7919**3) for n in range(200_000))


def zstd(data: bytes) -> bytes:
    return bytes(_zstd().compress(data))


def _zstd() -> object:
    if sys.version_info >= (3, 14):
        return pytest.importorskip("compression.zstd")
    return pytest.importorskip("backports.zstd")


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
}
ALL = pytest.mark.parametrize("kind", PACKERS)


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def read(data: bytes, size: int = 4096) -> Log:
    return read_log(blocks(data, size), "a.log")


@ALL
@pytest.mark.parametrize("size", [1, 1000, 1 << 20])
def test_an_archive_is_read_as_what_is_in_it(kind: str, size: int) -> None:
    log = read(PACKERS[kind](DATA), size)
    assert log.notes == (f"read as {kind}",)
    assert (log.lines, log.bytes, log.attempts) == (3000, len(DATA), read(DATA).attempts)


@ALL
def test_members_follow_each_other(kind: str) -> None:
    pack = PACKERS[kind]
    log = read(pack(DATA[:999]) + pack(b"") + pack(DATA[999:]))
    assert log.attempts == read(DATA).attempts
    assert len(log.notes) == 1


@ALL
def test_of_a_cut_archive_what_is_there_is_read(kind: str) -> None:
    packed = PACKERS[kind](MANY)
    log = read(packed[: len(packed) * 2 // 3])
    assert log.notes[:2] == (f"read as {kind}", "the archive is cut off; what is there was read")
    assert 10 < log.lines < 200_000


@ALL
def test_of_a_broken_archive_what_is_before_is_read(kind: str) -> None:
    packed = bytearray(PACKERS[kind](MANY))
    packed[len(packed) // 2 :] = b"\xff" * (len(packed) - len(packed) // 2)
    log = read(bytes(packed))
    assert log.notes[0] == f"read as {kind}"
    assert log.notes[1].startswith(("the archive is broken after ", "the archive is cut off"))
    assert log.lines > 10


@ALL
def test_rubbish_behind_an_archive_is_left_out(kind: str) -> None:
    log = read(PACKERS[kind](DATA) + b"rubbish that is no archive")
    assert log.attempts == read(DATA).attempts
    assert log.notes[-1] == f"what follows the {kind} archive was left out"


def test_padding_is_no_rubbish() -> None:
    assert read(gzip.compress(DATA) + bytes(512)).notes == ("read as gzip",)


@ALL
def test_what_unpacks_to_too_much_is_not_read_on(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "ALLOWED", 1 << 20)
    monkeypatch.setattr(unpacking, "MOST_TIMES", 10)
    source = Source()
    made = [len(block) for block in unpacked(blocks(PACKERS[kind](bytes(50 << 20)), 4096), source, "x")]
    assert sum(made) <= (1 << 20) + 10 * 4096 * 2 + 2 * unpacking.BLOCK
    assert max(made) <= unpacking.BLOCK
    assert source.notes[-1] == "the archive unpacks to more than 10 times its size and was not read on"


def test_an_xz_archive_that_looks_back_too_far_is_an_error() -> None:
    packed = lzma.compress(DATA, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 128 << 20}])
    with pytest.raises(InputError, match=r"xz archive wants a window of more than 64 MiB") as error:
        read(packed)
    assert error.value.where == "a.log"


def test_a_zstd_archive_that_looks_back_too_far_is_an_error() -> None:
    module: object = _zstd()
    packer = module.ZstdCompressor(options={module.CompressionParameter.window_log: 27})  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=r"zstd archive wants a window of more than 64 MiB"):
        read(packer.compress(DATA) + packer.flush())


def test_zstd_where_nothing_reads_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    with pytest.raises(InputError, match="this is a zstd archive, which this Python cannot unpack") as error:
        read(b"\x28\xb5\x2f\xfd\x04\x00\x01\x00")
    assert "zstd -dc FILE | vllm-doctor" in error.value.do


@pytest.mark.parametrize("data", [b"BZhello\n", b"(\xb5\n", b"\x1f", b"", b"(EngineCore pid=1) x\n", b"\xfd7zX\n"])
def test_what_only_begins_like_an_archive_is_text(data: bytes) -> None:
    assert read(data, 1).notes == ()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00"]), st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_behind_a_magic_are_read(magic: bytes, data: bytes, size: int) -> None:
    assert read(magic + data, size).attempts
