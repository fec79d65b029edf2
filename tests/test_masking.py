"""What must be hidden, what must stay, and that hiding is done once."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vllm_doctor import secret_patterns
from vllm_doctor.masking import hidden_among, is_secret_name, mask, mask_argv, mask_data, mask_lines, showing

SECRET = "Zq7" + "x9Kd4TtR2mWv8Lp1Hs6Yb3Nc5Gf0J"
HF = "hf_" + SECRET

HIDDEN = [
    (f"token {HF} is invalid", "token *** is invalid"),
    ("loaded with sk-live-abcdef123456", "loaded with ***"),
    ("sk-abcdefghijklmnopqrst", "***"),
    ("vllm serve m --api-key tops3cret --port 8000", "vllm serve m --api-key *** --port 8000"),
    ("vllm serve m --api_key=tops3cret", "vllm serve m --api_key=***"),
    ("vllm serve m --api-key 'two words' -tp 2", "vllm serve m --api-key '***' -tp 2"),
    ("vllm serve m \\\n  --api-key \\\n  tops3cret", "vllm serve m \\\n  --api-key \\\n  ***"),
    ("--hf-token abc", "--hf-token ***"),
    ("--token abc", "--token ***"),
    ("non-default args: {'api_key': 'mykey', 'port': 1}", "non-default args: {'api_key': '***', 'port': 1}"),
    ("{'api_key': ['one', 'two'], 'x': 1}", "{'api_key': ['***'], 'x': 1}"),
    ("{'hf_token': 'plainword'}", "{'hf_token': '***'}"),
    ("Namespace(api_key='abc', hf_token=b'x')", "Namespace(api_key='***', hf_token=b'***')"),
    ('{"apiKey": "abc"}', '{"apiKey": "***"}'),
    ("HF_TOKEN=abc vllm serve m", "HF_TOKEN=*** vllm serve m"),
    ('export HUGGING_FACE_HUB_TOKEN="abc"', 'export HUGGING_FACE_HUB_TOKEN="***"'),
    (
        "docker run -e VLLM_API_KEY=abc -e AWS_SECRET_ACCESS_KEY=def/ghi+j img",
        "docker run -e VLLM_API_KEY=*** -e AWS_SECRET_ACCESS_KEY=*** img",
    ),
    ("WANDB_API_KEY: abcdef", "WANDB_API_KEY: ***"),
    ("  - HF_TOKEN=abc", "  - HF_TOKEN=***"),
    ("DB_PASSWORD=abc PGPASSWORD=def", "DB_PASSWORD=*** PGPASSWORD=***"),
    ("- name: HF_TOKEN\n  value: abc", "- name: HF_TOKEN\n  value: ***"),
    ('+- name: HF_TOKEN\n+  value: "abc"', '+- name: HF_TOKEN\n+  value: "***"'),
    ('["--api-key", "abc", "--port"]', '["--api-key", "***", "--port"]'),
    ("  - --api-key\n  - abc\n  - --port", "  - --api-key\n  - ***\n  - --port"),
    ("Authorization: Bearer abc", "Authorization: Bearer ***"),
    ("{'authorization': 'Basic dXNlcjpwYXNz'}", "{'authorization': 'Basic ***'}"),
    ("curl -H 'x-api-key: abc'", "curl -H 'x-api-key: abc'".replace("abc", "***")),
    ("retrying (api_key: tops3cret, port: 1)", "retrying (api_key: ***, port: 1)"),
    ("sent bearer abcd1234efgh", "sent bearer ***"),
    ("http://user:p4ss@proxy:3128/x", "http://user:***@proxy:3128/x"),
    ("redis://:p@ss@host/0", "redis://:***@host/0"),
    (f"https://{HF}@huggingface.co/m", "https://***@huggingface.co/m"),
    ("https://h/f?X-Amz-Signature=0123abcd&x=1", "https://h/f?X-Amz-Signature=***&x=1"),
    ("AKIA" + "ABCDEFGHIJKLMNOP is here", "*** is here"),
    ("ghp_" + SECRET, "***"),
    ("${HF_TOKEN:-abc}", "${HF_TOKEN:-***}"),
    ("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "***"),
]

KEPT = [
    "vllm serve m --tokenizer org/name --tokenizer-mode auto --max-num-batched-tokens 8192",
    "tokenizer='m', tokenizer_mode='auto', hf_tokenizer='x', skip_tokenizer_init=False",
    "SamplingParams(max_tokens=16, stop_token_ids=[1, 2], skip_special_tokens=True)",
    "12-01 10:11:12 [core.py:1231] Avg prompt throughput: 12.0 tokens/s",
    "2026-11-20T09:12:05.123456789Z stdout F INFO",
    "<class 'vllm.v1.TokenEmbedding'> and <Token key=3>",
    "KeyError: 'model.layers.0.self_attn.qkv_proj.weight'",
    "KeyError: 'HF_TOKEN'",
    "missing key='layers.0.mlp' in state dict; key=lm_head.weight",
    "api_key=None, hf_token=None, 'api_key': [], use_auth_token=True",
    'vllm serve m --api-key "${VLLM_API_KEY:?}"',
    "vllm serve m --api-key $VLLM_API_KEY --port 1",
    "HF_TOKEN=$(cat /run/secrets/hf) HF_TOKEN=${HF_TOKEN} HF_TOKEN=`cat x`",
    "set --api-key to a value, or leave --api-key out",
    "secretKeyRef: {name: hf-secret, key: token}",
    "kind: Secret",
    "HF_TOKEN: not set in the environment",
    "argument api_key: expected str; password: invalid",
    "hf_overrides={'a': 1} hf_config hf_quant_config.json",
    "EOS_TOKEN=2 eos_token='</s>' pad_token=0",
    "/models/hf_Llama31Instruct/ and /data/sk-Foo-12b",
    "https://huggingface.co/docs and git@github.com:x/y.git",
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
    "Bearer token is missing; basic settings",
    "--ssl-keyfile /etc/key.pem --ssl-certfile /etc/cert.pem",
]


@pytest.mark.parametrize(("text", "shown"), HIDDEN)
def test_secrets_are_hidden(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize("text", KEPT)
def test_harmless_words_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(("text", "shown"), HIDDEN)
def test_masking_twice_changes_nothing_more(text: str, shown: str) -> None:
    assert mask(mask(text)) == shown


@pytest.mark.parametrize(
    "name",
    [
        "HF_TOKEN",
        "VLLM_API_KEY",
        "--api-key",
        "--api_key",
        "api_key",
        "hf_token",
        "PGPASSWORD",
        "--token",
        "apiKey",
    ],
)
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "--tokenizer",
        "max_tokens",
        "--max-num-batched-tokens",
        "key",
        "EOS_TOKEN",
        "--ssl-keyfile",
        "",
        "monkey",
    ],
)
def test_harmless_names(name: str) -> None:
    assert not is_secret_name(name)


def test_arguments_lose_every_value_of_the_secret_option() -> None:
    argv = ["org/m", "--api-key", "one", "two", "org/m", "--port", "1", "--hf-token=three"]
    assert mask_argv(argv) == ["org/m", "--api-key", "***", "***", "org/m", "--port", "1", "--hf-token=***"]


def test_data_is_masked_by_key_by_option_and_by_shape() -> None:
    data = {
        "env": {"HF_TOKEN": "plain", "PORT": "1", "OTHER": "$X", "NONE": None},
        "changes": [
            {"set": "--api-key", "from": "plain", "to": '"${VLLM_API_KEY:?}"'},
            {"set": "--port", "from": "1", "to": "2"},
        ],
        "argv": ["--api-key", "plain"],
        "text": f"x {HF}",
        "n": 3,
    }
    assert mask_data(data) == {
        "env": {"HF_TOKEN": "***", "PORT": "1", "OTHER": "$X", "NONE": None},
        "changes": [
            {"set": "--api-key", "from": "***", "to": '"${VLLM_API_KEY:?}"'},
            {"set": "--port", "from": "1", "to": "2"},
        ],
        "argv": ["--api-key", "***"],
        "text": "x ***",
        "n": 3,
    }


TEMPLATES = st.sampled_from(
    [
        *("HF_TOKEN={}", "--api-key {}", "--api-key='{}'", "'api_key': '{}'", "api_key={}, x=1"),
        *('"hf_token": "{}"', "http://u:{}@h/p", "Authorization: Bearer {}", "MY_PASSWORD={}"),
        *("--hf_token={}", "X_KEY={}"),
    ]
)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+", min_size=12, max_size=60).filter(
    lambda word: word[0].isalnum() and not word.endswith(".")
)


@given(TEMPLATES, WORDS, st.text(max_size=30), st.text(max_size=30))
def test_a_secret_in_its_place_is_never_shown(template: str, secret: str, before: str, after: str) -> None:
    assume(secret not in before + after)
    assert secret not in mask(f"{before} {template.format(secret)} {after}")


@given(st.text(st.sampled_from("hfsk_-'\"=: \n$={}[]keytoknaipdwr0123XYZ/@.,"), max_size=120))
def test_masking_any_text_is_stable(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(
    st.one_of(
        st.text(st.sampled_from("hfsk_-'\"=: \n$={}[]keytoknaipdwr0123XYZ/@.,"), max_size=80),
        TEMPLATES.flatmap(lambda template: WORDS.map(template.format)),
        st.sampled_from([text for text, _ in HIDDEN]),
    )
)
def test_the_quick_look_misses_nothing_that_the_patterns_find(text: str) -> None:
    tables = ("values", "bare", "lists")
    if not secret_patterns.hinted(text):
        assert not any(pattern.search(text) for table in tables for pattern in secret_patterns.compiled(table))


@given(
    st.lists(st.one_of(st.text("kKeyhfsk_-'\"=: \x1b[1mab3", max_size=12), TEMPLATES, WORDS), min_size=1, max_size=6)
)
def test_what_is_hidden_among_lines_is_what_each_alone_would_show(lines: list[str]) -> None:
    own = [not index % 2 for index in range(len(lines))]
    together = mask_lines(lines, own)
    shown = {index: text for index, text in enumerate(together) if text != mask_lines([lines[index]])[0]}
    assert hidden_among(lines, own) == shown


@given(st.text("kKTokey=?&/:sSp@-1\u0130\u00df", max_size=40), st.integers(0, 40))
def test_a_part_of_a_text_has_no_hint_that_the_whole_has_not(text: str, at: int) -> None:
    among = secret_patterns.hints_in(text)
    for part in (text[:at], text[at:], text):
        assert secret_patterns.hinted(part, among) == secret_patterns.hinted(part)


def test_what_is_shown_on_request_is_hidden_again() -> None:
    text, lines, argv = "HF_TOKEN=plainword", ["HF_TOKEN=", "'plainword'"], ["--api-key", "plain"]
    with showing():
        assert mask(text) == text
        assert mask_lines(lines) == lines
        assert hidden_among(lines, [True, False]) == {}
        assert mask_argv(argv) == argv
        assert mask_data({"password": 12, "env": {"HF_TOKEN": "plain"}}) == {
            "password": 12,
            "env": {"HF_TOKEN": "plain"},
        }
        with showing(False):
            assert mask(text) == "HF_TOKEN=***"
    assert mask(text) == "HF_TOKEN=***"
    assert mask_argv(argv) == ["--api-key", "***"]
