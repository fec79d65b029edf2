from __future__ import annotations

from itertools import pairwise

import pytest

from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.yamlfile.tree import read_yaml

SERVICE = "services:\n  vllm:\n    image: vllm/vllm-openai:v0.12.0\n    command: [--model, m]\n"


def test_merged_keys_give_way_to_own_ones() -> None:
    (document,) = read_yaml("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [{x: 5}, *a]}\n")
    assert (document.string("b", "x"), document.string("b", "y")) == ("1", "3")
    assert (document.string("c", "x"), document.string("c", "y")) == ("5", "2")


def test_nothing_and_empty_are_no_value() -> None:
    (document,) = read_yaml("a:\nb: ~\nc: ''\nd: []\n")
    assert document.get("a") is None
    assert document.get("b") is None
    assert document.string("c") == ""
    assert document.get("d") is not None
    assert document.filled("d") is None


def test_an_alias_is_the_node_that_it_names() -> None:
    (document,) = read_yaml("a: &a [x]\nb: *a\n")
    assert document.get("a") is document.get("b")


@pytest.mark.parametrize(
    "text",
    [
        "x: " + "[" * 50_000 + "\n" + SERVICE,
        "x:\n " + "- " * 50_000 + "1\n" + SERVICE,
        "x: *nowhere\n" + SERVICE,
        "x: {\n" + SERVICE,
        "x: '\x00'\n" + SERVICE,
    ],
)
def test_what_is_no_yaml_or_too_deep_has_no_documents(text: str) -> None:
    assert read_yaml(text) == []


def test_documents_of_aliases_cost_no_more_than_their_text() -> None:
    names = [f"x{at}" for at in range(40)]
    lists = "".join(f"{two}: &{two} [{', '.join([f'*{one}'] * 9)}]\n" for one, two in pairwise(names))
    merges = "".join(f"m{at}: &m{at}\n  <<: [{', '.join([f'*m{at - 1}'] * 9)}]\n  k{at}: 1\n" for at in range(1, 40))
    text = f"x0: &x0 [1]\n{lists}m0: &m0 {{a: 1}}\n{merges}loop: &loop {{self: *loop}}\n{SERVICE}"
    for file in ("compose.yaml", "values.yaml", "other.yaml"):
        (launch,) = read_launches(text, file)
        assert launch.argv == ("--model", "m")


@pytest.mark.parametrize("count", [600, 6_000])
def test_how_much_is_read_is_bounded(count: int) -> None:
    many = "services:\n" + "".join(
        f"  s{at}:\n    image: vllm/vllm-openai\n    command: [--model, m]\n" for at in range(count)
    )
    assert len(read_launches(many, "compose.yaml")) == 500
    long = SERVICE.replace("m]", "m" + ", --x=1" * count + "]")
    assert len(read_launches(long, "compose.yaml")) == (1 if count < 5_000 else 0)
