"""Patterns of `.gitignore`: what git says of a path is what we say of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vllm_doctor.repo.ignored import pattern_of, patterns_of

PIECES = ["a", "b", "ab", "*", "**", "?", "/", "!", "#", "\\", " ", "[ab]", "[!a]", "[a-b", "]", ".", "a*b", "-"]
LINES = (
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6)
    .map("".join)
    .filter(lambda line: "/" not in line.partition("[")[2])  # a bracket over a slash: we part at the slash first
)
NAMES = ["a", "b", "ab", "a b", "aab", "abab", ".a", "[", "-", "!a", "#a", "a.b"]
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("line", "path", "verdict"),
    [
        ("*.log", "deep/er/x.log", True),
        ("/x", "deep/x", None),
        ("deep/x", "deep/x", True),
        ("deep/x", "very/deep/x", None),
        ("**/x", "x", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/1/2/b", True),
        ("a/**", "a", None),
        ("!x", "x", False),
        ("\\!x", "!x", True),
        ("\\#x", "#x", True),
        ("# x", "# x", None),
        ("x   ", "x", True),
        ("x\\ ", "x ", True),
        ("[[:digit:]]x", "7x", True),
        ("[^a]x", "bx", True),
        ("x[", "x[", None),
        ("x\\", "x\\", None),
    ],
)
def test_a_pattern(line: str, path: str, verdict: bool | None) -> None:
    assert patterns_of(line.encode()).verdict(path.split("/"), False) is verdict


def test_a_folder_s_pattern_means_no_file() -> None:
    patterns = patterns_of(b"build/\r\n")
    assert patterns.verdict(["build"], True) is True
    assert patterns.verdict(["build"], False) is None


def test_the_last_pattern_decides() -> None:
    patterns = patterns_of(b"\xef\xbb\xbf*.sh\n!run.sh\n")
    assert (patterns.verdict(["run.sh"], False), patterns.verdict(["a.sh"], False)) == (False, True)


def test_nothing_is_tried_twice() -> None:
    """A backtracking match of these would outlast the test run."""
    name = "a" * 250
    assert patterns_of(b"*a" * 60 + b"b\n").verdict([name], False) is None
    assert patterns_of(b"**/a/" * 40 + b"b\n").verdict(["a"] * 100, False) is None


@pytest.mark.parametrize("line", ["", "   ", "/", "!", "# x"])
def test_lines_without_a_pattern(line: str) -> None:
    assert pattern_of(line) is None


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("git"):
        pytest.skip("there is no git to compare with")
    folder = tmp_path_factory.mktemp("git")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, min_size=1, max_size=4), paths=st.lists(PATHS, min_size=1, max_size=12, unique=True))
def test_git_says_the_same(repository: Path, lines: list[str], paths: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join(lines) + "\n", "utf-8")
    asked = "".join(f"{path}\0" for path in paths)
    ran = subprocess.run(
        ["git", "check-ignore", "-z", "--no-index", "-v", "-n", "--stdin"],
        cwd=repository, input=asked, capture_output=True, text=True, check=False,
    )  # fmt: skip
    fields = ran.stdout.split("\0")
    git = {fields[at + 3]: fields[at + 2] for at in range(0, len(fields) - 4, 4)}
    patterns = patterns_of((repository / ".gitignore").read_bytes())
    for path in paths:
        parts, said = path.split("/"), None
        for depth in range(1, len(parts) + 1):
            said = patterns.verdict(parts[:depth], depth < len(parts))
            if said:
                break
        expected = {"": None}.get(git[path], not git[path].startswith("!"))
        assert said is expected, (lines, path, git[path])
