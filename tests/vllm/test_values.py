from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.vllm.values import adapter, chosen, refusal


@pytest.mark.parametrize(
    ("kind", "text", "taken"),
    [
        ("int", "1_000", True),
        ("int", " 3 ", True),
        ("int", "1.0", False),
        ("?int", "None", True),
        ("int", "None", False),
        ("float", "1e-3", True),
        ("float", "90%", False),
        ("human-int", "32k", True),
        ("human-int", "32K", True),
        ("human-int", "1.5k", True),
        ("human-int", "1.5K", False),
        ("human-int", "k", False),
        ("human-int-or-auto", "AUTO", True),
        ("human-int-or-auto", "-1", True),
        ("json", "[1]", True),
        ("json", "{a}", False),
        ("json-or-str", "plain", True),
        ("json-or-str", "{a}", False),
        ("json-or-str", "{\n}", True),
        ("json-line-or-str", "{\na}", True),
        ("json|kvs", "image=2", True),
        ("json|kvs", "image", False),
        ("kvs", "image=2,video=1", True),
        ("kvs", "image=1,IMAGE=2", False),
        ("colon-pairs", "a:1,b:2", True),
        ("colon-pairs", "a", False),
        ("str", "", True),
    ],
)
def test_refusal(kind: str, text: str, taken: bool) -> None:
    assert (refusal(kind, text) is None) == taken


def test_what_is_compared_with_choices() -> None:
    assert chosen("fold", "Deep-GEMM") == "deep_gemm"
    assert chosen("int", "07") == 7
    assert chosen("?str", "None") is None


def test_adapters() -> None:
    assert adapter("a=/b", ["pair"]) is None
    assert adapter('{"name": "a", "path": "b"}', ["pair"]) is not None
    assert adapter('{"name": "a", "path": "b"}', ["pair", "json"]) is None
    assert adapter('{"name": "a"}', ["pair", "json"]) is not None
    assert adapter("a=b=c", ["pair", "json", "equals"]) is None


@given(st.integers())
def test_every_integer_is_one(value: int) -> None:
    assert refusal("int", str(value)) is None
    assert refusal("human-int", str(value)) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_every_json_is_json(value: object) -> None:
    assert refusal("json", json.dumps(value)) is None


@given(
    st.sampled_from(["int", "float", "human-int", "json", "kvs", "json-or-str", "colon-pairs", "json|kvs"]),
    st.text(),
)
def test_any_text_gets_an_answer(kind: str, text: str) -> None:
    answer = refusal(kind, text)
    assert answer is None or answer


def test_deep_json_does_not_break_it() -> None:
    assert refusal("json", "[" * 100_000) is not None
