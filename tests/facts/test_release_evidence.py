"""The releases that agree with a parser's last words, a usage line, or the form of the headers."""

import pytest

from vllm_doctor.facts.release_evidence import releases_seen
from vllm_doctor.log import read_log


def _span(text: str) -> tuple[str, str] | None:
    seen = releases_seen(read_log([text.encode()], "log").attempts[-1].events)
    return (seen[0], seen[-1]) if seen else None


@pytest.mark.parametrize(
    ("text", "span"),
    [
        (
            "usage: vllm [-h] {serve,complete,chat} ...\nvllm: error: unrecognized arguments: --foo\n",
            ("0.5.2", "0.6.4.post1"),
        ),
        (
            "usage: vllm [-h] [-v] {serve,complete,chat} ...\nvllm: error: unrecognized arguments: --foo\n",
            ("0.6.5", "0.7.3"),
        ),
        (
            "usage: vllm [-h] [-v]\n            {chat,complete,serve,launch,bench,collect-env,run-batch}\n            ...\n"
            "vllm: error: unrecognized arguments: --swap-space 4\n",
            ("0.18.0", "0.30.0"),
        ),
        (
            "usage: vllm serve <model_tag> [options]\nvllm serve: error: the following arguments are required: model_tag\n",
            ("0.5.2", "0.8.2"),
        ),
        (
            "usage: vllm serve [model_tag] [options]\nvllm serve: error: argument --port: expected one argument\n",
            ("0.8.3", "0.33.0"),
        ),
        ("INFO 05-11 09:12:40 llm_engine.py:237] one\n", ("0.4.1", "0.7.3")),
        ("INFO 05-11 09:12:40 [core.py:69] one\n", ("0.8.0", "0.33.0")),
        ("nothing of vLLM\n", None),
    ],
)
def test_evidence(text: str, span: tuple[str, str] | None) -> None:
    assert _span(text) == span


def test_rejected_and_taken_options_narrow_it() -> None:
    text = "usage: vllm serve [model_tag] [options]\nvllm: error: unrecognized arguments: --rope-scaling {}\n"
    seen = _span(text)
    assert seen == ("0.11.1", "0.33.0")
