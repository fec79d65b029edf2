from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch import secrets
from vllm_doctor.launch.edit import apply_to
from vllm_doctor.launch.parser import parse_shell
from vllm_doctor.launch.secrets import reference, secret_name
from vllm_doctor.secret_patterns import hinted


@pytest.mark.parametrize(
    ("text", "referred"),
    [
        ("vllm serve m --api-key abc", 'vllm serve m --api-key "${VLLM_API_KEY:?}"'),
        ("vllm serve m --api_key='abc' --x", 'vllm serve m --api_key="${VLLM_API_KEY:?}" --x'),
        ("vllm serve m '--api-key=abc'", 'vllm serve m --api-key="${VLLM_API_KEY:?}"'),
        ("HF_TOKEN='hf_x y' vllm serve m", 'HF_TOKEN="${HF_TOKEN:?}" vllm serve m'),
        ("export HF_TOKEN=abc\nvllm serve m", 'export HF_TOKEN="${HF_TOKEN:?}"\nvllm serve m'),
        ("docker run -e HF_TOKEN=abc vllm/vllm-openai", 'docker run -e HF_TOKEN="${HF_TOKEN:?}" vllm/vllm-openai'),
        ("docker run -e 'HF_TOKEN=abc' vllm/vllm-openai", 'docker run -e HF_TOKEN="${HF_TOKEN:?}" vllm/vllm-openai'),
        ("vllm serve m --api-key $K", "vllm serve m --api-key $K"),
        ("HF_TOKEN=$T vllm serve m", "HF_TOKEN=$T vllm serve m"),
        ('bash -c "vllm serve m --api-key abc"', 'bash -c "vllm serve m --api-key \\"${VLLM_API_KEY:?}\\""'),
        ("vllm serve m --x hf_abcdefghijkl", 'vllm serve m --x "${HF_TOKEN:?}"'),
        ("vllm serve m --max-num-batched-tokens 8192", "vllm serve m --max-num-batched-tokens 8192"),
    ],
)
def test_references(text: str, referred: str) -> None:
    (launch,) = parse_shell(text)
    after = apply_to(launch, reference(launch))
    assert after.text == referred
    assert reference(after) == ()


@pytest.mark.parametrize("name", ["HF_TOKEN", "VLLM_API_KEY", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "MY_SECRET"])
def test_names_of_secrets(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize("name", ["TOKENIZERS_PARALLELISM", "VLLM_USE_V1", "MAX_TOKENS", "MONKEY", "KEYS_DIR"])
def test_names_of_no_secrets(name: str) -> None:
    assert not secret_name(name)


@given(st.from_regex(re.compile(secrets._FORMS.pattern)) | st.from_regex(re.compile(secrets._URL.pattern)))
def test_every_form_has_a_hint(value: str) -> None:
    """Words without one are not looked at further."""
    assert hinted(value)
