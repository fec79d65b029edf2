"""What edits a launch: the shell's writer, or the one that the reader of its kind of file has (`writer(launch)`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.writer import Edits, ShellWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.broken.flaws import Flaw
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Launch, Variable
    from vllm_doctor.text import Edit, Span


class Place(Protocol):
    """A launch as a reader found it, and the shell text that it stands in ("" where there is none)."""

    @property
    def launch(self) -> Launch:
        """The launch."""

    @property
    def script(self) -> str:
        """The text whose quotes must stay closed."""


class Shelled(Protocol):
    """Words of a launch that stand in a shell text, which the file may hold in a form of its own."""

    @property
    def inner(self) -> Launch:
        """The launch as the shell text alone has it."""

    def place(self, span: Span) -> Span:
        """Where a part of the shell text stands in the file."""

    def made_of(self, edits: Edits) -> Iterator[Edits]:
        """Ways to make edits of the shell text in the file."""


class Writer(Protocol):
    """What knows how to edit one launch of a text; `ShellWriter` says what each method does."""

    index: int

    def reread(self, text: str) -> Sequence[Place]:
        """All launches of an edited text, read as the first one was."""

    def intact(self, text: str, after: Sequence[Any]) -> bool:
        """Whether what is no launch of the edited text is as it was; `after` are its launches."""

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """Put a value in place of a word, or of what follows its first `skip` characters."""

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words behind a word."""

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words at the end."""

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """Take words out."""

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """Set a variable."""

    def unset_env(self, name: str) -> Iterator[Edits]:
        """Take a variable away."""

    def assignment(self, variable: Variable, value: Value) -> Edit:
        """Give a variable another value where it is set."""

    def shelled(self) -> Sequence[Shelled]:
        """The shell texts in which the words stand."""

    def flaws(self) -> Iterator[Flaw]:
        """What is broken in the text of the launch."""


def writer_of(launch: Launch) -> Writer:
    """What knows how to edit the text of a launch.

    Raises:
        LaunchError: launches of its kind are not edited, or it does not stand in its text.
    """
    if launch.kind in ("shell", "docker"):
        return ShellWriter(launch)
    from vllm_doctor.launch import files

    reader = next((reader for reader in files.READERS if reader.name == launch.kind), None)
    writer = getattr(reader, "writer", None)
    if writer is None:
        raise LaunchError(f"a launch in {launch.kind} is not edited yet", launch.file, "Make the change by hand.")
    made: Writer = writer(launch)
    return made
