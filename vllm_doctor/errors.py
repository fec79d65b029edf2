"""The one kind of error that a user sees: a clear sentence with a place and a next step.

Whatever is wrong with an input, a launch or a rule file is raised as a `DoctorError`; the CLI prints it and
exits with 2. Anything else that escapes is a bug.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file that somebody wrote (a rule, a launch file).

    `line` and `col` count from 1; 0 means the whole file.
    """

    file: str
    line: int
    col: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.col}" if self.line else self.file
        return f"{where}: {self.message}"


class DoctorError(Exception):
    """What is wrong (`what`), where (`where`, a file, option or place) and what to do about it (`do`)."""

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.do = do

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}. {self.do}" if self.do else head


class InputError(DoctorError):
    """The log or file given cannot be used: missing, unreadable, or no vLLM log at all."""


class LaunchError(DoctorError):
    """A launch text cannot be read or edited as asked."""


class RuleErrors(DoctorError):
    """Everything that is wrong with the rule files of a catalogue, all at once.

    `problems` holds each with its file, line and column.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        count = len(self.problems)
        super().__init__(f"{count} {'thing is' if count == 1 else 'things are'} wrong in the rules\n{lines}")
