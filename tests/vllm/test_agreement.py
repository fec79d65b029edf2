"""The measure of agreement, but for the releases themselves: the lists, the comparison and the page."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from .test_flag_table import TOOL

sys.path.insert(0, str(TOOL))
try:
    import agreement
    import agreement_page
    import classes
finally:
    sys.path.remove(str(TOOL))


@pytest.mark.parametrize("name", list(classes.CLASSES))
@pytest.mark.parametrize(("release", "program"), [("0.4.1", "api_server"), ("0.24.0", "vllm serve")])
def test_the_same_seed_makes_the_same_lists(name: str, release: str, program: Any) -> None:
    one, two = (list(classes.Maker(release, program, name, 1).lists(30)) for _ in range(2))
    other = list(classes.Maker(release, program, name, 2).lists(30))
    assert one == two
    assert one != other
    assert all(isinstance(word, str) and "$" not in word for words in one for word in words)


def result() -> Any:
    return agreement.Result("0.24.0", "vllm serve", "valid", 1)


def told(**changed: Any) -> dict[str, Any]:
    return {"accepted": True, "error": None, "set": {"model_tag": "m", **changed}}


BASE = {"model_tag": None, "port": 8000, "max_model_len": None}


def difference(words: list[str], values: dict[str, Any], answer: dict[str, Any]) -> Any:
    item = {"words": words, "values": {"model_tag": "m", **values}}
    return agreement.difference(result(), item, answer, BASE)


def test_the_same_value_agrees() -> None:
    assert difference(["m", "--port", "1"], {"port": 1}, told(port=1)) is None


def test_a_value_that_is_the_default_is_no_change() -> None:
    assert difference(["m", "--port", "8000"], {"port": 8000}, told()) is None


@pytest.mark.parametrize(("ours", "theirs"), [(1, 2), (1, True), (1, 1.0), ("1", 1)])
def test_another_value_or_type_differs(ours: Any, theirs: Any) -> None:
    found = difference(["m", "--port", "1"], {"port": ours}, told(port=theirs))
    assert (found.kind, found.about) == ("another value", "port")


def test_a_change_that_we_do_not_know_differs() -> None:
    assert difference(["m"], {}, told(max_model_len=5)).about == "max_model_len"


def test_false_alarms_and_misses() -> None:
    assert difference(["m", "--no-such"], {}, told()).kind == "refused here"
    refused = {"accepted": False, "error": "vllm serve: error: argument --port: invalid int value: 'x'", "set": None}
    found = difference(["m", "--port", "1"], {}, refused)
    assert (found.kind, found.about) == ("taken here", "--port: invalid")
    assert difference(["m", "--no-such"], {}, refused) is None


def test_the_page_counts() -> None:
    one, two = result(), result()
    two.name = "JSON"
    one.lists = two.lists = 200
    one.taken = 150
    two.differences = [agreement.Difference("taken here", "--x: invalid", ["m", "--x", "1"], "why")] * 2
    page = agreement_page.page([one, two], 200, 1)
    assert "400 lists, 1 releases" in page
    assert "99.50 % agree" in page
    assert '"JSON", 99.00 %' in page
    assert "| taken here | --x: invalid | 2 | `m --x 1` in 0.24.0: why |" in page
