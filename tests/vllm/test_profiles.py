"""A flag, key or variable over all releases; the values were read from the releases' sources."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor import vllm
from vllm_doctor.vllm.options import filing_names
from vllm_doctor.vllm.profiles import Held, Profile, profile
from vllm_doctor.vllm.table import load


def known(name: str, release: str | None = None) -> Profile:
    found = profile(name, release)
    assert found is not None
    return found


def test_a_default_that_moved() -> None:
    assert known("--gpu-memory-utilization").defaults == (
        Held(0.9, "0.4.1", "0.19.1"),
        Held(0.92, "0.20.0", "0.33.0"),
    )


def test_what_is_taken_moved() -> None:
    taken = [(held.value[0], held.first) for held in known("--enable-chunked-prefill").takes]
    assert taken == [("switch", "0.4.1"), ("told-switch", "0.5.3"), ("switch", "0.8.5")]
    assert known("--middleware").takes[0].value == ("text", True)


def test_choices_that_moved() -> None:
    held = known("--task").choices
    assert held[0] == Held(("auto", "generate", "embedding"), "0.6.4", "0.6.4.post1")
    assert "draft" in held[-1].value
    assert "draft" not in held[0].value


@pytest.mark.parametrize("name", ["--swap-space", "--swap_space", "--swap-space=4"])
def test_what_is_gone(name: str) -> None:
    found = known(name)
    assert found.gone
    assert found.spans == (("0.4.1", "0.17.1"),)
    assert found.successor is not None
    assert found.successor.new is None
    assert found.within("0.8.3")
    assert not found.within("0.24.0")


def test_a_short_name_is_its_option() -> None:
    found = known("-tp")
    assert found.filed == "--tensor-parallel-size"
    assert found.names == ("-tp", "--tensor-parallel-size")


def test_a_name_that_was_two_options_is_the_one_filed_under_it() -> None:
    assert known("--disable-log-requests").filed == "--disable-log-requests"


def test_keys_are_those_of_the_release() -> None:
    assert "level" in dict(known("--compilation-config", "0.10.0").keys)
    assert "level" not in dict(known("--compilation-config", "0.24.0").keys)
    assert "level" not in dict(known("--compilation-config").keys)


def test_a_key() -> None:
    found = known("--compilation_config.mode")
    assert found.kind == "key"
    assert found.spans[0][0] == "0.11.1"
    assert profile("--compilation-config.no_such") is None
    assert profile("--no-such.key") is None


def test_a_variable() -> None:
    found = known("VLLM_USE_V1")
    assert found.kind == "variable"
    assert [(held.value, held.first) for held in found.defaults] == [("0", "0.6.4"), ("1", "0.8.0")]
    assert found.gone


@pytest.mark.parametrize("name", ["--no-such", "", "-", "--", "VLLM_NO_SUCH", "--.x"])
def test_what_nobody_knows(name: str) -> None:
    assert profile(name) is None


@given(st.sampled_from(sorted(filing_names())))
def test_ranges_do_not_overlap_and_lie_where_the_option_is(name: str) -> None:
    every = vllm.releases()
    found = known(name)
    for held in (found.takes, found.defaults, found.choices):
        places = [(every.index(one.first), every.index(one.last)) for one in held]
        assert all(first <= last for first, last in places)
        assert all(one[1] < two[0] for one, two in pairwise(places))


@given(st.text(max_size=30))
def test_any_name_gets_an_answer(name: str) -> None:
    profile(name)
    profile("--" + name)


def test_each_meaning_is_of_something_and_in_both_languages() -> None:
    for name, texts in load("meanings").items():
        assert known(name).filed == name
        assert {"en", "zh"} <= set(texts) <= {"en", "zh", "unset"}
        assert set(texts.get("unset", texts)) >= {"en", "zh"}
        assert 10 < len(texts["en"]) < 300
        assert not texts["zh"].isascii()


def test_what_was_said_of_a_gone_flag_stands_in_for_a_meaning() -> None:
    found = known("--disable-async-output-proc")
    assert not found.meaning
    assert found.said("en")
    assert found.said("zh") != found.said("en")
