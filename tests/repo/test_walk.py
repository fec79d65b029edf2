"""Which files a walk sees: those that git would list."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vllm_doctor.repo.index import tracked
from vllm_doctor.repo.walk import Walk, repository_of


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _tree(*files: str, **texts: str) -> None:
    for name in files:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("x")
    for name, text in texts.items():
        Path(name.replace("__", "/")).write_text(text)


def _git(*words: str, cwd: Path | str = ".") -> str:
    if not shutil.which("git"):
        pytest.skip("there is no git")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "XDG_CONFIG_HOME": os.devnull}
    ran = subprocess.run(["git", *words], cwd=cwd, env={**kept, **alone}, check=True, capture_output=True)
    return os.fsdecode(ran.stdout)


def _files(root: str = ".") -> list[str]:
    return list(Walk(Path(root)).files())


def test_the_order_is_that_of_git() -> None:
    _tree("b.sh", "a/z.sh", "a.sh", "a-b", "B.sh", "a/b/c")
    assert _files() == ["B.sh", "a-b", "a.sh", "a/b/c", "a/z.sh", "b.sh"]


def test_gitignore_of_each_level() -> None:
    _tree("x.log", "deep/x.log", "deep/y.tmp", "deep/keep.tmp", "out/z", "src/out")
    Path(".gitignore").write_text("*.log\n/out/\n")
    Path("deep/.gitignore").write_text("!x.log\n*.tmp\n!keep.tmp\n")
    assert _files() == [".gitignore", "deep/.gitignore", "deep/keep.tmp", "deep/x.log", "src/out"]


def test_a_folder_below_a_repository_keeps_to_the_rules_above_it() -> None:
    _tree("a/b/x.log", "a/b/y", "a/c")
    Path(".git").mkdir()
    Path(".gitignore").write_text("*.log\n")
    Path("a/.gitignore").write_text("/b/y\n")
    assert _files("a") == ["a/.gitignore", "a/c"]
    assert _files("a/b") == []
    assert _files(str(Path("a/b").absolute())) == []


def test_info_exclude_and_what_is_tracked_all_the_same() -> None:
    _tree("a.sh", "b.sh", "build/made.sh", "build/kept/run.sh", "build/kept/other.sh")
    _git("init", "-q")
    Path(".git/info/exclude").write_text("b.sh\nbuild\n")
    assert _files() == ["a.sh"]
    _git("add", "-f", "build/kept/run.sh", "b.sh")
    assert _files() == ["a.sh", "b.sh", "build/kept/run.sh"]


@pytest.mark.parametrize("version", [2, 3, 4])
def test_the_index_in_each_form(version: int) -> None:
    names = ["a", "deep/er/one", "deep/er/only", "deep/x", "漢字", "z" * 200]
    _tree(*names)
    _git("init", "-q")
    _git("add", "-A")
    if version == 3:
        _tree("later")
        _git("add", "-N", "later")
        names.append("later")
    _git("update-index", "--index-version", str(version))
    assert Path(".git/index").read_bytes()[7] == version
    assert set(tracked(Path(".git"))) == set(names)


@pytest.mark.parametrize("data", [b"", b"DIRC", b"DIRC\0\0\0\2\xff\xff\xff\xff", b"PACK\0\0\0\2\0\0\0\1" + b"x" * 99])
def test_what_is_no_index(data: bytes) -> None:
    Path("index").write_bytes(data)
    assert tracked(Path()) == ()


def test_a_repository_inside_is_told_and_not_entered() -> None:
    _tree("run.sh", "lib/a.sh", "sub/b.sh", "skipped/c.sh")
    Path(".git").mkdir()
    Path("lib/.git").mkdir()
    Path("sub/.git").write_text("gitdir: ../.git/modules/sub\n")
    Path("skipped/.git").mkdir()
    Path(".gitignore").write_text("skipped/\n")
    walk = Walk(Path())
    assert (list(walk.files()), walk.nested) == ([".gitignore", "run.sh"], ["lib", "sub"])
    assert _files("lib") == ["lib/a.sh"]


def test_outside_any_repository_each_one_below_has_its_own_rules() -> None:
    _tree("one/.git/HEAD", "one/x.log", "one/a.sh", "two/x.log")
    Path("one/.gitignore").write_text("*.log\n")
    assert repository_of(Path()) is None
    assert _files() == ["one/.gitignore", "one/a.sh", "two/x.log"]


def test_a_worktree_has_the_exclude_file_of_its_repository() -> None:
    _tree("main/a.sh")
    _git("init", "-q", cwd="main")
    _git("add", "-A", cwd="main")
    _git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "x", cwd="main")
    _git("worktree", "add", "-q", "../tree", cwd="main")
    Path("main/.git/info/exclude").write_text("b.sh\n")
    Path("tree/b.sh").write_text("x")
    assert [name for name in _files("tree") if name != "tree/.git"] == ["tree/a.sh"]


def test_nothing_that_could_block_or_loop() -> None:
    _tree("deep/run.sh", "real")
    Path("deep/loop").symlink_to("..")
    Path("broken").symlink_to("absent")
    Path("link").symlink_to("real")
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe")
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("s")
            assert _files() == ["deep/run.sh", "real"]
    else:
        assert _files() == ["deep/run.sh", "real"]


def test_names_that_are_no_utf_8() -> None:
    try:
        Path(os.fsdecode(b"\xff.sh")).write_text("x")
    except OSError:
        pytest.skip("this file system has no such names")
    assert _files() == [os.fsdecode(b"\xff.sh")]


def test_what_is_excluded_is_not_entered() -> None:
    _tree("a/x", "b/x", "c")
    asked: list[tuple[str, bool]] = []

    def excluded(path: str, folder: bool) -> bool:
        asked.append((path, folder))
        return path == "b"

    assert list(Walk(Path(), excluded).files()) == ["a/x", "c"]
    assert sorted(asked) == [("a", True), ("a/x", False), ("b", True), ("c", False)]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read() -> None:
    _tree("a/x", "b")
    Path("a").chmod(0)
    walk = Walk(Path())
    assert (list(walk.files()), walk.closed) == (["b"], ["a"])
    Path("a").chmod(0o755)


NAMES = st.sampled_from(["a", "b", "c.log", "d.sh", "build", "é"])
TREES = st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=10, unique=True)
RULES = st.lists(
    st.sampled_from(["*.log", "build", "/a/", "!d.sh", "a/b", "**/c.log", "*", "!*/", "b/**", "!/a", "é"]), max_size=4
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, rules=RULES, deeper=RULES, forced=st.integers(0, 9))
def test_git_lists_the_same(
    tmp_path_factory: pytest.TempPathFactory, tree: list[str], rules: list[str], deeper: list[str], forced: int
) -> None:
    root = tmp_path_factory.mktemp("tree")
    _git("init", "-q", cwd=root)
    for name in tree:
        target = root / name
        if any(part.is_file() for part in target.parents) or target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("x")
    (root / ".gitignore").write_text("\n".join(rules))
    if (root / "a").is_dir():
        (root / "a" / ".gitignore").write_text("\n".join(deeper))
    chosen = tree[forced % len(tree)]
    if (root / chosen).is_file():
        _git("add", "-f", chosen, cwd=root)
    listed = _git("ls-files", "-co", "--exclude-standard", "-z", cwd=root).split("\0")
    found = [os.path.relpath(path, root) for path in Walk(root).files()]
    assert found == sorted(filter(None, listed), key=os.fsencode)
