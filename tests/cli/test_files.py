"""Writing a mended file."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor.cli.files import diff, write_atomically
from vllm_doctor.errors import InputError


def test_the_mode_stays(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_bytes(b"old\n")
    path.chmod(0o751)
    write_atomically(path, "new\r\nlines\n")
    assert path.read_bytes() == b"new\r\nlines\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o751
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.sh"]


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_bytes(b"\xef\xbb\xbfold\n")
    write_atomically(path, "new\n")
    assert path.read_bytes() == b"\xef\xbb\xbfnew\n"


def test_a_links_target_is_what_changes(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "run.sh", tmp_path / "link.sh"
    target.write_text("old\n")
    link.symlink_to(Path("real", "run.sh"))
    write_atomically(link, "new\n")
    assert link.is_symlink()
    assert target.read_text() == "new\n"


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "run.sh"
    path.write_text("old\n")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if step == "fsync" else Path, step, full)
    with pytest.raises(InputError) as caught:
        write_atomically(path, "new\n")
    assert str(caught.value) == f"{path}: cannot be written: No space left on device. The file is unchanged."
    assert path.read_text() == "old\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.sh"]


def test_an_unwritable_folder(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_text("old\n")
    tmp_path.chmod(0o555)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user writes into every folder")
    try:
        with pytest.raises(InputError, match="cannot be written: Permission denied"):
            write_atomically(path, "new\n")
    finally:
        tmp_path.chmod(0o755)
    assert path.read_text() == "old\n"


def test_a_diff_to_the_letter() -> None:
    assert diff("a\nb\nc", "a\nB\nc", "dir/run.sh") == (
        "--- a/dir/run.sh\n+++ b/dir/run.sh\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n\\ No newline at end of file\n"
    )
    assert diff("a\n", "b\n", "/tmp/run.sh").startswith("--- a/tmp/run.sh\n")
    assert diff("a\n", "b\n", "").startswith("--- a/command\n")
    assert diff("a\n", "a\n", "x") == ""


def test_a_diff_masks_secrets() -> None:
    shown = diff("vllm serve m --api-key hunter2 --x 1\n", "vllm serve m --api-key hunter2\n", "run.sh")
    assert "hunter2" not in shown
    assert "-vllm serve m --api-key *** --x 1\n+vllm serve m --api-key ***\n" in shown


LINES = st.text(st.sampled_from("ab \n\r\f\v\u2028\\-"), max_size=30)


@settings(deadline=None)
@given(before=LINES, after=LINES)
def test_a_diff_can_be_applied(tmp_path_factory: pytest.TempPathFactory, before: str, after: str) -> None:
    shown = diff(before, after, "x")
    assert (shown == "") == (before == after)
    assert _applied(before, shown) == after


def _applied(before: str, patch: str) -> str:
    """The text after a unified diff, by the few rules of its format."""
    *whole, rest = before.split("\n")
    old = [f"{line}\n" for line in whole] + ([rest] if rest else [])
    new: list[str] = []
    at, last = 0, ""
    for row in patch.split("\n")[2:-1]:
        if row.startswith("@@"):
            start, _, count = row.split()[1][1:].partition(",")
            first = int(start) - (count != "0")
            new += old[at:first]
            at = first
        elif row.startswith("\\") and last != "-":
            new[-1] = new[-1].removesuffix("\n")
        elif not row.startswith("\\"):
            assert row[0] == "+" or old[at].removesuffix("\n") == row[1:]
            at += row[0] != "+"
            new += [f"{row[1:]}\n"] if row[0] != "-" else []
        last = row[0]
    return "".join([*new, *old[at:]])


def test_the_real_git_applies_a_diff(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_bytes(b"a \f b\r\nc\n\nd")
    after = "a \f b\r\nC\n\nd"
    (tmp_path / "p").write_bytes(diff("a \f b\r\nc\n\nd", after, "run.sh").encode())
    subprocess.run(["git", "apply", "--whitespace=nowarn", "p"], cwd=tmp_path, check=True)
    assert (tmp_path / "run.sh").read_bytes() == after.encode()
