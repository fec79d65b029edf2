"""The quoted line and its caret: in columns, within the width, and with nothing secret or harmful in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.finding import LaunchReview, Region, Review
from vllm_doctor.report.caret import Quoter
from vllm_doctor.report.layout import columns
from vllm_doctor.report.pen import Pen

LAUNCH = LaunchReview("vllm serve", "m", ("m",), {}, None, None, "run.sh", 1)


def _quoted(
    text: str, what: str, *, width: int = 80, encoding: str = "utf-8", launch: LaunchReview = LAUNCH
) -> list[str]:
    """The lines for the first place at which `what` stands."""
    at = text.index(what)
    line = text.count("\n", 0, at) + 1
    col = at - (text.rfind("\n", 0, at) + 1) + 1
    region = Region(line, col, line, col + len(what))
    return Quoter(Pen.of(width, False, encoding, "en"), Review("run.sh", (launch,), text)).lines(region, "")


def _under(lines: list[str]) -> str:
    """What stands above the carets, told by columns."""
    text, carets = lines
    start, end = columns(carets[: carets.index("^")]), columns(carets)
    found, at = "", 0
    for char in text:
        if start <= at < end:
            found += char
        at += columns(char)
    return found


def test_a_line_and_its_caret() -> None:
    assert _quoted("set -e\nvllm serve m --prot 1\n", "--prot 1") == [
        "  2 | vllm serve m --prot 1",
        "    |              ^^^^^^^^",
    ]


@pytest.mark.parametrize(
    "text", ["\tvllm\tm --prot", "模型/名 --prot 一", "é́ --prot", "a\x1b[31m\u202eb --prot", "\x0c--prot"]
)
def test_columns_are_those_of_a_terminal(text: str) -> None:
    lines = _quoted(text, "--prot")
    assert _under(lines) == "--prot"
    assert "\x1b" not in lines[0]
    assert "\u202e" not in lines[0]


def test_wide_characters_get_two_carets() -> None:
    assert _quoted("vllm serve 模型", "模型")[1] == "    |            ^^^^"


@pytest.mark.parametrize("where", [0, 1, 150, 299, 300])
@pytest.mark.parametrize("width", [40, 80])
def test_a_long_line_is_cut_around_the_caret(where: int, width: int) -> None:
    text = "x" * where + "--prot" + "y" * (300 - where)
    lines = _quoted(text, "--prot", width=width)
    assert _under(lines) == "--prot"
    assert all(columns(line) <= width for line in lines)
    assert len(lines[0]) == width
    assert lines[0].startswith("  1 | …") is (where > 20)
    assert lines[0].endswith("…") is (where < 280)


def test_ascii_streams_have_stand_ins() -> None:
    lines = _quoted("é" * 50 + " --prot " + "é" * 50, "--prot", encoding="ascii")
    assert lines[0].isascii()
    assert _under(lines) == "--prot"
    assert columns(lines[0]) <= 80


def test_what_runs_on_is_shown_to_the_end_of_its_first_line() -> None:
    review = Review("run.sh", (LAUNCH,), "vllm serve m \\\n  --x\n")
    lines = Quoter(Pen(), review).lines(Region(1, 6, 2, 6), "")
    assert _under(lines) == "serve m \\"


def test_the_end_of_a_line_has_a_caret_too() -> None:
    assert _quoted("vllm serve m\n", "\n") == ["  1 | vllm serve m", "    |             ^"]


def test_the_end_of_a_line_that_fills_the_width() -> None:
    text = "x" * 74 + "\n"
    assert [columns(line) for line in _quoted(text, "\n")] == [80, 80]


def test_what_is_longer_than_the_line_is_not_underlined_beyond_it() -> None:
    text = "--prot " + "z" * 500
    lines = _quoted(text, text)
    assert [columns(line) for line in lines] == [80, 79]


@pytest.mark.parametrize("line", [0, 3, 99])
def test_a_place_that_is_not_in_the_text(line: int) -> None:
    assert Quoter(Pen(), Review("a", (), "x\ny")).lines(Region(line, 1, line, 2), "") == []
    assert Quoter(Pen(), Review("a", (), "x")).lines(None, "") == []


SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f"vllm serve m --api-key {SECRET} --prot 1",
        f"HF_TOKEN={SECRET} vllm serve m --prot 1",
        f"vllm serve m --prot 1 --api-key={SECRET}",
        f'["m", "--api-key", "{SECRET}", "--prot"]',
    ],
)
def test_secrets_are_hidden_and_the_caret_stays(text: str) -> None:
    lines = _quoted(text, "--prot")
    assert SECRET not in "".join(lines)
    assert "***" in lines[0]
    assert _under(lines) == "--prot"


def test_a_secret_that_only_the_launch_tells() -> None:
    """In a YAML block list the option stands on another line, with a comment between."""
    text = f"- --api-key\n# the key\n- {SECRET}\n"
    launch = replace(LAUNCH, argv=("--api-key", SECRET), env={"MY_PASSWORD": "p4ssw0rd-x"})
    assert _quoted(text, SECRET, launch=launch) == ["  3 | - ***", "    |   ^^^"]
    assert "p4ss" not in "".join(_quoted("x: p4ssw0rd-x", "x", launch=launch))


def test_a_very_long_line_is_not_shown() -> None:
    assert _quoted("--prot" + "x" * 5000, "--prot") == []


LINES = st.text(st.sampled_from("a \t模é́\x1b\u200d\ud800*-=\"'"), max_size=120)


@given(LINES, st.integers(0, 120), st.integers(0, 30), st.sampled_from(["utf-8", "ascii", "cp936"]))
def test_any_line_fits_and_is_harmless(text: str, start: int, size: int, encoding: str) -> None:
    region = Region(1, start + 1, 1, start + size + 1)
    lines = Quoter(Pen.of(60, False, encoding, "en"), Review("a", (LAUNCH,), text)).lines(region, "")
    for line in lines:
        line.encode(encoding)
        assert columns(line) <= 60
        assert line.isprintable()


@given(LINES, st.sampled_from([f"--api-key {SECRET}", f"HF_TOKEN={SECRET}", f"--hf-token={SECRET} ***"]))
def test_no_secret_is_shown_in_any_line(text: str, secret: str) -> None:
    whole = f"{text} {secret} {text}"
    assert SECRET not in "".join(_quoted(whole, secret))
