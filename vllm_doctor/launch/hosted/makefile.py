"""A makefile as shell texts: each line of a recipe is a script of its own, `$$` is the shell's dollar."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vllm_doctor.launch.hosted.builder import Builder
from vllm_doctor.launch.hosted.view import TextView
from vllm_doctor.launch.lexer import closed
from vllm_doctor.launch.types import Variable
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

_ASSIGNS = pattern(
    r"[ ]*(?P<words>(?:(?:export|override|private)[ \t]+)*)(?P<name>[A-Za-z_.][\w.-]*)[ \t]*"
    r"(?:::?:?|[?+!])?=[ \t]*(?P<value>.*)"
)
_EXPORTS = pattern(r"[ ]*export((?:[ \t]+[A-Za-z_][\w.-]*)*)[ \t]*\Z")
_RULE = pattern(r"[^\s#=:][^#=:]*::?(?![:=])(?P<rest>[^;#]*)(?:;(?P<command>.*))?")
_DIRECTIVE = pattern(r"[ ]*(?:ifeq|ifneq|ifdef|ifndef|else|endif|include|-include|sinclude|vpath|unexport)\b")
_MARKS = pattern(r"[ \t]*[-@+]*[ \t]*")
_NAME = pattern(r"[\w.-]+")
_SPECIAL = pattern(r"\$|\\\r?\n")
_COMMAND = pattern(
    r"\bvllm\s+serve\b|-m\s+vllm\.|\b(?:docker|podman|nerdctl)\s+run\b|(?:\A|[\s/])(?:docker|podman|nerdctl)\Z"
)
_VLLM = pattern(r"(?:\A|[\s/])vllm\Z")
_CLOSE = {"(": ")", "{": "}"}
_OPTION = pattern(r"[ \t]*--[A-Za-z]")
_MOST_LINES, _MOST_DEPTH, _MOST_GROWTH = 20_000, 4, 200_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line with those that continue it: `start`..`end`, without its last line break."""

    start: int
    end: int


@dataclass(slots=True)
class Makefile:
    """What a makefile says: its recipes as shell texts, its variables, those that it exports."""

    text: str
    views: list[TextView] = field(default_factory=list)
    values: dict[str, Span] = field(default_factory=dict)
    exported: dict[str, None] = field(default_factory=dict)
    prefix: str = "\t"

    def variables(self) -> tuple[Variable, ...]:
        """The environment that the makefile gives to its recipes."""
        found = [(name, self.values[name]) for name in self.exported if name in self.values]
        return tuple(Variable(name, _plain(span.of(self.text)), span, "file") for name, span in found)


def read_makefile(text: str) -> Makefile:
    """The recipes and variables of a makefile; whatever the text is, this does not raise."""
    made = Makefile(text)
    one_shell = ".ONESHELL" in text
    recipes: list[list[Line]] = []
    inside = defining = False
    at = 0
    for _ in range(_MOST_LINES):
        if at >= len(text):
            break
        line, at = _line(text, at)
        content = text[line.start : line.end]
        if defining:
            defining = not content.strip().startswith("endef")
            if defining:
                recipes[-1].append(line)
        elif inside and content.startswith(made.prefix):
            recipes[-1].append(line)
        elif content.lstrip().startswith("define "):
            recipes.append([])
            defining, inside = True, False
        elif content.strip() and not content.lstrip().startswith("#") and not _DIRECTIVE.match(content):
            inside = _take(made, line, recipes)
    for recipe in recipes:
        for lines in [recipe] if one_shell and recipe else _commands(made, recipe):
            made.views.append(_view(made, lines))
    return made


def _commands(made: Makefile, recipe: list[Line]) -> list[list[Line]]:
    """The lines of each command: its own, and those below that begin with an option, which no command does."""
    found: list[list[Line]] = []
    for line in recipe:
        content = made.text[line.start : line.end].removeprefix(made.prefix)
        if found and _OPTION.match(content):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _take(made: Makefile, line: Line, recipes: list[list[Line]]) -> bool:
    """A line that is no recipe's: a variable, a rule; whether a recipe may follow."""
    content = made.text[line.start : line.end]
    exports, assigns = _EXPORTS.match(content), _ASSIGNS.match(content)
    if exports:
        made.exported.update(dict.fromkeys(exports[1].split() or made.values))
        return False
    if assigns:
        _assign(made, assigns, line.start)
        return False
    rule = _RULE.match(content)
    if not rule:
        return False
    recipes.append([])
    if rule["command"] is not None:
        recipes[-1].append(Line(line.start + rule.start("command"), line.end))
    return True


def _assign(made: Makefile, found: re.Match[str], offset: int) -> None:
    value = found["value"].partition(" #")[0].rstrip()
    start = offset + found.start("value")
    if found["name"] == ".RECIPEPREFIX":
        made.prefix = value[:1] or "\t"
        return
    made.values[found["name"]] = Span(start, start + len(value))
    if "export" in found["words"]:
        made.exported[found["name"]] = None


def _line(text: str, at: int) -> tuple[Line, int]:
    start = at
    while True:
        close = text.find("\n", at)
        end = len(text) if close < 0 else close
        content = text[start:end].rstrip("\r")
        at = min(end + 1, len(text))
        if close < 0 or (len(content) - len(content.rstrip("\\"))) % 2 == 0:
            return Line(start, start + len(content)), at


def _view(made: Makefile, lines: list[Line]) -> TextView:
    text = made.text
    out = Builder(text)
    expander = _Expander(made, out)
    for number, line in enumerate(lines):
        if number:
            out.put("\n", line.start, line.start)
        at = line.start + text.startswith(made.prefix, line.start)
        marks = None if number else _MARKS.match(text, at, line.end)
        expander.run(marks.end() if marks else at, line.end)
    newline = ("\r\n" if "\r\n" in text else "\n") + made.prefix
    return TextView(out.source(), newline, _dollars, Span(lines[0].start, lines[-1].end))


def _dollars(line: str) -> str:
    return line.replace("$", "$$")


def _plain(value: str) -> str:
    """A variable's value with make's references as the shell would write them."""
    return re.sub(r"\$(?:\$|\(([\w.-]+)\))", lambda found: f"${{{found[1]}}}" if found[1] else "$", value)


class _Expander:
    """Adds text of a recipe with make's own references made into the shell's."""

    def __init__(self, made: Makefile, out: Builder) -> None:
        self.text, self.made, self.out = made.text, made, out
        self.left = _MOST_GROWTH

    def run(self, start: int, end: int, depth: int = 0) -> None:
        """Add the characters `start`..`end`; the mark that begins a continued line is left out."""
        at = start
        while at < end and self.left > 0:
            found = _SPECIAL.search(self.text, at, end)
            stop = found.start() if found else end
            self.left -= stop - at + 1
            self.out.copy(at, stop)
            if not found:
                return
            if found[0] == "$":
                at = self._reference(stop, end, depth)
            else:
                self.out.copy(stop, found.end())
                at = found.end() + self.text.startswith(self.made.prefix, found.end())

    def _reference(self, at: int, end: int, depth: int) -> int:
        opening = self.text[at + 1 : at + 2]
        if opening == "$" or not opening.strip():
            self.out.put("$", at, at + 1 + (opening == "$"))
            return at + 1 + (opening == "$")
        if opening not in _CLOSE:
            self.out.put(f"${{{opening}}}", at, at + 2)
            return at + 2
        close = self._close(at + 1, end)
        inner = self.text[at + 2 : close]
        if _NAME.fullmatch(inner):
            self._variable(inner, at, close + 1, depth)
        elif inner.startswith(("if ", "if\t")) and depth < _MOST_DEPTH:
            parts = self._parts(at + 2, close)
            if len(parts) > 1:
                self.run(*parts[1], depth + 1)
        else:
            written = f"$({inner.removeprefix('shell ')})".replace("$$", "$")
            self.out.put(written if closed(written) else "${make}", at, close + 1)
        return close + 1

    def _variable(self, name: str, at: int, end: int, depth: int) -> None:
        """A reference: the variable's own text where that names a program, else `${NAME}`."""
        span = self.made.values.get(name)
        value = span.of(self.text) if span and depth < _MOST_DEPTH else ""
        if span and (_COMMAND.search(value) or (_VLLM.search(value) and "vllm" not in name.lower())):
            self.run(span.start, span.end, depth + 1)
        else:
            self.out.put(f"${{{name}}}", at, end)

    def _close(self, at: int, end: int) -> int:
        """Where the bracket at `at` is closed."""
        opening, depth = self.text[at], 0
        for found in re.finditer(r"[(){}]", self.text[at:end]):
            depth += (found[0] == opening) - (found[0] == _CLOSE[opening])
            if depth == 0:
                return at + found.start()
        return end

    def _parts(self, start: int, end: int) -> list[tuple[int, int]]:
        """The arguments of a function, between commas that stand in no bracket."""
        depth, begin = 0, start
        made: list[tuple[int, int]] = []
        for at in range(start, end):
            char = self.text[at]
            depth += (char in "({") - (char in ")}")
            if char == "," and depth == 0 and len(made) < 2:
                made.append((begin, at))
                begin = at + 1
        return [*made, (begin, end)]
