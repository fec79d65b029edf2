"""Controls become visible; only what the stream can write is left."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.report.safe import STAND_INS, clean, clean_lines, encodable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [rank0] [/usr/local]", "plain [rank0] [/usr/local]"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]8;;http://evil\x07link", r"\x1b]8;;http://evil\x07link"),
        ("\x9b2J \x90q\x9c", r"\x9b2J \x90q\x9c"),
        ("a\nb\tc\r\nd", "a b c d"),
        ("a\rb", r"a\x0db"),
        ("abc\u202edef\u2066", r"abc\u202edef\u2066"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("a\u2028b\u2029c\x85", r"a\u2028b\u2029c\x85"),
        ("a\xa0b\u3000c", "a b c"),
        ("\ud800", r"\ud800"),
        ("显存 é ✗", "显存 é ✗"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_lines_and_tabs_of_a_command_stay() -> None:
    assert clean_lines("a \\\r\n\t--b \x1b[1m\n") == "a \\\n\t--b \\x1b[1m\n"


@given(st.text())
def test_nothing_that_controls_a_terminal_is_left(text: str) -> None:
    drawn = clean(text) + clean_lines(text).replace("\n", "").replace("\t", "")
    assert not {unicodedata.category(char) for char in drawn} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(), st.sampled_from(["ascii", "cp1252", "cp936", "utf-8", "latin-1"]))
def test_any_text_can_be_written(text: str, encoding: str) -> None:
    encodable(clean(text), encoding).encode(encoding)


def test_signs_have_stand_ins_that_ascii_can_write() -> None:
    assert "".join(STAND_INS.values()).isascii()
    assert encodable("✗ ✓ · … – × 显", "ascii") == "x ok - ... - x \\u663e"
    assert encodable("✗ · … – ×", "cp1252") == "x · … – ×"
    assert encodable("✗", "no-such-codec") == "x"
