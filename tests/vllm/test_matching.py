"""Words to options: every expectation was checked against argparse itself (see the last test)."""

from __future__ import annotations

import argparse
import contextlib
import io

from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.vllm.matching import Matched, Matcher
from vllm_doctor.vllm.words import Item

ARITIES: dict[str, int | str] = {
    "-h": 0,
    "--help": 0,
    "--port": 1,
    "--names": "+",
    "--some": "*",
    "--maybe": "?",
    "--on": 0,
    "--one-on": 0,
    "-tp": 1,
    "--pair": 2,
    "-O": 1,
}


def match(words: list[str], model: int | str | None = "?") -> Matched:
    return Matcher(ARITIES, model).match([Item(word, place) for place, word in enumerate(words)])


def test_values_go_to_their_options_and_the_model_to_its_place() -> None:
    found = match(["--names", "a", "b", "--port=1", "m", "x"])
    assert [(given.spelling, [item.text for item in given.values]) for given in found.given] == [
        ("--names", ["a", "b"]),
        ("--port", ["1"]),
    ]
    assert found.model is not None
    assert found.model.text == "m"
    assert [item.text for item in found.stray] == ["x"]


def test_abbreviations() -> None:
    assert match(["--por", "1"]).given[0].spelling == "--port"
    assert match(["--po=1"]).given[0].spelling == "--port"
    assert match(["--o", "x"]).ambiguous[0][1] == ("--on", "--one-on")
    assert match(["--on"]).given[0].spelling == "--on"
    assert match(["-t", "1"]).given[0].spelling == "-tp"


def test_a_one_letter_flag_takes_what_is_glued_to_it() -> None:
    assert match(["-O3"]).given[0].values[0].text == "3"
    assert [item.text for item in match(["-tp2"]).unknown] == ["-tp2"]


def test_negative_numbers_and_words_with_blanks_are_values() -> None:
    assert match(["--port", "-1"]).given[0].values[0].text == "-1"
    assert match(["--port", "-x y"]).given[0].values[0].text == "-x y"
    assert match(["--port", "-x"]).lacking[0].spelling == "--port"


def test_glued_values() -> None:
    assert match(["--on=1"]).needless[0].spelling == "--on"
    assert match(["--pair=1"]).lacking[0].spelling == "--pair"


def argparse_takes(words: list[str], model: int | str | None) -> bool:
    """What Python's argparse itself says."""
    parser = argparse.ArgumentParser()
    for flag, nargs in ARITIES.items():
        if nargs == 0 and "h" not in flag:
            parser.add_argument(flag, action="store_true", dest=flag)
        elif "h" not in flag:
            parser.add_argument(flag, nargs=None if nargs == 1 else nargs, dest=flag)  # type: ignore[arg-type]
    if model is not None:
        parser.add_argument("model", nargs=None if model == 1 else model)  # type: ignore[arg-type]
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            parser.parse_args(words)
    except SystemExit as end:
        return end.code in (0, None)
    return True


PIECES = [
    "--port",
    "--port=1",
    "--por",
    "--o",
    "--on",
    "--names",
    "--some",
    "--maybe",
    "--pair",
    "-tp",
    "-t",
    "-O3",
    "-O",
    "-1",
    "-x",
    "-x y",
    "-",
    "a",
    "",
    "--no-such",
    "--pair=1",
    "--on=1",
    "--maybe=",
    "-tp=2",
    "--names=a",
]


@given(st.lists(st.sampled_from(PIECES), max_size=7), st.sampled_from(["?", None, 1]))
def test_it_agrees_with_argparse(words: list[str], model: int | str | None) -> None:
    found = match(words, model)
    wrong = found.unknown or found.stray or found.ambiguous or found.lacking or found.needless
    missing = model == 1 and found.model is None
    assert (not wrong and not missing) == argparse_takes(words, model)
