from __future__ import annotations

import pytest

from tests.launch.strategies import arity
from vllm_doctor.launch.diff import changed
from vllm_doctor.launch.parser import parse_shell


@pytest.mark.parametrize(
    ("after", "names"),
    [
        ("A=1 vllm serve m --x 1 --on --list a b", set()),
        ("A=1   vllm  serve 'm' --x=1 \\\n --on --list a b # c", set()),
        ("A=1 vllm serve m --x 2 --on --list a b", {"--x"}),
        ("A=1 vllm serve m --on --list a b", {"--x"}),
        ("A=1 vllm serve m --x 1 --x 1 --on --list a b", {"--x"}),
        ("A=1 vllm serve m --x 1 --on --list b a", {"--list"}),
        ("A=1 vllm serve m --x 1 --on --list a b --new_y 1", {"--new-y"}),
        ("A=2 vllm serve m --x 1 --on --list a b", {"A"}),
        ("vllm serve m --x 1 --on --list a b", {"A"}),
        ("A=1 B= vllm serve m --x 1 --on --list a b", {"B"}),
        ("A=1 vllm serve n --x 1 --on --list a b", {"model"}),
        ("A=1 python -m vllm.entrypoints.openai.api_server m --x 1 --on --list a b", {"program"}),
        ("docker run -e A=1 rocm/vllm vllm serve m --x 1 --on --list a b", {"program", "image"}),
    ],
)
def test_what_differs(after: str, names: set[str]) -> None:
    (one,) = parse_shell("A=1 vllm serve m --x 1 --on --list a b")
    (two,) = parse_shell(after)
    assert changed(one, two, arity) == names
    assert changed(two, one, arity) == names


def test_the_container() -> None:
    (one,) = parse_shell("docker run --ipc=host vllm/vllm-openai")
    (two,) = parse_shell("docker run vllm/vllm-openai")
    assert changed(one, two, arity) == {"container"}
