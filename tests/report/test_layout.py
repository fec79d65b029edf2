"""Columns, cutting and wrapping, also of Chinese text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.report.layout import columns, cut, pad, wrap


@pytest.mark.parametrize(
    ("text", "size"), [("abc", 3), ("显存", 4), ("e\u0301", 1), ("…", 1), ("", 0), ("Ａ", 2)]
)
def test_columns(text: str, size: int) -> None:
    assert columns(text) == size


@pytest.mark.parametrize(
    ("text", "width", "mark", "shown"),
    [
        ("abcdef", 6, "…", "abcdef"),
        ("abcdefg", 6, "…", "abcde…"),
        ("abcdefg", 6, "...", "abc..."),
        ("显存不足了", 6, "…", "显存…"),
        ("ab defg", 4, "…", "ab…"),
        ("abc", 0, "…", ""),
    ],
)
def test_cut(text: str, width: int, mark: str, shown: str) -> None:
    assert cut(text, width, mark) == shown


def test_a_heap_of_accents_is_cut_too() -> None:
    assert len(cut("a" + "\u0301" * 10_000, 10)) <= 41


def test_pad() -> None:
    assert pad("显", 4) == "显  "
    assert pad("long", 2) == "long"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("  a\n b ", 80, ["a b"]),
        ("", 10, []),
        ("see /a/very/long/path now", 8, ["see", "/a/very/long/path", "now"]),
        ("显存不足，无法启动。", 8, ["显存不", "足，无法", "启动。"]),
        ("（显存）不足", 6, ["（显", "存）不", "足"]),
        ("需要 16.0 GiB 显存", 9, ["需要 16.0", "GiB 显存"]),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@given(st.text("ab 显存，。（）-", max_size=60), st.integers(4, 30))
def test_wrapping_loses_nothing_but_blanks(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@given(st.text("ab 显存…é", max_size=60), st.integers(0, 30))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert columns(cut(text, width)) <= width
