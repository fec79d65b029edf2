"""argparse's last words as errors, alone and at their place in a known command."""

import pytest

from vllm_doctor.facts.of_errors import of_rejected
from vllm_doctor.facts.rejected import parser_message, rejections
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.log import read_log
from vllm_doctor.log.types import Event


def _events(text: str) -> tuple[Event, ...]:
    return read_log([text.encode()], "log").attempts[-1].events


def _facts(text: str, command: str | None = None, release: str = "0.32.0") -> dict[str, object]:
    launch = parse_command_line(command) if command else None
    return {fact.name: fact.value for fact in of_rejected(_events(text), launch, (release,))}


@pytest.mark.parametrize(
    "head",
    [
        "vllm: error: ",
        "vllm serve: error: ",
        "api_server.py: error: ",
        "-m vllm.entrypoints.openai.api_server: error: ",
    ],
)
def test_every_program_ends_with_the_same_words(head: str) -> None:
    (event,) = _events(head + "unrecognized arguments: --foo\n")
    assert parser_message(event) == "unrecognized arguments: --foo"


@pytest.mark.parametrize(
    ("message", "faults"),
    [
        ("unrecognized arguments: --foo 1 --bar", [("unknown-option", "--foo"), ("unknown-option", "--bar")]),
        ("unrecognized arguments: --foo_bar=1", [("unknown-option", "--foo-bar")]),
        ("unrecognized arguments: true", [("stray-word", "true")]),
        ("ambiguous option: --max could match --max-num-seqs, --max-model-len", [("ambiguous-option", "--max")]),
        ("argument --dtype: invalid choice: 'x' (choose from 'a', 'b')", [("invalid-choice", "--dtype")]),
        (
            "argument --tensor-parallel-size/-tp: invalid int value: 'two'",
            [("invalid-value", "--tensor-parallel-size")],
        ),
        ("argument --max-model-len: expected one argument", [("missing-value", "--max-model-len")]),
        ("argument --enforce-eager: ignored explicit argument 'true'", [("needless-value", "--enforce-eager")]),
        ("the following arguments are required: model_tag", [("missing-model", "model_tag")]),
        ("something else", []),
    ],
)
def test_messages(message: str, faults: list[tuple[str, str]]) -> None:
    assert [(error.fault, error.flag) for error in rejections(message)] == faults


def test_all_that_the_command_holds_is_mended_at_once() -> None:
    command = "vllm serve org/model --dtype fp16 --max-model-length 8"
    facts = _facts(
        "vllm serve: error: argument --dtype: invalid choice: 'fp16' (choose from 'auto', 'float16')\n", command
    )
    assert (facts["mend.wrong_flags"], facts["mend.right_values"]) == ("--dtype", "float16")
    assert (facts["mend.old_flags"], facts["mend.new_flags"]) == ("--max-model-length", "--max-model-len")
    assert facts["mend.whole"] is True
    assert facts["option.flag"] == "--dtype"


def test_words_alone_without_a_command() -> None:
    facts = _facts("vllm: error: unrecognized arguments: --max-model-length 8\n")
    assert facts["mend.new_flags"] == "--max-model-len"
    assert facts["option.nearest"] == "--max-model-len, --max-log-len"


def test_where_the_flag_is_known() -> None:
    facts = _facts("vllm: error: unrecognized arguments: --enable-reasoning\n")
    assert facts["option.known_in"] == "0.7.1 to 0.9.2"
    assert facts["option.renamed_to"] == "--reasoning-parser"
    assert facts["mend.whole"] is False
    assert facts["mend.hopeless_flags"] == "--enable-reasoning"


@pytest.mark.parametrize(
    "text", ["INFO 05-11 09:12:40 [a.py:1] vllm: error: unrecognized arguments: --foo\n", "all well\n"]
)
def test_only_the_parsers_own_unheaded_words_count(text: str) -> None:
    assert _facts(text) == {}
