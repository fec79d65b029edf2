"""`ENV` instructions of a Dockerfile's stage: what they set, and how they are changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.builder import without_continuations
from vllm_doctor.launch.quoting import pieces
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.types import Variable
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.hosted.instructions import Instruction
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits

_PAIR = pattern(r"""(?<!\S)([A-Za-z_][\w.-]*)=((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])*)""", re.DOTALL)
_OLD = pattern(r"([A-Za-z_][\w.-]*)[ \t]+(\S.*?)\s*\Z", re.DOTALL)
_BARE = pattern(r"[\w@%+=:,./{}\[\]~*?-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class EnvEntry:
    """One variable that an instruction sets: where its value stands; `alone` when it sets no other.

    `old`: written as `ENV NAME value`, which takes the rest of the line as it stands.
    """

    variable: Variable
    value: Span
    instruction: Instruction
    alone: bool
    old: bool = False


def read_env(instruction: Instruction) -> list[EnvEntry]:
    """The variables that an `ENV` instruction sets."""
    source = without_continuations(instruction.body)
    old = _OLD.match(source.inner)
    if old and "=" not in source.inner[: old.start(2)]:
        value = source.span(Span(old.start(2), old.end(2)))
        variable = Variable(old[1], _said(old[2]), source.span(Span(old.start(1), old.end(2))), "file")
        return [EnvEntry(variable, value, instruction, True, True)]
    found = list(_PAIR.finditer(source.inner))
    made: list[EnvEntry] = []
    for one in found:
        start, end = one.span(2)
        place = source.span(Span(one.start(), one.end()))
        value = source.span(Span(start, end)) if end > start else Span(place.end, place.end)
        made.append(EnvEntry(Variable(one[1], _said(one[2]), place, "file"), value, instruction, len(found) == 1))
    return made


def _said(raw: str) -> str:
    return "".join(piece.value for piece in pieces(raw))


class DockerEnv:
    """The environment that a stage sets up to a place; new variables go before the offset `at`."""

    def __init__(self, text: str, entries: Sequence[EnvEntry], at: int, escape: str) -> None:
        self.text, self.entries, self.at, self.escape = text, tuple(entries), at, escape

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Each variable once, as it ends up."""
        return tuple({entry.variable.name: entry.variable for entry in self.entries}.values())

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """Ways to give a variable a value: where it is set, else in an instruction of its own."""
        written = None if isinstance(value, Raw) else self._quoted(value)
        if written is None:
            return
        for entry in reversed(self.entries):
            if entry.variable.name == name:
                new = value if entry.old and _BARE.fullmatch(value) else written
                if not entry.old or new == value:
                    yield (Edit(entry.value, new),)
                break
        newline = "\r\n" if "\r\n" in self.text else "\n"
        yield (Edit(Span(self.at, self.at), f"ENV {name}={written}{newline}"),)

    def unset(self, name: str) -> Iterator[Edits]:
        """A way to take a variable out wherever it is set."""
        edits: list[Edit] = []
        for entry in self.entries:
            if entry.variable.name == name:
                edits.append(Edit(self._place(entry), ""))
        if edits:
            yield tuple(edits)

    def _place(self, entry: EnvEntry) -> Span:
        """The lines of an instruction that sets nothing else, or one of its variables with the blank before it."""
        text, span = self.text, entry.variable.span
        if entry.alone:
            start = text.rfind("\n", 0, entry.instruction.start) + 1
            close = text.find("\n", entry.instruction.end)
            return Span(start, len(text) if close < 0 else close + 1)
        gap = re.compile(rf"(?:[ \t]|{re.escape(self.escape)}[ \t]*\r?\n)*")
        after = gap.match(text, span.end)
        before = max(0, span.start - 400)
        lead = re.search(rf"(?:[ \t]|{re.escape(self.escape)}[ \t]*\r?\n)+\Z", text[before : span.start])
        first = text[: span.start].rstrip().lower().endswith("env")
        if first and after:
            return Span(span.start, after.end())
        return Span(before + lead.start() if lead else span.start, span.end)

    def _quoted(self, value: str) -> str | None:
        """A value as `ENV NAME=` needs it; None where it cannot be written on one line."""
        if _BARE.fullmatch(value):
            return value
        if any(ord(char) < 32 for char in value):
            return None
        return '"' + "".join(self.escape + char if char in ('"', "$", self.escape) else char for char in value) + '"'
