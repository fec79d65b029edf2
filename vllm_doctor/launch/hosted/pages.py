"""A page of documentation (Markdown, reStructuredText) as blocks: fenced or indented code, and running text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    import re

_LINE = pattern(r"(?P<content>[^\r\n]*)(?:\r?\n|\r|\Z)")
_FENCE = pattern(r"(?P<lead>(?:[ \t]*>)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)")
_QUOTES = pattern(r"(?:[ \t]*>)+[ \t]?|")
_DIRECTIVE = pattern(
    r"(?P<lead>[ \t]*)\.\.[ ]+(?:code-block|code|sourcecode|prompt|parsed-literal|highlight)::[ \t]*(?P<info>.*)"
)
_LANGUAGE = pattern(r"\{?\.?(?:code-block|code|code-cell|sourcecode|prompt)?\}?[ ]*\{?\.?([\w+#-]*)")
_COMMENT = pattern(r"[ ]{0,3}<!--")
_LIST = pattern(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of a block: `start`..`end` is its text without what every line of the block begins with."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together. `kind` is fence, indented or text; `language` is a fence's, in small letters.

    `lead` is what begins every line of it in the file.
    """

    kind: str
    language: str
    lead: str
    lines: tuple[PageLine, ...]


def blocks(text: str, rst: bool = False) -> list[Block]:
    """The blocks of a page in their order; whatever the text is, this does not raise."""
    return _Pages(text, rst).run()


class _Pages:
    def __init__(self, text: str, rst: bool) -> None:
        self.text, self.rst = text, rst
        self.lines = [found for found in _LINE.finditer(text) if found.end() > found.start()]
        self.at = 0
        self.found: list[Block] = []

    def run(self) -> list[Block]:
        loose: list[re.Match[str]] = []
        while self.at < len(self.lines):
            content = self.lines[self.at]["content"]
            fence, directive = _FENCE.fullmatch(content), _DIRECTIVE.fullmatch(content)
            if not (fence or directive or _COMMENT.match(content)):
                loose.append(self.lines[self.at])
                self.at += 1
                continue
            self._loose(loose)
            loose = []
            if fence:
                self._fence(fence)
            elif directive:
                self._directive(directive)
            else:
                self._comment()
        self._loose(loose)
        return self.found

    def _fence(self, opening: re.Match[str]) -> None:
        lead, mark = opening["lead"], opening["mark"]
        quotes = _QUOTES.match(lead)
        quoted = quotes[0] if quotes else ""
        indent = " " * (len(lead) - len(quoted)) if lead[len(quoted) :].strip() else lead[len(quoted) :]
        lines: list[PageLine] = []
        self.at += 1
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            bare = line["content"].strip(" \t>")
            if bare.startswith(mark) and not bare.strip(mark[0]):
                break
            at = _quote_end(line["content"]) if quoted else 0
            while at < len(line["content"]) and at < len(quoted) + len(indent) and line["content"][at] in " \t":
                at += 1
            lines.append(PageLine(line.start() + at, line.start() + len(line["content"])))
        self._add("fence", _language(opening["info"]), quoted + indent, lines)

    def _directive(self, opening: re.Match[str]) -> None:
        self.at += 1
        self._body(len(opening["lead"]), _language(opening["info"]))

    def _body(self, outer: int, language: str) -> None:
        """The lines that are indented more than the one above them, without the options of a directive."""
        lines: list[re.Match[str]] = []
        while self.at < len(self.lines):
            content = self.lines[self.at]["content"]
            if content.strip() and len(content) - len(content.lstrip()) <= outer:
                break
            lines.append(self.lines[self.at])
            self.at += 1
        while lines and (not lines[0]["content"].strip() or lines[0]["content"].lstrip().startswith(":")):
            del lines[0]
        self._indented("fence", language, lines)

    def _comment(self) -> None:
        while self.at < len(self.lines):
            self.at += 1
            if "-->" in self.lines[self.at - 1]["content"]:
                return

    def _loose(self, lines: list[re.Match[str]]) -> None:
        """Running text and indented code, cut at blank lines."""
        run: list[re.Match[str]] = []
        listed = literal = False
        for line in [*lines, None]:
            if line is not None and line["content"].strip():
                run.append(line)
                continue
            if run:
                first = run[0]["content"]
                deep = first.startswith(("    ", "\t")) or (literal and first[:1] in " \t")
                if not deep:
                    listed = bool(_LIST.match(first)) or (listed and first[:1] in " \t")
                self._indented("indented" if deep and (literal or not listed) else "text", "", run)
                literal = self.rst and (run[-1]["content"].rstrip().endswith("::") or (literal and deep))
                run = []

    def _indented(self, kind: str, language: str, lines: list[re.Match[str]]) -> None:
        filled = [line["content"] for line in lines if line["content"].strip()]
        if not filled:
            return
        width = min(len(content) - len(content.lstrip()) for content in filled)
        lead = filled[0][:width]
        made: list[PageLine] = []
        for line in lines:
            content = line["content"]
            made.append(PageLine(line.start() + min(width, len(content)), line.start() + len(content)))
        self._add(kind, language, lead, made)

    def _add(self, kind: str, language: str, lead: str, lines: list[PageLine]) -> None:
        if lines:
            self.found.append(Block(kind, language, lead, tuple(lines)))


def _quote_end(content: str) -> int:
    found = _QUOTES.match(content)
    return found.end() if found else 0


def _language(info: str) -> str:
    found = _LANGUAGE.match(info.strip())
    return found[1].lower() if found else ""
