from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, line, raised, record
from vllm_doctor.log.types import Frame, Traceback


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        ("Error while deserializing header: header too large", True),
        ("Error while deserializing header: HeaderTooLarge", True),
        ("Error while deserializing header: header too small", None),
        ("invalid load key, 'v'.", True),
        ("invalid load key, '<'.", None),
        ("WeightsUnpickler error: Unsupported operand 118", True),
        ("Error parsing line b'version https://git-lfs.github.com/spec/v1' in ./a/tokenizer.model", True),
    ],
)
def test_a_pointer_is_told_by_how_it_is_misread(words: str, pointer: bool | None) -> None:
    assert facts_of(raised(message=words, exception="ValueError")).get("weights.is_pointer") is pointer


@pytest.mark.parametrize(
    ("path", "repo"),
    [("acme/heron-8b", "acme/heron-8b"), ("./heron-8b", None), ("/srv/heron", None), ("a/b/c", None), ("gpt2", "gpt2")],
)
def test_only_a_name_can_be_fetched(path: str, repo: str | None) -> None:
    assert facts_of(weights__path=path).get("weights.repo") == repo


def test_the_weights_are_the_models_where_no_message_says_otherwise() -> None:
    assert facts_of(model__name="acme/heron").get("weights.path") == "acme/heron"


@pytest.mark.parametrize(
    ("value", "kept"), [("safetensors", "safetensors"), ("PT", "pt"), ("auto", None), ("dummy", None)]
)
def test_a_load_format_of_one_kind(value: str, kept: str | None) -> None:
    assert facts_of(args__load_format=value).get("weights.load_format") == kept


@pytest.mark.parametrize(
    ("tokenizer", "elsewhere"), [("./tokens", True), ("./heron", False), ("None", False), (None, False)]
)
def test_a_tokenizer_from_elsewhere(tokenizer: str | None, elsewhere: bool) -> None:
    known = {"args__tokenizer": tokenizer} if tokenizer else {}
    assert facts_of(model__name="./heron", **known).get("tokenizer.given") is elsewhere


@pytest.mark.parametrize(
    ("exception", "code", "cut"),
    [
        ("", "assert loaded_weight.shape[0] == self.org_vocab_size", True),
        ("", "param = params_dict[name]", True),
        ("", "torch.empty(size)", None),
        ("AssertionError", "assert loaded_weight.shape[0] == self.org_vocab_size", None),
    ],
)
def test_a_traceback_that_is_cut_at_a_check(exception: str, code: str, cut: bool | None) -> None:
    frame = Frame("/opt/vllm/model_executor/layers/linear.py", 395, "weight_loader", code)
    lines = (line("Traceback (most recent call last):"),)
    assert facts_of(Traceback(exception, "", (frame,), lines, lines)).get("weights.cut_in_loader") is cut


def test_files_of_newer_libraries() -> None:
    words = "data did not match any variant of untagged enum ModelWrapper at line 7 column 3"
    assert facts_of(record(words)).get("tokenizer.too_new") is True
