"""Which patterns need no time limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.engine import catalogue
from vllm_doctor.engine.cost import LENGTHS, LIMIT, Bound, bounded, with_bounds
from vllm_doctor.engine.match import fold
from vllm_doctor.engine.pattern_tree import tree_of

if TYPE_CHECKING:
    from vllm_doctor.engine.rule import Rule

LONGEST = LENGTHS[0]


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        ("No available memory for the cache blocks", LONGEST),
        (r"larger than the maximum \((?P<n>\d{1,12})\)", LONGEST),
        (r"took (?P<n>[\d.]{1,20}) GiB", LONGEST),
        (r"ran for (\d+) ms|died with signal (\d+) of", LENGTHS[-1]),
        (r"error .{0,300}?in .{0,300}? at line", 0),
        (r"(\w+\s?)+:", 0),
        (r"(a|aa)+$", 0),
        (r"(.*a){12}", 0),
        (r".*.*=", 0),
        (r"(?i)took (\d{1,12}) gib", 0),
        (r"took (?i:(\d{1,12}) gib)", 0),
        (r"(?P<n>a)(?P<n>b)", 0),
        ("(", 0),
    ],
)
def test_only_what_ends_soon_is_bounded(pattern: str, length: int) -> None:
    """A pattern of `re` whose parts cannot share a text out in many ways."""
    assert bounded(pattern) == length


def test_a_class_that_its_end_excludes_gives_nothing_back() -> None:
    """Digits up to a bracket are read once; digits up to digits are not."""
    once = Bound(1000).steps(tree_of(r"\(\d{1,900}\)[a-z]{1,900}"))
    often = Bound(1000).steps(tree_of(r"\(\d{1,900}1[a-z]{1,900}"))
    assert once * 100 < often


_ATOM = st.sampled_from(["a", "b", "[ab]", ".", "a?", "[ab]{0,3}", "a{1,4}", "b*", "a+?", "(?:a|b|ab)", r"\w{1,3}"])


@given(st.lists(_ATOM, min_size=1, max_size=5).map("".join), st.text("ab", max_size=12))
def test_the_bound_holds(pattern: str, text: str) -> None:
    """No search takes more steps than the bound says; a matcher that counts them is the judge."""
    assert _steps(pattern, text) <= Bound(max(len(text), 1)).steps(tree_of(pattern)) * (len(pattern) + 2)


def _steps(pattern: str, text: str) -> int:
    """How many times a plain backtracking matcher tries to go on, when every way fails at the end."""
    count = 0

    def tried(items: list[Any], at: int) -> None:
        nonlocal count
        count += 1
        if not items:
            return
        (operation, argument), *rest = items
        name = str(operation)
        if name == "BRANCH":
            for branch in argument[1]:
                tried([*branch, *rest], at)
        elif name == "SUBPATTERN":
            tried([*argument[3], *rest], at)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, body = argument
            end = at
            for times in range(min(int(most), len(text) - at) + 1):
                if times >= least:
                    tried(rest, end)
                if end >= len(text) or not _is(body[0], text[end]):
                    break
                end += 1
        elif at < len(text) and _is((operation, argument), text[at]):
            tried(rest, at + 1)

    for start in range(len(text) + 1):
        tried(list(tree_of(pattern)), start)
    return count


def _is(part: Any, character: str) -> bool:
    from vllm_doctor.engine.cost import _characters

    found = _characters(str(part[0]), part[1])
    return found is not None and ord(character) in found


def _rules() -> list[Rule]:
    return list(catalogue.load().rules.values())


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: rule.id)
def test_both_matchers_read_a_shipped_pattern_alike(rule: Rule) -> None:
    """What `re` may search instead of `regex` gives the same captures on every example of the rule."""
    texts = [fold(example.log) for example in (*rule.examples, *rule.near_misses) if example.log]
    for signature in rule.signatures:
        if not signature.message or not bounded(signature.message):
            continue
        for text in texts:
            plain, timed = re.search(signature.message, text), regex.search(signature.message, text)
            assert (plain and plain.groupdict()) == (timed and timed.groupdict())


def test_most_shipped_patterns_are_bounded() -> None:
    """A small log then needs no `regex`."""
    found = [bounded(one.message) for rule in _rules() for one in rule.signatures if one.message]
    assert sum(map(bool, found)) > 0.85 * len(found)


def test_the_bounds_are_data_of_the_rule() -> None:
    """Each signature says up to which length."""
    data = {"id": "x", "signatures": [{"id": "a", "message": "never mind that"}, {"id": "b", "exception": "E"}]}
    assert [item["bounded"] for item in with_bounds(data)["signatures"]] == [LONGEST, 0]
    assert LIMIT > LONGEST
