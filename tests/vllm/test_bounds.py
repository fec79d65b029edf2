"""The numbers that a release's configuration takes."""

import pytest

from vllm_doctor.vllm.bounds import Bounds, bounds


@pytest.mark.parametrize(
    ("flag", "release", "taken", "refused"),
    [
        ("--gpu-memory-utilization", "0.6.3", [0.0, 1.0], [1.01, 90]),
        ("--gpu_memory_utilization", "0.20.0", [0.01, 1], [0, 1.01]),
        ("--max-num-seqs", "0.20.0", [1, 10**6], [0, -1]),
        ("-tp", "0.23.0", [1], [0]),
        ("--max-model-len", "0.13.0", [1], [0, -1]),
        ("--max-model-len", "0.14.0", [-1, 0], [-2]),
        ("--watermark", "0.24.0", [0, 0.99], [1, -0.1]),
    ],
)
def test_bounds(flag: str, release: str, taken: list[float], refused: list[float]) -> None:
    found = bounds(flag, release)
    assert found is not None
    assert [number for number in (*taken, *refused) if found.hold(number)] == taken


@pytest.mark.parametrize(
    ("flag", "release"),
    [("-tp", "0.22.1"), ("--max-num-seqs", "0.11.0"), ("--port", "0.20.0"), ("--no-such", "0.20.0")],
)
def test_what_is_not_checked_has_none(flag: str, release: str) -> None:
    assert bounds(flag, release) is None


def test_no_bounds_hold_everything() -> None:
    assert Bounds().hold(-1e9)
