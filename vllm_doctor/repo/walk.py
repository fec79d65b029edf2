"""The files of a folder as git would list them: tracked ones, and others that nothing ignores, in one fixed order.

Only regular files: no link is followed, so there is no loop, and nothing that could block (a FIFO, a socket, a
device) is opened. What a user's own git settings ignore (core.excludesFile) is looked at: a repository has the same
answer on every machine.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.repo.ignored import Patterns, patterns_of
from vllm_doctor.repo.index import common_folder, git_folder, small_file, tracked
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def repository_of(folder: Path) -> Path | None:
    """The nearest folder upwards that has a `.git`, as an absolute path; None where there is none."""
    at = Path(os.path.abspath(folder))  # noqa: PTH100 - `resolve` would follow the links that the user named
    return next((one for one in (at, *at.parents) if os.path.lexists(one / ".git")), None)


@dataclass(frozen=True)
class _Repository:
    """What a repository says beside its `.gitignore` files."""

    exclude: Patterns
    tracked: tuple[str, ...]

    def has_below(self, path: str) -> bool:
        """Whether git tracks something below a folder."""
        at = bisect_left(self.tracked, f"{path}/")
        return at < len(self.tracked) and self.tracked[at].startswith(f"{path}/")

    def has(self, path: str) -> bool:
        """Whether git tracks a file."""
        at = bisect_left(self.tracked, path)
        return at < len(self.tracked) and self.tracked[at] == path


@dataclass(frozen=True)
class _Folder:
    """A folder to walk: its path, its parts below the repository, and the rules in force, the deepest first.

    `only_tracked` is set where the folder itself is ignored, and only what git tracks is looked at.
    """

    path: str
    parts: tuple[str, ...]
    rules: tuple[tuple[int, Patterns], ...]
    repository: _Repository
    only_tracked: bool = False

    def ignores(self, parts: Sequence[str], folder: bool) -> bool:
        """Whether the rules leave a path of this folder out."""
        for depth, patterns in self.rules:
            said = patterns.verdict(parts[depth:], folder)
            if said is not None:
                return said
        return False


class Walk:
    """One walk of a folder. `nested` are the repositories inside that it did not enter, `closed` unreadable folders.

    `excluded` is asked with each path and whether it is a folder.
    """

    def __init__(self, root: Path, excluded: Callable[[str, bool], bool] | None = None) -> None:
        self.root = root
        self.nested: list[str] = []
        self.closed: list[str] = []
        self._excluded = excluded or (lambda path, folder: False)
        self._inside = repository_of(root)

    def files(self) -> Iterator[str]:
        """The paths of the files, below the root as it was named, sorted as git sorts them."""
        folders: list[_Folder | str] = [self._first()]
        while folders:
            one = folders.pop()
            if isinstance(one, str):
                yield one
            else:
                folders += reversed(self._inside_of(one))

    def _first(self) -> _Folder:
        """The root, under the rules of the repository that it lies in."""
        path = "" if str(self.root) == "." else str(self.root)
        if self._inside is None:
            return _Folder(path, (), _with((), 0, path), _Repository(Patterns(), ()))
        top = _entered(str(self._inside), "")
        parts = Path(os.path.abspath(self.root)).relative_to(self._inside).parts  # noqa: PTH100
        rules, at = top.rules, self._inside
        for depth, part in enumerate(parts[:-1], 1):
            at = at / part
            rules = _with(rules, depth, str(at))
        if parts:
            rules = _with(rules, len(parts), str(self.root))
        return _Folder(path, parts, rules, top.repository)

    def _inside_of(self, folder: _Folder) -> list[_Folder | str]:
        """The files and folders to look at in a folder, in their order."""
        try:
            with os.scandir(folder.path or ".") as entries:
                found = sorted(_sorts(entry) for entry in entries if entry.name != ".git")
        except OSError:
            self.closed.append(folder.path)
            return []
        kept: list[_Folder | str | None] = []
        for _, name, kind in found:
            path = f"{folder.path.rstrip('/')}/{name}" if folder.path else name
            if kind == "other" or self._excluded(path, kind == "folder"):
                continue
            kept.append(self._folder(folder, name, path) if kind == "folder" else _file(folder, name, path))
        return [one for one in kept if one is not None]

    def _folder(self, outer: _Folder, name: str, path: str) -> _Folder | None:
        parts = (*outer.parts, name)
        if os.path.lexists(os.path.join(path, ".git")):  # noqa: PTH118 - called for every folder
            if self._inside is None:
                return _entered(path, path)
            if not outer.only_tracked and not outer.ignores(parts, True):
                self.nested.append(path)
            return None
        ignored = outer.only_tracked or outer.ignores(parts, True)
        if ignored and not outer.repository.has_below("/".join(parts)):
            return None
        return _Folder(path, parts, _with(outer.rules, len(parts), path), outer.repository, ignored)


def _file(folder: _Folder, name: str, path: str) -> str | None:
    parts = (*folder.parts, name)
    if not (folder.only_tracked or folder.ignores(parts, False)):
        return path
    return path if folder.repository.has("/".join(parts)) else None


def _sorts(entry: os.DirEntry[str]) -> tuple[bytes, str, str]:
    """What git sorts a name by, the name, and what it is: a `file`, a `folder`, or `other`."""
    name = os.fsencode(entry.name)
    try:
        if entry.is_dir(follow_symlinks=False):
            return name + b"/", entry.name, "folder"
        return name, entry.name, "file" if entry.is_file(follow_symlinks=False) else "other"
    except OSError:
        return name, entry.name, "other"


def _entered(path: str, shown: str) -> _Folder:
    """A repository's own top folder, with its `info/exclude` and its index."""
    git = git_folder(Path(path))
    exclude = patterns_of(small_file(common_folder(git) / "info" / "exclude")) if git else Patterns()
    repository = _Repository(exclude, tracked(git) if git else ())
    rules = ((0, exclude),) if exclude else ()
    return _Folder(shown, (), _with(rules, 0, path), repository)


def _with(rules: tuple[tuple[int, Patterns], ...], depth: int, path: str) -> tuple[tuple[int, Patterns], ...]:
    """The rules, and before them those of a folder's `.gitignore`."""
    own = patterns_of(small_file(Path(path or ".", ".gitignore")))
    return ((depth, own), *rules) if own else rules
