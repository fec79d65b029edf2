"""Numbers that are read and then refused."""

import pytest

from vllm_doctor import vllm
from vllm_doctor.facts.option_bounds import of_bounds
from vllm_doctor.launch.options import options
from vllm_doctor.launch.parser import parse_command_line


def _limits(words: str, *releases: str) -> dict[str, object]:
    launch = parse_command_line(f"vllm serve m {words}")
    assert launch is not None
    (option,) = options(launch, lambda flag: vllm.arity(flag, None))
    return {fact.name.removeprefix("option."): fact.value for fact in of_bounds(option, releases)}


@pytest.mark.parametrize(
    ("words", "release", "found"),
    [
        ("--gpu-memory-utilization 90", "0.20.0", {"limits": "greater than 0 and at most 1", "as_share": "0.9"}),
        ("--gpu-memory-utilization 95", "0.6.3", {"limits": "at most 1", "as_share": "0.95"}),
        ("--gpu-memory-utilization=1.5", "0.20.0", {"limits": "greater than 0 and at most 1"}),
        ("--gpu-memory-utilization 0", "0.20.0", {"limits": "greater than 0 and at most 1"}),
        ("--gpu-memory-utilization 0.9", "0.20.0", {}),
        ("--gpu-memory-utilization $X", "0.20.0", {}),
        ("--max-num-seqs 0", "0.20.0", {"limits": "at least 1"}),
        ("--max-num-seqs 4k", "0.20.0", {}),
        ("--enforce-eager", "0.20.0", {}),
    ],
)
def test_limits(words: str, release: str, found: dict[str, str]) -> None:
    assert _limits(words, release) == found


def test_limits_are_those_of_every_release() -> None:
    assert not _limits("--max-num-seqs 0", "0.11.0", "0.20.0")
    assert _limits("--gpu-memory-utilization 90", *vllm.releases())
    assert not _limits("--gpu-memory-utilization 90")
