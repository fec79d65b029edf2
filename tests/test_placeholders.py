"""What stands for a value that nobody knows, and what only looks like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor import check
from vllm_doctor.launch.lexer import lex
from vllm_doctor.pipeline import Options
from vllm_doctor.placeholders import is_placeholder

STAND_INS = [
    *("<model>", "<your model>", "<org>/<model>", "http://<host>:8000", "<args...>", "{model}", "/models/{name}"),
    *("{your model directory}", "YOUR_KEY", "your-org/model", "...", "…", "[OPTIONS]", "[--port", "N", "MAX_MODEL_LEN"),
    *("PORT", "TP", "CHANGEME", "XXXX", "[options]"),
]
VALUES = [
    *(
        "auto",
        "fp8",
        "FP16",
        "[ngram]",
        "FLASH_ATTN",
        "INFO",
        "0.9",
        "-1",
        "[1,2]",
        "[FULL, 1",
        "{}",
        '{"a": 1}',
        '{"a": {"b": 2}}',
    ),
    *("org/model-7B", "./x.gguf", "/models/a", "{a,b}", "image=2", "a<b", "..", "AWQ", "youre/model", "", "<|im_end|>"),
]


@pytest.mark.parametrize("word", STAND_INS)
def test_is_placeholder(word: str) -> None:
    assert is_placeholder(word)


@pytest.mark.parametrize("word", [value for value in VALUES if value != "[FULL, 1"])
def test_is_a_value(word: str) -> None:
    assert not is_placeholder(word)


def words(text: str) -> list[str]:
    return [token.raw for token in lex(text) if token.kind == "word"]


def test_angles_around_a_name_are_a_word() -> None:
    assert words("vllm serve <model> --port <the port> \\\n --host=<ip>") == [
        *("vllm", "serve", "<model>", "--port", "<the port>", "--host=<ip>")
    ]
    assert words("vllm serve {your model directory} -tp 2") == ["vllm", "serve", "{your model directory}", "-tp", "2"]
    assert words("vllm serve <org>/<name>:<tag>") == ["vllm", "serve", "<org>/<name>:<tag>"]


@pytest.mark.parametrize(
    "text",
    ["sort <in >out", "sort <in>out", "sort <in>/tmp/out", "cat <<EOF >x\nEOF", "a <&1", "{ echo a; }", "x <(y) z"],
)
def test_redirections_and_groups_stay(text: str) -> None:
    assert not any(is_placeholder(word) for word in words(text))


@pytest.mark.parametrize(
    "command",
    [
        *(
            "vllm serve <model> --tensor-parallel-size <num_gpus> --dtype <dtype>",
            "vllm serve ...",
            "vllm serve org/m ...",
        ),
        *("vllm serve {model} --max-model-len {length} --seed N", "vllm serve YOUR_MODEL --max-model-len YOUR_LENGTH"),
        *("vllm serve org/m --dtype DTYPE --port PORT", "vllm serve MODEL [OPTIONS]", "vllm serve MODEL [--port PORT]"),
        *("vllm serve org/m --quantization-config.linear fp8_per_channel", "vllm serve --help=max"),
        *("vllm serve org/m other vLLM OpenAI server arguments", "docker run -it vllm-tpu"),
        "docker run vllm/vllm-tpu tail -f /dev/null",
    ],
)
@pytest.mark.parametrize("release", [None, "0.24.0"])
def test_nothing_is_said_of_them(command: str, release: str | None) -> None:
    told = [one for launch in check(command, Options(vllm_version=release)).launches for one in launch.findings]
    assert [one.id for one in told if one.severity != "note"] == []


@pytest.mark.parametrize("value", ["FP16", "int8", "half "])
def test_a_wrong_value_is_still_found(value: str) -> None:
    (launch,) = check(f"vllm serve <model> --dtype '{value}'", Options(vllm_version="0.24.0")).launches
    assert [one.id for one in launch.findings] == ["invalid-flag-value"]


@pytest.mark.parametrize("release", ["0.9.2", "0.11.0", "0.11.1", "0.24.0", "0.33.0"])
def test_an_image_of_no_release_starts_what_that_release_starts(release: str) -> None:
    command = "docker run --gpus all --ipc=host vllm/vllm-openai:latest --model org/model"
    told = [one for launch in check(command, Options(vllm_version=release)).launches for one in launch.findings]
    assert [one.id for one in told if one.severity == "error"] == []


def test_a_prompt_may_stand_before_continued_lines_too(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ vllm serve org/model \\\n$     --tensor-parallel-size 4\n```\n")
    (launch,) = check(page).launches
    assert launch.argv == ("org/model", "--tensor-parallel-size", "4")
    assert launch.findings == ()
