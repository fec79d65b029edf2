"""Kinds of files that are not read, and evidently start vLLM."""

from __future__ import annotations

import pytest

from vllm_doctor.launch import unread
from vllm_doctor.launch.unread import unread_note


@pytest.fixture(autouse=True)
def _no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which kinds are read is another test's matter."""
    monkeypatch.setattr(unread, "reader_of", lambda file, text: None)


@pytest.mark.parametrize(
    "line",
    [
        "vllm serve org/model",
        "  sh 'vllm serve $MODEL --port 8000'",
        '["vllm", "serve", "org/model"]',
        '"cmd": ["vllm","serve","m","--port","1"],',
        "python3 -m vllm.entrypoints.openai.api_server --model m",
        '["python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "m"]',
    ],
)
def test_what_evidently_starts_it(line: str) -> None:
    said = unread_note(f"pipeline {{\n{line}\n", "ci/Jenkinsfile")
    assert said == "unread kind: line 2 starts vLLM, but Jenkinsfiles are not read, so nothing in it was checked"


@pytest.mark.parametrize(
    "line",
    [
        "pip install vllm",
        "use vllm serve to start",
        "vllm server --port",
        "see https://docs.vllm.ai/serve",
        "my-vllm serve org/model",
        "from vllm.entrypoints.llm import LLM",
    ],
)
def test_what_only_speaks_of_it(line: str) -> None:
    assert unread_note(f"{line}\n", "notes.txt") == ""


@pytest.mark.parametrize(
    ("file", "kind"),
    [("a.tf", "Terraform"), ("x/a.zz", ".zz files"), ("rakefile", "files named rakefile"), ("C:\\a.NIX", "Nix")],
)
def test_the_kind_has_a_name(file: str, kind: str) -> None:
    assert f"but {kind} are not read" in unread_note("vllm serve org/model", file)


def test_a_log_is_no_launch_file() -> None:
    assert unread_note("vllm serve org/model", "server.log") == ""


def test_a_kind_that_is_read_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert unread_note("vllm serve org/model", "run.sh") == ""


def test_yaml_that_is_none_is_told_with_its_place() -> None:
    text = 'services:\n  vllm:\n    command: ["--hf-overrides", "{"a":1}"]\n'
    said = unread_note(text, "compose.yaml")
    assert said.startswith("no YAML: line 3, column 36: ")
    assert unread_note(text.replace('"{"a":1}"', "x"), "compose.yaml") == ""
    assert unread_note("{{ if vllm }}\n" + text, "compose.yaml") == ""
