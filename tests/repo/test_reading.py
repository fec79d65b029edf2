"""What is read of a file, and what is said of one that cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vllm_doctor.errors import InputError
from vllm_doctor.repo import reading
from vllm_doctor.repo.reading import Found, read_named, read_walked

TOO_LARGE = (4 << 20) + 1


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _walked(data: bytes) -> Found:
    Path("f").write_bytes(data)
    return read_walked("f")


@pytest.mark.parametrize("word", [b"vllm", b"VLLM", b"vLLM", b"pip install VllM"])
def test_a_file_that_speaks_of_it(word: bytes) -> None:
    assert _walked(b"\xef\xbb\xbf" + word + b"\r\n") == Found(word.decode() + "\r\n", speaks=True)


@pytest.mark.parametrize("data", [b"", b"make all\n", b"vll m", b"\0vllm serve x", b"\x7fELF" + b"\0" * 99 + b"vllm"])
def test_a_file_without_it_and_a_binary_one(data: bytes) -> None:
    assert _walked(data) == Found()


@pytest.mark.parametrize("cut", range(1, 4))
def test_the_word_over_the_edge_of_a_block(monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    monkeypatch.setattr(reading, "_BLOCK", 8)
    assert _walked(b"x" * (8 - cut) + b"vLLm").speaks


def test_what_is_too_large_is_not_looked_into() -> None:
    assert _walked(b"vllm" + b"#" * TOO_LARGE) == Found(large=True)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"vllm serve m # caf\xe9\n", "is no UTF-8 text (byte 18), so it is not read"),
        (b"about vllm: caf\xe9\n", ""),
        ("vllm serve m\n".encode("utf-16"), "is UTF-16 text, which is not read: save it as UTF-8"),
        ("about vLLM\n".encode("utf-16"), ""),
    ],
)
def test_another_encoding_is_a_note_where_there_is_a_launch(data: bytes, note: str) -> None:
    assert _walked(data) == Found(note=note, speaks=True)


def test_a_file_that_has_gone_or_is_closed() -> None:
    assert read_walked("absent") == Found(note="cannot be read: No such file or directory")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_fifo_is_not_waited_for() -> None:
    os.mkfifo("pipe")
    assert read_walked("pipe") == Found()
    with pytest.raises(InputError, match="is no regular file"):
        read_named(Path("pipe"))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"vllm serve m \xe9", "f: is no UTF-8 text (byte 13)"),
        ("vllm serve m".encode("utf-16"), "f: is UTF-16 text. Save it as UTF-8."),
        (b"#" * TOO_LARGE, "f: is larger than 4 MiB, too large for a launch file"),
    ],
)
def test_a_named_file_that_is_an_error(data: bytes, error: str) -> None:
    Path("f").write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_named(Path("f"))
    assert str(caught.value) == error


def test_a_named_file_without_vllm_that_is_no_text() -> None:
    Path("f").write_bytes(b"caf\xe9")
    assert read_named(Path("f")) == ("", "is no UTF-8 text (byte 3)")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from([b"", b"vllm serve m", b"\xff\xfe"]))
def test_any_bytes_give_an_answer(data: bytes, before: bytes) -> None:
    found = _walked(before + data)
    if found.text is not None:
        assert b"vllm" in (before + data).lower()
