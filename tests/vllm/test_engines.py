"""The engine by release, against VLLM_USE_V1 and `_is_v1_supported_oracle`."""

from __future__ import annotations

from typing import Any

import pytest

from vllm_doctor.vllm import Features, engine


@pytest.mark.parametrize(
    ("release", "more", "expected"),
    [
        ("0.6.3", {}, "V0"),
        ("0.6.3", {"use_v1": "1"}, "V0"),
        ("0.7.3", {}, "V0"),
        ("0.7.3", {"use_v1": "1"}, "V1"),
        ("0.8.3", {}, "V1"),
        ("0.8.3", {"use_v1": "0"}, "V0"),
        ("0.10.2", {"use_v1": "0"}, "V0"),
        ("0.11.0", {"use_v1": "0"}, "V1"),
        ("0.8.3", {"capability": 7.5}, "V0"),
        ("0.10.2", {"capability": 7.5}, "V1"),
        ("0.9.2", {"capability": 8.6, "kv_cache_dtype": "fp8"}, "V0"),
        ("0.9.2", {"capability": 9.0, "kv_cache_dtype": "fp8"}, "V1"),
        ("0.9.1", {"recurrent": True}, "V0"),
        ("0.11.0", {"recurrent": True}, "V1"),
        ("0.8.3", {"vendor": "amd"}, "V0"),
        ("0.9.2", {"vendor": "amd"}, "V1"),
        ("0.8.3", {"asked": frozenset({"num_scheduler_steps"})}, "V0"),
        ("0.10.1", {"asked": frozenset({"num_scheduler_steps"})}, "V1"),
        ("0.8.3", {"quantization": "gguf"}, "V0"),
        ("0.8.3", {"pooling": True}, "V0"),
        ("0.24.0", {"encoder_decoder": True}, "V1"),
    ],
)
def test_engine(release: str, more: dict[str, Any], expected: str) -> None:
    assert engine(release, Features(**{"capability": 9.0, **more})) == expected
