from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.memory_events import facts_of, record
from vllm_doctor.facts.hub import is_path
from vllm_doctor.facts.types import Facts


def asked(words: str) -> Facts:
    return facts_of(record(words))


@pytest.mark.parametrize(
    ("words", "repo", "revision", "file"),
    [
        (
            "Repository Not Found for url: https://huggingface.co/acme/heron-8b/resolve/main/config.json.",
            "acme/heron-8b",
            "main",
            "config.json",
        ),
        (
            "Repository Not Found for url: https://huggingface.co/api/models/acme/heron/tree/v2?recursive=True.",
            "acme/heron",
            "v2",
            None,
        ),
        ("Cannot access gated repo for url https://hf-mirror.com/api/models/acme/heron.", "acme/heron", None, None),
        ("see https://huggingface.co/docs/huggingface_hub/authentication", None, None, None),
        ("could not fetch https://example.org/a/b.jpg", None, None, None),
    ],
)
def test_what_was_asked_for_is_read_off_the_address(
    words: str, repo: str | None, revision: str | None, file: str | None
) -> None:
    facts = asked(words)
    assert (facts.get("hub.repo"), facts.get("hub.revision"), facts.get("hub.file")) == (repo, revision, file)


def test_a_server_of_ones_own_keeps_its_port() -> None:
    facts = asked("Entry Not Found for url: http://10.1.2.3:8090/acme/heron/resolve/main/model.safetensors.")
    assert facts.get("hub.address") == "http://10.1.2.3:8090"
    assert facts.get("hub.host") == "10.1.2.3:8090"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("401 Client Error. (Request ID: x)", "401"),
        ("504 Server Error: Gateway Time-out for url: u", "504"),
        ("403 Forbidden: None.", "403"),
        ("an Error of 401 kinds", None),
    ],
)
def test_the_status(words: str, status: str | None) -> None:
    assert asked(words).get("hub.status") == status


@pytest.mark.parametrize("text", ["./a", "../a/b", "/a", "~/a", "a/b/c", "a/b/", "c:\\models\\a"])
def test_what_can_only_be_a_path(text: str) -> None:
    assert is_path(text)


@given(st.from_regex(r"[A-Za-z0-9]{1,20}(/[A-Za-z0-9][\w-]{0,20})?", fullmatch=True))
def test_a_repo_is_no_path(text: str) -> None:
    assert not is_path(text)


@pytest.mark.parametrize(
    ("given_env", "switch"),
    [
        ({"env__HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE"),
        ({"env__HF_HUB_OFFLINE": "true"}, "HF_HUB_OFFLINE"),
        ({"env__HF_HUB_OFFLINE": "0"}, None),
        ({"env__HF_HUB_OFFLINE": "0", "env__TRANSFORMERS_OFFLINE": "1"}, None),
        ({"env__TRANSFORMERS_OFFLINE": "1"}, "TRANSFORMERS_OFFLINE"),
        ({}, None),
    ],
)
def test_the_switch_of_offline_mode(given_env: dict[str, object], switch: str | None) -> None:
    facts = facts_of(**given_env)
    assert facts.get("hub.offline_variable") == switch
    assert facts.get("hub.offline") is (True if switch else None)


def test_the_page_is_where_the_model_comes_from() -> None:
    assert facts_of(model__name="acme/heron").get("hub.page") == "https://huggingface.co/acme/heron"
    of_modelscope = facts_of(model__name="acme/heron", env__VLLM_USE_MODELSCOPE="True")
    assert of_modelscope.get("hub.page") == "https://modelscope.cn/models/acme/heron"
    assert facts_of(model__name="/srv/heron").get("hub.page") is None


def test_a_user_who_is_known_and_refused() -> None:
    assert asked("Access to model a/b is restricted and you are not in the authorized list.").get("hub.refused")
    assert asked("3 requests pending").get("hub.refused") is None


def test_the_tokenizers_path_is_told_from_the_models() -> None:
    known = {"hub__path": "./tokens", "args__tokenizer": "./tokens"}
    assert facts_of(**known, args__model="./heron").get("hub.path_is_tokenizer") is True
    assert facts_of(**known, args__model="./tokens").get("hub.path_is_tokenizer") is False


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Fast download using 'hf_transfer' is enabled (HF_HUB_ENABLE_HF_TRANSFER=1) but", "transfer-absent"),
        ("An error occurred while downloading using `hf_transfer`. Consider", "transfer-failed"),
        ("Data processing error: CAS service error", "xet-failed"),
    ],
)
def test_which_fast_way_failed(words: str, kind: str) -> None:
    assert asked(words).get("hub.fast_kind") == kind
