"""Batch defaults, against what `SchedulerConfig` and `EngineArgs` of each release set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vllm_doctor.vllm import Asker, Batch, batch

A10 = {"gpu": "NVIDIA A10", "gib": 21.99, "capability": 8.6}
A100 = {"gpu": "NVIDIA A100-SXM4-80GB", "gib": 79.15, "capability": 8.0}
H200 = {"gpu": "NVIDIA H200", "gib": 139.8, "capability": 9.0}
B200 = {"gpu": "NVIDIA B200", "gib": 178.35, "capability": 10.0}
GB10 = {"gpu": "NVIDIA GB10", "gib": 119.7, "capability": 12.1}
MI300 = {"gpu": "AMD Instinct MI300X", "gib": 191.5, "vendor": "amd"}


@pytest.mark.parametrize(
    ("release", "engine", "gpu", "more", "expected"),
    [
        ("0.4.1", "V0", A10, {"length": 32768}, (256, 32768, False)),
        ("0.4.1", "V0", A10, {"length": 1024}, (256, 2048, False)),
        ("0.4.1", "V0", A10, {"length": 131072}, (256, 131072, False)),
        ("0.4.1", "V0", A10, {"length": 131072, "chunked": True}, (256, 768, True)),
        ("0.6.3", "V0", A10, {"length": 131072}, (256, 512, True)),
        ("0.6.3", "V0", A10, {"length": 32768}, (256, 32768, False)),
        ("0.6.3", "V0", A10, {"length": 131072, "lora": True}, (256, 131072, False)),
        ("0.6.3", "V0", A10, {"length": 131072, "multimodal": True}, (256, 131072, False)),
        ("0.6.3", "V0", A10, {"length": 512, "pooling": True}, (256, 32768, False)),
        ("0.8.3", "V0", A10, {"length": 131072}, (256, 2048, True)),
        ("0.8.3", "V1", A10, {"length": 131072}, (1024, 2048, True)),
        ("0.8.3", "V1", A100, {"length": 131072}, (1024, 2048, True)),
        ("0.8.3", "V1", H200, {"length": 131072}, (1024, 8192, True)),
        ("0.8.5", "V1", A100, {"length": 131072}, (1024, 8192, True)),
        ("0.9.2", "V1", A10, {"length": 131072}, (256, 2048, True)),
        ("0.9.2", "V1", A100, {"length": 131072}, (256, 2048, True)),
        ("0.9.2", "V1", H200, {"length": 131072, "offline": True}, (1024, 16384, True)),
        ("0.11.0", "V1", MI300, {"length": 131072}, (1024, 8192, True)),
        ("0.11.0", "V1", A10, {"length": 512, "pooling": True}, (256, 512, False)),
        ("0.18.0", "V1", A10, {"length": 131072}, (256, 2048, True)),
        ("0.18.0", "V1", A10, {"length": 131072, "chunked": False}, (256, 131072, False)),
        ("0.18.0", "V1", A10, {"length": 131072, "throughput": True}, (512, 4096, True)),
        ("0.18.0", "V1", A10, {"length": 64, "seqs": 8}, (8, 512, True)),
        ("0.24.0", "V1", H200, {"length": 131072}, (1024, 8192, True)),
        ("0.24.0", "V1", H200, {"length": 131072, "tokens": 512}, (512, 512, True)),
        ("0.24.0", "V1", B200, {"length": 131072}, (1024, 8192, True)),
        ("0.33.0", "V1", B200, {"length": 131072}, (1024, 16384, True)),
        ("0.32.0", "V1", GB10, {"length": 131072}, (1024, 8192, True)),
        ("0.33.0", "V1", GB10, {"length": 131072}, (256, 2048, True)),
    ],
)
def test_defaults(
    release: str, engine: str, gpu: dict[str, Any], more: dict[str, Any], expected: tuple[int, int, bool]
) -> None:
    assert batch(release, Asker(engine, **{**gpu, **more})) == Batch(*expected)


def test_what_is_asked_for_is_kept() -> None:
    asker = Asker("V0", 4096, seqs=16, tokens=4096, chunked=False)
    assert batch("0.6.3", asker) == batch("0.24.0", replace(asker, engine="V1")) == Batch(16, 4096, False)
