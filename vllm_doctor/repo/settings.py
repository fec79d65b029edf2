"""What a repository says of how it is checked: `vllm-doctor.toml`, or `[tool.vllm-doctor]` in `pyproject.toml`.

The nearest of them counts, from a file's own folder up to the top of its repository.
"""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.repo.ignored import Patterns
from vllm_doctor.repo.index import small_file
from vllm_doctor.repo.walk import repository_of
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.finding import Severity

OWN, SHARED = "vllm-doctor.toml", "pyproject.toml"


_NOTHING = Patterns()


@dataclass(frozen=True)
class Settings:
    """The settings of one file; without one, nothing is set.

    `file` is its name as seen from the working folder. `ignore` are ids of findings, each with the files for which they
    are meant (None: all); `named` tells where each id stands, as file:line. `rules` are folders. Globs are patterns as
    in `.gitignore`, from the file's folder.
    """

    folder: str = ""
    file: str = ""
    vllm_version: str | None = None
    gpu: str | None = None
    ignore: tuple[tuple[Patterns | None, frozenset[str]], ...] = ()
    severity: dict[str, Severity] = field(default_factory=dict)
    rules: tuple[Path, ...] = ()
    exclude: Patterns = _NOTHING
    fail_on: Severity | None = None
    named: dict[str, str] = field(default_factory=dict)

    def ignored(self, file: str) -> frozenset[str]:
        """The ids of findings that are not wanted in a file ("" for a command)."""
        found = (ids for files, ids in self.ignore if files is None or (file and self._means(files, file, False)))
        return frozenset().union(*found)

    def excludes(self, path: str, folder: bool = False) -> bool:
        """Whether a file or folder is not to be looked at."""
        return bool(self.exclude) and self._means(self.exclude, path, folder)

    def _means(self, patterns: Patterns, path: str, folder: bool) -> bool:
        """Whether patterns mean a path, or a folder that it lies in."""
        parts = Path(os.path.relpath(path, self.folder)).parts
        if parts[:1] in ((), ("..",)):
            return False
        last = len(parts)
        return any(patterns.verdict(parts[:end], folder or end < last) is True for end in range(1, last + 1))


class SettingsFinder:
    """Finds the settings of files; each folder is looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, Settings] = {}

    def of(self, file: str = "") -> Settings:
        """The settings for a file, or of the working folder for a command.

        Raises:
            InputError: the settings are wrong, with the file and line.
        """
        return self._of_folder(os.path.dirname(os.path.abspath(file)) if file else _here())  # noqa: PTH100, PTH120

    def of_folder(self, folder: Path) -> Settings:
        """The settings for what lies in a folder; raises as `of` does."""
        return self._of_folder(os.path.abspath(folder))  # noqa: PTH100

    def _of_folder(self, start: str) -> Settings:
        last = _last(start)
        seen: list[str] = []
        found, at = Settings(), start
        while True:
            if at in self._known:
                found = self._known[at]
                break
            seen.append(at)
            own = _in_folder(at)
            if own is not None or at in (last, os.path.dirname(at)):  # noqa: PTH120
                found = own or found
                break
            at = os.path.dirname(at)  # noqa: PTH120
        self._known |= dict.fromkeys(seen, found)
        return found


def _here() -> str:
    """The working folder; the root where it was deleted."""
    try:
        return str(Path.cwd())
    except OSError:
        return os.sep


def _last(start: str) -> str:
    """The last folder upwards to look in: the top of the repository, else the working folder, else the first."""
    top = repository_of(Path(start))
    here = _here()
    return str(top) if top else here if Path(start).is_relative_to(here) else start


def _in_folder(folder: str) -> Settings | None:
    own, shared = Path(folder, OWN), Path(folder, SHARED)
    if own.is_file():
        from vllm_doctor.repo.settings_table import settings_of_own_file

        return settings_of_own_file(small_file(own), os.path.relpath(own), folder)
    data = small_file(shared)
    if b"vllm-doctor" not in data:
        return None
    from vllm_doctor.repo.settings_table import settings_of_shared_file

    return settings_of_shared_file(data, os.path.relpath(shared), folder)
