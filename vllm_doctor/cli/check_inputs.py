"""What `check` is to look at: files, folders to walk, commands, standard input."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.cli.terminal import standard_input
from vllm_doctor.errors import InputError
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.repo.reading import Found
    from vllm_doctor.repo.settings import SettingsFinder
    from vllm_doctor.repo.walk import Walk

MAX_INPUT = 4 << 20


@dataclass(frozen=True)
class Input:
    """A text to review: a command (`file` is ""), a file that was named, or one that a walk `found`."""

    file: str = ""
    command: str = ""
    found: Found | None = None


def targets(what: Sequence[str], command: bool) -> list[Path | str]:
    """What is to be looked at: paths as `Path`, commands as `str`; `command` makes all words one command."""
    if command:
        import shlex

        return [shlex.join(what)]
    if not what:
        if sys.stdin is None or sys.stdin.isatty():
            raise InputError("nothing was given to check", "", "Give a FILE, a 'COMMAND' in quotes, or -- COMMAND....")
        what = ("-",)
    return [_target(word) for word in what]


class Inputs:
    """The texts of all targets, one after another, each file once. `walks` are the folders that were walked."""

    def __init__(self, given: Sequence[Path | str], settings: SettingsFinder, *, exclude_named: bool) -> None:
        self._given = given
        self._settings = settings
        self._exclude_named = exclude_named
        self._met: set[str] = set()
        self.walks: list[Walk] = []
        self.many = len(given) > 1 or any(isinstance(one, Path) and one.is_dir() for one in given)

    def __iter__(self) -> Iterator[Input]:
        for one in self._given:
            if isinstance(one, str):
                yield Input(command=one)
            elif one.is_dir():
                yield from self._walked(one)
            elif self._is_new(str(one)) and not (self._exclude_named and self._excludes(str(one))):
                yield Input(str(one))

    def _walked(self, folder: Path) -> Iterator[Input]:
        from vllm_doctor.repo.reading import read_walked
        from vllm_doctor.repo.walk import Walk

        settings = self._settings.of_folder(folder)
        walk = Walk(folder, settings.excludes if settings.exclude else None)
        self.walks.append(walk)
        for file in walk.files():
            if not self._is_new(file):
                continue
            found = read_walked(file)
            if (found.text is None and not found.note) or not self._excludes(file):
                yield Input(file, found=found)

    def _is_new(self, file: str) -> bool:
        path = os.path.abspath(file)  # noqa: PTH100 - a link is a file of its own
        new = path not in self._met
        self._met.add(path)
        return new

    def _excludes(self, file: str) -> bool:
        return self._settings.of(file).excludes(file)


def _target(word: str) -> Path | str:
    if word == "-":
        return _command_on_standard_input()
    path = Path(word)
    try:
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if exists:
        return path
    if any(char.isspace() for char in word.strip()):
        return word
    raise InputError("does not exist", word, "Give a file that does, or a whole command in quotes.")


def _command_on_standard_input() -> str:
    data = b""
    for block in standard_input():
        data += block
        if len(data) > MAX_INPUT:
            raise InputError("is larger than 4 MiB, too large for a launch", "<stdin>")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is no UTF-8 text (byte {error.start})", "<stdin>") from error
