"""Settings that bound each other, and what a client was told."""

import pytest

from vllm_doctor.facts import Fact, Facts
from vllm_doctor.facts.flag_limits import tokens
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.replies import of_replies
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.log import read_log


def _of(command: str, **more: object) -> Facts:
    launch = parse_command_line(command)
    assert launch is not None
    facts = [*of_launch(launch), *(Fact(name.replace("__", "."), value) for name, value in more.items())]  # type: ignore[arg-type]
    return Facts({fact.name: fact for fact in facts})


@pytest.mark.parametrize(
    ("text", "number"), [("2048", 2048), ("32k", 32000), ("32K", 32768), ("32.5k", 32500), ("", None), (None, None)]
)
def test_counts_as_the_parser_reads_them(text: str | None, number: int | None) -> None:
    assert tokens(text) == number


@pytest.mark.parametrize(
    ("options", "low"),
    [
        ("--max-num-batched-tokens 512 --max-model-len 2k --no-enable-chunked-prefill", True),
        ("--max-num-batched-tokens 512 --max-model-len 2k --enable-chunked-prefill=False", True),
        ("--max-num-batched-tokens 512 --max-model-len 2k --enable-chunked-prefill", False),
        ("--max-num-batched-tokens 512 --max-model-len 2k", False),
        ("--max-num-batched-tokens 4096 --max-model-len 2k --no-enable-chunked-prefill", False),
        ("--max-num-batched-tokens 512", None),
    ],
)
def test_batched_tokens_below_the_length(options: str, low: bool | None) -> None:
    assert _of(f"vllm serve m {options}").get("batched.below_max_len") is low


@pytest.mark.parametrize(
    ("model", "parser"),
    [
        ("Qwen/Qwen2.5-7B-Instruct", "hermes"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama3_json"),
        ("openai/gpt-oss-20b", "openai"),
        ("org/model", None),
    ],
)
def test_tool_parser_of_a_model(model: str, parser: str | None) -> None:
    assert _of(f"vllm serve {model}").get("parser.tool_of_model") == parser


def test_a_parser_that_the_release_lacks_is_not_proposed() -> None:
    assert _of("vllm serve openai/gpt-oss-20b", vllm__version="0.8.3").get("parser.tool_of_model") is None


@pytest.mark.parametrize(("rank", "fit"), [(8, 8), (24, 32), (64, 64), (600, None)])
def test_rank_that_holds_an_adapter(rank: int, fit: int | None) -> None:
    assert Facts({"lora.rank": Fact("lora.rank", rank)}).get("lora.fitting_rank") == fit


@pytest.mark.parametrize(("release", "value"), [("0.7.3", "image=3"), ("0.24.0", '{"image": 3}')])
def test_limit_as_the_release_writes_it(release: str, value: str) -> None:
    facts = {"mm.modality": "image", "mm.asked": 3, "vllm.version": release}
    assert Facts({name: Fact(name, fact) for name, fact in facts.items()}).get("mm.limit_value") == value


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (
            '{"object":"error","message":"The model `chat` does not exist.","type":"NotFoundError","code":404}',
            "reply.model_asked",
        ),
        (
            '{"error":{"message":"The model `chat` does not exist.","type":"NotFoundError","param":"model","code":404}}',
            "reply.model_asked",
        ),
        ('{"error":"Unauthorized"}', "reply.key_missing"),
        ('{"messages":[{"role":"user","content":"The model `chat` does not exist."}]}', None),
        ('{"note":{"error":"Unauthorized"}}', None),
        ('INFO:     10.0.4.17:1 - "POST /v1/models HTTP/1.1" 401 Unauthorized', None),
    ],
)
def test_only_vllms_own_error_bodies_count(line: str, name: str | None) -> None:
    events = read_log([f"INFO:     Application startup complete.\n{line}\n".encode()], "log").attempts[-1].events
    assert [fact.name for fact in of_replies(events)] == ([name] if name else [])
