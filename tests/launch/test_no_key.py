"""EMPTY is what people write for a key where there is none: it is no secret."""

from __future__ import annotations

import json

from vllm_doctor.launch.edit import apply_to
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.launch.secrets import reference
from vllm_doctor.masking import mask_argv, mask_data


def test_empty_is_shown_as_it_is() -> None:
    assert mask_argv(["--api_key", "EMPTY", "--api-key=EMPTY"]) == ["--api_key", "EMPTY", "--api-key=EMPTY"]
    assert json.dumps(mask_data({"OPENAI_API_KEY": "EMPTY"})) == '{"OPENAI_API_KEY": "EMPTY"}'
    assert mask_argv(["--api-key", "EMPTYISH-1234"]) == ["--api-key", "***"]


def test_empty_stays_in_a_command() -> None:
    launch = parse_command_line('vllm serve m --api-key "EMPTY" --port 1')
    assert launch is not None
    assert apply_to(launch, reference(launch)).text == 'vllm serve m --api-key "EMPTY" --port 1'
    other = parse_command_line("vllm serve m --api-key s3cr3t")
    assert other is not None
    assert apply_to(other, reference(other)).text == 'vllm serve m --api-key "${VLLM_API_KEY:?}"'
