from __future__ import annotations

import pytest

from vllm_doctor.facts.meant_values import values_meant

MODES = ("NONE", "PIECEWISE", "FULL", "FULL_DECODE_ONLY", "FULL_AND_PIECEWISE")


@pytest.mark.parametrize(
    ("text", "valid", "meant"),
    [
        ('{"cudagraph_mode": "FULL_AND_PEICEWISE"}', MODES, ['{"cudagraph_mode": "FULL_AND_PIECEWISE"}']),
        ('{"cudagraph_mode": "full-decode-only"}', MODES, ['{"cudagraph_mode": "FULL_DECODE_ONLY"}']),
        ('{"cudagraph_mod": "FULL"}', ("mode", "cudagraph_mode"), ['{"cudagraph_mode": "FULL"}']),
        ('{"cudagraph_mode": "x"}', MODES, []),
        ("{'mode': True}", (), ['{"mode": true}']),
    ],
)
def test_json(text: str, valid: tuple[str, ...], meant: list[str]) -> None:
    assert list(values_meant("--compilation-config", text, valid)) == meant
