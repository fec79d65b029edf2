"""A `.env` file as its variables, each with the places of its value (python-dotenv's and Compose's common ground)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.quoting import Piece
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.types import Variable
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits

_ENTRY = pattern(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][\w.-]*)[ \t]*=[ \t]*"""
    r"""(?P<value>"(?:\\.|[^"\\])*"|'[^']*'|(?!["'])[^\r\n]*)""",
    re.MULTILINE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_BARE = pattern(r"[^\s\"'`$\\#]+")


@dataclass(frozen=True, slots=True)
class DotEntry:
    """A variable: its value with its quotes (`place`), and what that says piece by piece."""

    name: str
    place: Span
    pieces: tuple[Piece, ...]
    whole: Span

    @property
    def value(self) -> str:
        """What the variable is set to; variables in it stay as they are written."""
        return "".join(piece.value for piece in self.pieces)


def read_dotenv(text: str) -> list[DotEntry]:
    """The variables in their order, one for each line that sets one."""
    found: list[DotEntry] = []
    for entry in _ENTRY.finditer(text):
        start, end = entry.span("value")
        if entry["value"][:1] not in ("'", '"'):
            end = start + len(_bare(entry["value"]))
        quote = entry["value"][:1] if entry["value"][:1] in ("'", '"') and entry["value"] else ""
        inside = (start + 1, end - 1) if quote else (start, end)
        whole = Span(text.rfind("\n", 0, entry.start("name")) + 1, _line_end(text, entry.end()))
        found.append(DotEntry(entry["name"], Span(start, end), tuple(_pieces(text, *inside, quote)), whole))
    return found


def _bare(value: str) -> str:
    """A value without quotes: up to its comment."""
    return "" if value.startswith("#") else value.partition(" #")[0].partition("\t#")[0].rstrip()


def _line_end(text: str, at: int) -> int:
    close = text.find("\n", at)
    return len(text) if close < 0 else close + 1


def _pieces(text: str, at: int, end: int, quote: str) -> Iterator[Piece]:
    while at < end:
        width = 2 if quote == '"' and text[at] == "\\" and at + 1 < end else 1
        value = _ESCAPES.get(text[at + 1], text[at + 1]) if width == 2 else text[at]
        yield Piece(value, at, at + width)
        at += width


def written_like(value: str, raw: str) -> str | None:
    """A value in the quotes of another one; None where no reader of such files would agree on it."""
    quote = raw[:1] if raw[:1] in ("'", '"') else ""
    if any(ord(char) < 32 for char in value) or "$" in value:
        return None
    if not quote and _BARE.fullmatch(value):
        return value
    if quote != '"' and "'" not in value:
        return f"'{value}'"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def inside(raw: str, piece: str) -> str | None:
    """A piece of text put into a value; None where its quotes cannot hold it."""
    if any(ord(char) < 32 for char in piece) or "$" in piece:
        return None
    if raw.startswith('"'):
        return piece.replace("\\", "\\\\").replace('"', '\\"')
    return piece if "'" not in piece and (raw.startswith("'") or " #" not in piece) else None


class DotSettings:
    """The variables of a file that are the environment of the program."""

    def __init__(self, text: str, entries: Sequence[DotEntry]) -> None:
        self.text, self.entries = text, tuple(entries)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Each variable once, as it ends up."""
        return tuple({one.name: Variable(one.name, one.value, one.whole, "file") for one in self.entries}.values())

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """Change a variable where it is set, else set it on a line of its own at the end."""
        if isinstance(value, Raw):
            return
        for one in reversed(self.entries):
            if one.name == name:
                written = written_like(value, one.place.of(self.text))
                if written is not None:
                    yield (Edit(one.place, written),)
                return
        written = written_like(value, "")
        if written is not None:
            newline = "\r\n" if "\r\n" in self.text else "\n"
            lead = "" if self.text.endswith("\n") or not self.text else newline
            end = len(self.text)
            yield (Edit(Span(end, end), f"{lead}{name}={written}{newline}"),)

    def unset(self, name: str) -> Iterator[Edits]:
        """The lines that set a variable gone."""
        gone = [one for one in self.entries if one.name == name]
        if gone:
            yield tuple(Edit(one.whole, "") for one in gone)
