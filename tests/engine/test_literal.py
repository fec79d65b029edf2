import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.engine.literal import all_of, any_of, literal_of


def test_longest_run_outside_of_what_may_be_absent() -> None:
    assert literal_of(r"max seq len \((?P<a>\d+)\), \(?(?P<b>[\d.]+ Gi?B) KV cache is needed") == "B KV cache is needed"
    assert literal_of(r"(?:alternative|branches) give nothing") == "give nothing"
    assert literal_of(r"never(optional words)? counted here") == "counted here"
    assert literal_of(r"(?i)any case at all") == ""
    assert literal_of(r"\d+\s[a-z]*") == ""


def test_a_repeated_part_counts_once() -> None:
    assert literal_of(r"(?:abcdefgh)+xyz") == "abcdefgh"


@given(
    st.lists(
        st.one_of(
            st.text("abc. (", min_size=1, max_size=6).map(regex.escape),
            st.sampled_from(["x?", "[yz]", "(?:p|q)", "n+", r"\d*"]),
        ),
        max_size=6,
    )
)
def test_every_match_holds_the_literal(parts: list[str]) -> None:
    pattern = "".join(parts)
    sample = "".join(
        {"x?": "x", "[yz]": "y", "(?:p|q)": "q", "n+": "nn", r"\d*": "7"}.get(part, regex.sub(r"\\(.)", r"\1", part))
        for part in parts
    )
    assert regex.fullmatch(pattern, sample)
    assert literal_of(pattern) in sample


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("file named config|Unrecognized model in (.*)", ("file named config", "Unrecognized model in")),
        ("(?P<path>[a-z]{1,9})'? (?:does not appear|is the correct)", ("does not appear", "is the correct")),
        ("short|Unrecognized model", ()),
        ("(?:Unrecognized model|file named config)?x", ()),
        ("(?i)Unrecognized model|file named config", ()),
    ],
)
def test_one_of_the_alternatives_is_in_every_match(pattern: str, texts: tuple[str, ...]) -> None:
    """Only where each alternative has a text long enough to be searched for."""
    assert any_of(pattern) == texts


def test_every_match_holds_all_of_the_texts() -> None:
    """Of groups too, but not of what may be absent."""
    assert all_of(r"Failed core proc\(s\): \{.{1,200}: -9\b") == ("Failed core proc(s): {", ": -9")
    assert all_of(r"took (?P<a>about \d+) ms(?: or more)?|x") == ()
    assert all_of(r"took (?P<a>about \d+) ms(?: or more)?") == ("took about ", " ms")
    assert all_of(r"(?i)took about") == ()
    assert all_of(r"(?P<a>took about)|(?P<a>took)") == ()
