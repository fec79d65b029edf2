from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor import vllm
from vllm_doctor.vllm import versions


def test_releases_are_oldest_first_and_whole() -> None:
    every = vllm.releases()
    assert every[0] == "0.4.1"
    assert {"0.8.3", "0.9.0.1", "0.15.0", "0.33.0"} <= set(every)
    numbers = [tuple(int(part) for part in release.split(".post")[0].split(".")) for release in every]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("version", "read"),
    [
        ("0.8.3", "0.8.3"),
        ("v0.8.3", "0.8.3"),
        ("0.8.5.post1", "0.8.5"),
        ("0.10.2rc3", "0.10.2"),
        ("0.32.0+cpu", "0.32.0"),
        ("0.9.2.dev123+gabcdef", "0.9.2"),
        ("0.9.0.1", "0.9.0.1"),
        ("0.8", "0.8.0"),
        ("latest", None),
        ("", None),
        ("nightly-0", None),
        ("v", None),
    ],
)
def test_base(version: str, read: str | None) -> None:
    assert vllm.base(version) == read


def test_a_post_release_that_differs_reads_as_itself() -> None:
    # 0.6.1.post1 changed --max-log-len; 0.8.5.post1 changed nothing that is told here
    assert "0.6.1.post1" in vllm.releases()
    assert vllm.base("0.6.1.post1") == "0.6.1.post1"
    assert "0.8.5.post1" not in vllm.releases()


def test_newer_than_table() -> None:
    assert vllm.newer_than_table("0.99.0")
    assert not vllm.newer_than_table(vllm.releases()[-1])
    assert not vllm.newer_than_table("0.4.0")
    assert not vllm.newer_than_table("what")


def test_a_release_between_two_reads_as_the_older() -> None:
    assert versions.number("0.8.99") == versions.number("0.8.5")
    assert versions.number("0.4.0") is None
    assert versions.number("99.0.0") == len(vllm.releases()) - 1


@given(st.text(max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    read = vllm.base(text)
    assert read is None or vllm.base(read) == read
    assert vllm.newer_than_table(text) in (True, False)
    assert vllm.option("--port", text) is None or read is not None
