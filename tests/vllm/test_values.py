from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.vllm.values import RefusedError, adapter, read, refusal, truth


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


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", "07", 7),
        ("?int", "None", None),
        ("float", ".5", 0.5),
        ("fold", "Deep-GEMM", "deep_gemm"),
        ("upper", "pixel_values", "PIXEL_VALUES"),
        ("?str", "None", None),
        ("str", "None", "None"),
        ("str-none", "None", ""),
        ("bool", "false", True),
        ("bool", "", False),
        ("ids", "2, GPU-a,3", [2, "GPU-a", 3]),
        ("human-int", " 4k ", 4000),
        ("human-int", "4K", 4096),
        ("human-int", "25.6k", 25600),
        ("human-int", "2T", 2 * 2**40),
        ("human-int-or-auto", "Auto", -1),
        ("json", "[1]", [1]),
        ("json-or-str", "{}", {}),
        ("json-or-str", "[1]", "[1]"),
        ("json-line-or-str", "{\na}", "{\na}"),
        ("json|kvs", "Image=2", {"image": 2}),
        ("json|kvs", '{"a": 1}', {"a": 1}),
        ("kvs", "", None),
        ("kvs-last", "A=1,A=2", {"A": 2}),
        ("colon-pairs", "a:1,b:x", {"a": "1", "b": "x"}),
    ],
)
def test_read(kind: str, text: str, value: object) -> None:
    found = read(kind, text)
    assert found == value
    assert type(found) is type(value)


def test_truth() -> None:
    assert truth("TRUE") is True
    assert truth("false") is False
    with pytest.raises(RefusedError, match="neither true nor false"):
        truth("1")


@pytest.mark.parametrize(
    ("text", "forms", "value"),
    [
        ("a=/b", ["pair"], {"name": "a", "path": "/b"}),
        ("a=b=c", ["pair", "json"], None),
        ("a=b=c", ["pair", "json", "equals"], {"name": "a", "path": "b=c"}),
        ('{"name": "a", "path": "b"}', ["pair"], None),
        ('{"name": "a", "path": "b"}', ["pair", "json"], {"name": "a", "path": "b"}),
        ('{"name": "a"}', ["pair", "json"], None),
        ("", ["pair"], None),
    ],
)
def test_adapters(text: str, forms: list[str], value: dict[str, str] | None) -> None:
    if value is None:
        with pytest.raises(RefusedError):
            adapter(text, forms)
    else:
        assert adapter(text, forms) == value


def test_an_adapter_without_a_word_is_left_out() -> None:
    assert adapter("", ["pair", "json"]) is None


@pytest.mark.parametrize("text", ["9" * 400 + ".5k", "9" * 5000 + "K", "9" * 5000])
def test_numbers_without_end_are_refused(text: str) -> None:
    assert refusal("human-int", text) is not None


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
