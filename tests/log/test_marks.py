import pytest

from vllm_doctor.log.marks import start_step
from vllm_doctor.log.types import Line, Piece, Record


def record(message: str, file: str = "") -> Record:
    return Record(message, (Line(message, (Piece(1, message),)),), "INFO" if file else "", file)


@pytest.mark.parametrize(
    "text",
    [
        "$ vllm serve m",
        "vllm serve m --port 1",
        "+ vllm serve m",
        "+ exec vllm serve m",
        "root@h:/x# python3 -m vllm.entrypoints.openai.api_server --model m",
        "(env) me@h:~/x$ vllm serve m",
        "CUDA_VISIBLE_DEVICES=0 VLLM_USE_V1=1 vllm serve m",
        "$ sudo docker run --gpus all vllm/vllm-openai:latest --model m",
        "# python -m vllm.entrypoints.api_server",
    ],
)
def test_shell_lines(text: str) -> None:
    assert start_step(record(text)) == "shell"


@pytest.mark.parametrize(
    "text",
    ["use vllm serve m", "vllm: error: x", "see `vllm serve`", "the $ vllm serve", "$ curl http://x/vllm"],
)
def test_other_lines(text: str) -> None:
    assert start_step(record(text)) == ""


@pytest.mark.parametrize(
    ("message", "step"),
    [
        ("vLLM API server version 0.8.3", "banner"),
        ("\n  █\n ▄▄ ▄█ █\n   █▄█▀ █  model m", "banner"),
        ("args: Namespace(model='m')", "args"),
        ("non-default args: {}", "args"),
        ("Automatically detected platform cuda.", "platform"),
        ("Initializing a V1 LLM engine (v0.8.3) with config: x", "engine"),
        ("Initializing an LLM engine (v0.6.0) with config: x", "engine"),
        ("Loading weights", ""),
    ],
)
def test_vllms_records(message: str, step: str) -> None:
    assert start_step(record(message, "a.py")) == step
    assert start_step(record(message)) == ""
