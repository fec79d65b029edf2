from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor import vllm
from vllm_doctor.vllm import versions
from vllm_doctor.vllm.config_values import keys, wrong, wrong_keys
from vllm_doctor.vllm.words import UNKNOWN


def number(release: str) -> int:
    found = versions.number(release)
    assert found is not None
    return found


def reasons(flag: str, text: str, release: str = "0.24.0") -> list[str]:
    return [found.reason for found in wrong(flag, text, number(release))]


@pytest.mark.parametrize(
    ("flag", "text", "release", "taken"),
    [
        ("--compilation-config", "{}", "0.24.0", True),
        ("--compilation-config", '{"mode": 3, "cudagraph_capture_sizes": [1, 2]}', "0.24.0", True),
        ("--compilation-config", '{"mode": 3, "cudagraph_capture_sizes": 1}', "0.24.0", False),
        ("--compilation-config", "3", "0.24.0", False),
        ("--compilation-config", "3", "0.9.0", True),
        ("--compilation-config", '{"use_inductor": true}', "0.8.3", False),  # read as Python: True
        ("--compilation-config", '{"pass_config": {"no_such": 1}}', "0.24.0", False),
        ("--kv-transfer-config", '{"kv_role": "kv_both"}', "0.24.0", True),
        ("--kv-transfer-config", '{"kv_role": "both"}', "0.24.0", False),
        ("--kv-transfer-config", '{"kv_connector": "NixlConnector"}', "0.24.0", False),
        ("--kv-transfer-config", '{"kv_connector": "NixlConnector", "kv_role": null}', "0.8.5", False),
        ("--kv-transfer-config", '{"kv_connector": "NixlConnector", "kv_role": "kv_both"}', "0.24.0", True),
        ("--kv-transfer-config", '{"kv_role": "auto"}', "0.7.3", False),
        ("--kv-events-config", '{"endpoint": 1e3}', "0.33.0", False),
        ("--kv-events-config", '{"buffer_steps": 1e3}', "0.33.0", True),
        ("--kv-events-config", '{"buffer_steps": 0.5}', "0.33.0", False),
        ("--attention-config", '{"flash_attn_version": 3}', "0.33.0", True),
        ("--attention-config", '{"flash_attn_version": 7}', "0.33.0", False),
        ("--quantization-config", '{"moe": {"activation": [1, 2]}}', "0.24.0", False),
        ("--ec-transfer-config", '{"ec_connector": "x", "ec_role": "ec_producer"}', "0.24.0", True),
        ("--ec-transfer-config", '{"ec_connector": "x"}', "0.24.0", False),
        ("--compilation-config", '{"cudagraph_mode": "FULL_AND_PEICEWISE"}', "0.24.0", False),
        ("--compilation-config", '{"cudagraph_mode": "full_and_piecewise"}', "0.24.0", True),
        ("--attention-config", '{"backend": "FLASH_ATTENTION"}', "0.24.0", False),
        ("--attention-config", '{"backend": "flash_attn"}', "0.24.0", True),
        ("--attention-config", '{"backend": "auto"}', "0.24.0", True),
        ("--kv-transfer-config", '{"kv_buffer_size": 1k}', "0.24.0", True),
        ("--kv-transfer-config", '{"kv_buffer_size": 1k}', "0.18.0", False),
        ("--kv-transfer-config", "", "0.24.0", True),
    ],
)
def test_wrong(flag: str, text: str, release: str, taken: bool) -> None:
    assert (not reasons(flag, text, release)) == taken


def test_unknown_values_are_taken() -> None:
    found = wrong_keys("--compilation-config", {"mode": UNKNOWN, "no_such": UNKNOWN}, number("0.24.0"))
    assert [one.key for one in found] == ["no_such"]


def test_keys_of_a_release() -> None:
    assert keys("--no-such", number("0.24.0")) == {}
    assert keys("--kv-transfer-config", number("0.24.0"))["kv_role"].choices == (
        "kv_producer",
        "kv_both",
        "kv_consumer",
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["mode", "pass_config", "x"]), inner),
    max_leaves=6,
)


@given(JSON, st.sampled_from(["0.8.3", "0.9.0", "0.24.0", "0.33.0"]))
def test_any_json_gets_an_answer(value: object, release: str) -> None:
    flag = "--compilation-config"
    for found in wrong(flag, json.dumps(value), number(release)):
        assert found.reason
        assert not found.unknown_key or found.key not in vllm.json_keys(flag, release)


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(text: str) -> None:
    assert all(reasons("--compilation-config", text, "0.8.3")) or not text
    list(wrong("--compilation-config", text, number("0.24.0")))


def test_deep_nesting_does_not_break_it() -> None:
    assert reasons("--compilation-config", '{"mode":' * 50_000)
    assert reasons("--compilation-config", "(" * 50_000, "0.8.3")
