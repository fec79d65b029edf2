"""An option of an older release, in the words of the one that refuses it."""

from __future__ import annotations

import pytest

from vllm_doctor import vllm
from vllm_doctor.facts.moved_options import moved_option


def _found(argv: list[str], release: str = "0.33.0") -> list[str]:
    (error,) = vllm.check(argv, release)
    found = moved_option(error, argv, release, "vllm serve")
    return [] if found is None else [found[0].flag, *(" ".join((put.name, *put.values)) for put in found[1])]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--task=classify"], ["--task", "--runner pooling", "--convert classify"]),
        (["--compilation-config", '{"level":3}'], ["--compilation-config", '--compilation-config {"mode":3}']),
        (['--compilation-config={"level": 3}'], ["--compilation-config", '--compilation-config {"mode": 3}']),
        (["--quantization", "nvfp4"], []),
        (["--swap-space", "4"], []),
        (["--enable-prompt-adapter"], []),
        (["--rope-theta", "5"], []),
        (["--no-such", "5"], []),
    ],
)
def test_what_says_the_same(words: list[str], wanted: list[str]) -> None:
    argv = ["org/m", *words]
    assert (_found(argv) if vllm.check(argv, "0.33.0") else []) == wanted


def test_a_stray_word_is_no_option() -> None:
    assert _found(["org/m", "stray"]) == []
