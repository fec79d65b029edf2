from __future__ import annotations

from dataclasses import replace
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.report.layout import columns
from vllm_doctor.report.option_page import option_text
from vllm_doctor.report.option_words import OPTION_WORDS
from vllm_doctor.vllm.options import filing_names
from vllm_doctor.vllm.profiles import Held, Profile, profile
from vllm_doctor.vllm.types import Renamed

MADE = Profile(
    "--level",
    "option",
    ("--level", "-l"),
    (("0.4.1", "0.9.2"), ("0.11.0", "0.20.0")),
    True,
    Renamed("--level", "--mode", "0.21.0", "", "as a word"),
    (Renamed("--old-level", "--level", "0.5.0", ""),),
    "0.19.0",
    (Held(("whole", False), "0.4.1", "0.5.0"), Held(("human", True), "0.5.1", "0.20.0")),
    (Held(1, "0.4.1", "0.5.0"), Held(None, "0.5.1", "0.5.1"), Held("", "0.5.2", "0.20.0")),
    (Held(("a", "b"), "0.4.1", "0.9.2"), Held(("b", "c"), "0.11.0", "0.20.0")),
    (("key", ("x", "y")), ("other", ())),
    meaning=(("en", "How much of it."), ("zh", "用多少。")),
    filed="--level",
)
DRAWN = """\
· --level                                                                 option

  How much of it.

  value     a whole number up to 0.5.0; a whole number, 32k (x1000) and 32K
            (x1024) too; several may stand there from 0.5.1
  releases  0.4.1 to 0.9.2, 0.11.0 to 0.20.0; gone since; deprecated since
            0.19.0
  also      -l
  default   1 up to 0.5.0, not set in 0.5.1 only, empty from 0.5.2
  choices   b, c; since 0.11.0 also c; since 0.11.0 no longer a
  instead   --mode since 0.21.0 (as a word)
  before    --old-level until 0.5.0
  keys      key (x | y), other

  ways out of   cause-a: One
                cause-b: Two
  looked at by  cause-c: Three

  Read more: vllm-doctor explain cause-a
"""


def test_a_page() -> None:
    assert option_text(MADE, {"cause-a": "One", "cause-b": "Two"}, {"cause-a": "One", "cause-c": "Three"}) == DRAWN


def test_one_release_only() -> None:
    drawn = option_text(MADE, release="0.9.0")
    assert "  value     a whole number, 32k (x1000) and 32K (x1024) too; several may stand there\n" in drawn.replace(
        "\n            ", " "
    )
    assert "  default   empty\n" in drawn
    assert "  choices   a, b\n" in drawn


def test_choices_that_were_given_up() -> None:
    held = (Held(("a", "b"), "0.4.1", "0.9.2"), Held(None, "0.11.0", "0.20.0"))
    made = Profile("--x", "option", ("--x",), (("0.4.1", "0.20.0"),), True, choices=held, filed="--x")
    assert "  choices   any text since 0.11.0; up to 0.9.2: a, b\n" in option_text(made)
    listed = option_text(replace(made, known=("k", "l")))
    assert "  choices   any text since 0.11.0\n  known     k, l\n" in listed


def test_a_release_that_lacks_it() -> None:
    assert "vLLM 0.24.0 does not have it" in option_text(MADE, release="0.24.0")


def test_chinese() -> None:
    drawn = option_text(MADE, release="0.24.0", language="zh")
    assert "用多少。" in drawn
    assert "vLLM 0.24.0 没有它" in drawn
    assert "since" not in drawn


@given(st.sampled_from(sorted(filing_names())), st.sampled_from(["en", "zh"]))
def test_any_option_has_a_page_in_80_columns(name: str, language: Literal["en", "zh"]) -> None:
    found = profile(name)
    assert found is not None
    for line in option_text(found, language=language).splitlines():
        assert columns(line) <= 80 or len(line.split()) <= 2, line


def test_ascii_streams() -> None:
    drawn = option_text(MADE, encoding="ascii", language="zh")
    assert drawn.isascii()
    assert "How much of it." in drawn


def test_words_are_in_both_languages_with_the_same_values() -> None:
    for english, chinese in OPTION_WORDS.values():
        assert {part.split("}")[0] for part in english.split("{")[1:]} == {
            part.split("}")[0] for part in chinese.split("{")[1:]
        }
