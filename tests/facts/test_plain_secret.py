from __future__ import annotations

import pytest

from vllm_doctor.facts.plain_secret import secret_option, secret_variable
from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.options import options
from vllm_doctor.vllm import arity

KEY = "sk-Zq8vB2nLw0TgR5yHk3Jd"
TOKEN = "hf_" + "qWeRtYuIoPaSdFgHjKlZxCvB"
HEX = "9f8c2e7b41d06a35e8b7c1d2"


def in_options(command: str) -> list[str]:
    (launch,) = read_launches(command, "a.sh")
    found = options(launch, lambda flag: arity(flag, None))
    return [name for option in found if (name := secret_option(option))]


@pytest.mark.parametrize("value", [KEY, HEX, f"'{HEX}'"])
def test_a_key_that_a_program_made_is_a_secret(value: str) -> None:
    assert in_options(f"vllm serve m --api-key {value}") == ["VLLM_API_KEY"]
    assert in_options(f"vllm serve m --api-key={value}") == ["VLLM_API_KEY"]


def test_a_token_is_told_by_its_form_wherever_it_stands() -> None:
    assert in_options(f"vllm serve m --hf-token {TOKEN}") == ["HF_TOKEN"]
    assert in_options(f"vllm serve m --served-model-name {TOKEN}") == ["HF_TOKEN"]


@pytest.mark.parametrize(
    "value",
    [
        "$VLLM_API_KEY",
        '"${KEY:?}"',
        "EMPTY",
        "token-abc123",
        "local-key",
        "my-super-secret-key",
        "'<your-api-key>'",
        "sk-xxxxxxxxxxxxxxxxxxxx",
        "sk-your-key-goes-in-here",
        "sk-no-key-required",
        "sk-1234567890abcdef1234",
        "vllm-team-2024",
        "{{ .Values.apiKey }}",
        "$(cat /run/secrets/key)",
    ],
)
def test_references_and_stand_ins_are_none(value: str) -> None:
    assert in_options(f"vllm serve m --api-key {value}") == []


def in_variables(text: str, file: str) -> list[str]:
    (launch,) = read_launches(text, file)
    return [variable.name for variable in launch.env if secret_variable(variable, launch)]


@pytest.mark.parametrize(
    ("value", "found"),
    [(TOKEN, ["HF_TOKEN"]), ("${HF_TOKEN:?}", []), ("<your-hf-token>", []), ("hf_xxxxxxxxxxxxxxxxxxxx", [])],
)
def test_variables_of_a_file(value: str, found: list[str]) -> None:
    image = "image: vllm/vllm-openai:v0.11.0\n    command: --model m"
    text = f"services:\n  s:\n    {image}\n    environment:\n      HF_TOKEN: {value}\n      HF_HOME: /cache\n"
    assert in_variables(text, "compose.yaml") == found
    assert in_variables(f"FROM vllm/vllm-openai\nENV HF_TOKEN={value}\nCMD ['--model', 'm']\n", "Dockerfile") in (
        found,
        [],
    )


def test_a_file_of_variables_is_where_secrets_belong() -> None:
    assert in_variables(f'HF_TOKEN={TOKEN}\nVLLM_ARGS="--model m"\n', ".env") == []
