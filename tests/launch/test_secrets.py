from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.edit import apply_to
from vllm_doctor.launch.parser import parse_shell
from vllm_doctor.launch.secrets import mask, reference, secret_name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("vllm serve m --api-key abc --port 1", "vllm serve m --api-key *** --port 1"),
        ("vllm serve m --api_key='a b'", "vllm serve m --api_key='***'"),
        ("vllm serve m --api-key a b --x", "vllm serve m --api-key *** *** --x"),
        ("vllm serve m \\\n  --api-key \\\n  abc \\\n  --x", "vllm serve m \\\n  --api-key \\\n  *** \\\n  --x"),
        ("set --api-key to protect the server", "set --api-key *** protect the server"),
        ("vllm serve m --api-key $KEY", "vllm serve m --api-key $KEY"),
        ('vllm serve m --api-key "${KEY:?}"', 'vllm serve m --api-key "${KEY:?}"'),
        ("HF_TOKEN=abc MY_PASSWORD='x y' A_SECRET_KEY=z vllm", "HF_TOKEN=*** MY_PASSWORD=*** A_SECRET_KEY=*** vllm"),
        ("docker run -e HF_TOKEN=abc -e HF_TOKEN", "docker run -e HF_TOKEN=*** -e HF_TOKEN"),
        ("HF_TOKEN=$HF_TOKEN", "HF_TOKEN=$HF_TOKEN"),
        ("TOKENIZERS_PARALLELISM=true", "TOKENIZERS_PARALLELISM=true"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("http://me:pw@host/x", "http://me:***@host/x"),
        ("token hf_abcdefghijkl and sk-abcdefghijkl", "token *** and ***"),
        ("{'model': 'm', 'api_key': ['a', 'b'], 'port': 1}", "{'model': 'm', 'api_key': ['***', '***'], 'port': 1}"),
        ("Namespace(api_key='abc', hf_token=None)", "Namespace(api_key='***', hf_token=None)"),
        ("max_num_batched_tokens=8192 num_tokens=1", "max_num_batched_tokens=8192 num_tokens=1"),
        ("skipping hf_config and hf_text_config", "skipping hf_config and hf_text_config"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert mask(text) == shown


@given(st.text())
def test_what_is_shown_twice_is_shown_alike(text: str) -> None:
    assert mask(mask(text)) == mask(text)


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
