"""A Dockerfile as its instructions, as BuildKit's parser cuts them (frontend/dockerfile/parser/parser.go)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.builder import Builder
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.source import Source

_DIRECTIVE = pattern(r"[ \t]*#[ \t]*(\w+)[ \t]*=[ \t]*(.*?)[ \t]*\r?$")
_KEYWORD = pattern(r"[ \t]*([A-Za-z]+)(?=[ \t\r\n]|\Z)[ \t]*")
_HEREDOC = pattern(r"""(?<![<\w$(])\d*<<(-?)(["']?)([A-Za-z_][\w.]*)\2(?![\w(])""")
_OPTION = pattern(r"[ \t]*--[A-Za-z]")
_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT"})
_HEREDOC_KEYWORDS = frozenset({"RUN", "COPY", "ADD"})
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: `start`..`end` is its text without the last line break; `body` is what follows the keyword.

    In `body` a continued line is a backslash and a line break, whatever the file's escape character is, and
    comments between continued lines are gone. `documents` are its here-documents.
    """

    keyword: str
    start: int
    end: int
    body: Source
    documents: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """The instructions in their order, and the character that continues a line."""

    instructions: tuple[Instruction, ...]
    escape: str


class _Scanner:
    """Goes through the lines once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.escape = "\\"
        self._continued = re.compile("")

    def run(self) -> Dockerfile:
        self._directives()
        escape = re.escape(self.escape)
        self._continued = re.compile(rf"(?<!{escape}){escape}[ \t]*\Z")
        found: list[Instruction] = []
        while self.at < len(self.text) and len(found) < _MOST:
            start, end, after = self._line()
            line = self.text[start:end]
            if not line.strip() or line.lstrip().startswith("#"):
                self.at = after
                continue
            found.append(self._instruction(start, end, after))
        return Dockerfile(tuple(found), self.escape)

    def _line(self) -> tuple[int, int, int]:
        """The line at the current place: its start, its end, and where the next one begins."""
        close = self.text.find("\n", self.at)
        after = len(self.text) if close < 0 else close + 1
        end = len(self.text) if close < 0 else close
        return self.at, end - (end > self.at and self.text[end - 1] == "\r"), after

    def _directives(self) -> None:
        """`# escape=` in the comments at the top."""
        place = 0
        for line in self.text.split("\n", 20)[:20]:
            found = _DIRECTIVE.match(line)
            if not found:
                break
            if found[1].lower() == "escape" and found[2] in ("\\", "`"):
                self.escape = found[2]
            place += len(line) + 1
        self.at = min(place, len(self.text))

    def _instruction(self, start: int, end: int, after: int) -> Instruction:
        head = _KEYWORD.match(self.text, start, end)
        keyword = head[1].upper() if head else ""
        made = Builder(self.text)
        first = self.text[start:end]
        begin = start + len(first) - len(first.lstrip())
        at = head.end() if head else start
        goes_on = True
        while goes_on:
            goes_on, end, self.at = self._part(made, at, end, after)
            while goes_on and self.at < len(self.text):
                at, last, after = self._line()
                line = self.text[at:last].strip()
                if line and not line.startswith("#"):
                    end = last
                    break
                self.at = after
            else:
                break
        if keyword in _COMMANDS:
            end = self._options(made, end)
        body = made.source()
        documents: list[Source] = []
        if keyword in _HEREDOC_KEYWORDS:
            for found in list(_HEREDOC.finditer(body.inner))[:20]:
                end = self._document(made, documents, found[3], bool(found[1]))
            body = made.source() if documents else body
        return Instruction(keyword, begin, end, body, tuple(documents))

    def _options(self, made: Builder, end: int) -> int:
        """Add lines that begin with an option: they were meant to go on, for no instruction does."""
        while _OPTION.match(self.text, self.at):
            start, last, after = self._line()
            made.copy(end, start)
            goes_on = True
            while goes_on:
                goes_on, end, self.at = self._part(made, start, last, after)
                start, last, after = self._line()
        return end

    def _part(self, made: Builder, at: int, end: int, after: int) -> tuple[bool, int, int]:
        """Add one line; whether it goes on, where its text ends, where the next line begins."""
        found = self._continued.search(self.text, at, end)
        if not found:
            made.copy(at, end)
            return False, end, after
        made.copy(at, found.start())
        if self.escape == "\\" and found.start() + 1 == end:
            made.copy(found.start(), after)
        else:
            made.put("\\", found.start(), end)
            made.put("\n", end, after)
        return True, end, after

    def _document(self, made: Builder, documents: list[Source], name: str, tabs: bool) -> int:
        """Add a here-document with its closing line; the end of that line's text."""
        made.put("\n", max(0, self.at - 1), self.at)
        inside = Builder(self.text)
        end = self.at
        while self.at < len(self.text):
            start, end, after = self._line()
            line = self.text[start:end]
            made.copy(start, end)
            self.at = after
            if (line.lstrip("\t") if tabs else line) == name:
                break
            made.copy(end, after)
            inside.copy(start, after)
        documents.append(inside.source())
        return end


def read_dockerfile(text: str) -> Dockerfile:
    """The instructions of a Dockerfile; whatever the text is, this does not raise."""
    return _Scanner(text).run()
