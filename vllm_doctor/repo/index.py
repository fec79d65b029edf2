"""The files that git tracks, from `.git/index` (gitformat-index(5)): a tracked file is looked at though ignored.

Read here rather than asked of `git ls-files`: git may be missing, and it runs what a repository's own
configuration names (core.fsmonitor).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEADER = 12
_STAT = 40
"""Bytes of an entry before its hash."""
_MOST = 64 << 20
_REGULAR = 0b1000
_EXTENDED = 0x4000
_SMALL = 1 << 20


def git_folder(root: Path) -> Path | None:
    """The git folder of a working tree: `.git`, or the one that a file of this name points to; None without one."""
    at = root / ".git"
    if at.is_dir():
        return at
    said = small_file(at)
    if not said.startswith(b"gitdir:"):
        return None
    named = root / os.fsdecode(said[len(b"gitdir:") :].strip())
    return named if named.is_dir() else None


def common_folder(git: Path) -> Path:
    """Where a worktree's git folder keeps what all worktrees share, `info/exclude` for example."""
    said = small_file(git / "commondir").strip()
    return git / os.fsdecode(said) if said else git


def small_file(path: Path, most: int = _SMALL) -> bytes:
    """The bytes of a regular file of at most `most` bytes; none where there is no such file."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= most else b""
    except (OSError, ValueError):
        return b""


def tracked(git: Path) -> tuple[str, ...]:
    """The regular files of the index, sorted, with `/` between the parts; () where it cannot be read."""
    data = small_file(git / "index", _MOST)
    hash_size = 32 if b"sha256" in small_file(common_folder(git) / "config") else 20
    try:
        return tuple(sorted(_entries(data, hash_size)))
    except (IndexError, ValueError):
        return ()


def _entries(data: bytes, hash_size: int) -> set[str]:
    """Every entry that is a regular file.

    Raises:
        ValueError: the data is no index.
    """
    version = int.from_bytes(data[4:8], "big")
    if not data.startswith(b"DIRC") or version not in (2, 3, 4):
        raise ValueError("no index")
    found: set[str] = set()
    at, before = _HEADER, b""
    for _ in range(int.from_bytes(data[8:12], "big")):
        flags_at = at + _STAT + hash_size
        mode = int.from_bytes(data[at + 24 : at + 28], "big")
        extended = int.from_bytes(data[flags_at : flags_at + 2], "big") & _EXTENDED
        start = flags_at + (4 if extended else 2)
        kept = b""
        if version == 4:
            strip, start = _varint(data, start)
            kept = before[: len(before) - strip]
        end = data.index(b"\0", start)
        before = kept + data[start:end]
        at = end + 1 if version == 4 else at + (end - at + 8) // 8 * 8
        if mode >> 12 == _REGULAR:
            found.add(os.fsdecode(before))
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number as pack files write offsets, and where what follows begins."""
    byte = data[at]
    number = byte & 127
    while byte & 128:
        at += 1
        byte = data[at]
        number = (number + 1 << 7) | (byte & 127)
    return number, at + 1
