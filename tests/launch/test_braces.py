"""Brace expansion, as bash does it."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor.launch.braces import expanded
from vllm_doctor.launch.quoting import pieces

PARTS = st.sampled_from(["{", "{", "}", "}", ",", ",", "a", "b", '"x,"', "'{'", "\\,", '"a":1'])


def values(raw: str) -> list[str]:
    """What the words say; those of nothing at all are none."""
    return ["".join(piece.value for piece in pieces(one)) for one in expanded(raw) if one]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ('{"a":1,"b":2}', ["a:1", "b:2"]),
        ('{"a":{"b":1,"c":2}}', ["{a:b:1}", "{a:c:2}"]),
        ('{"a":1}', ["{a:1}"]),
        ("'{a,b}'", ["{a,b}"]),
        ("{a,b", ["{a,b"]),
        ("${a,b}", ["${a,b}"]),
    ],
)
def test_braces(raw: str, words: list[str]) -> None:
    assert values(raw) == words


def test_it_is_bounded() -> None:
    assert expanded("{a,b}" * 12) == ["{a,b}" * 12]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@settings(max_examples=5, deadline=None)
@given(words=st.lists(st.lists(PARTS, min_size=2, max_size=9).map("".join), min_size=40, max_size=40))
def test_bash_says_the_same(words: list[str]) -> None:
    script = "\n".join(f"printf '%s\\0' {word}; printf '\\1'" for word in words)
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    for word, said in zip(words, run.stdout.split("\1"), strict=False):
        assert (values(word) or [""]) == said.split("\0")[:-1], word
