"""Words that stand in a YAML scalar as text: a script, a command, or a string of options.

The text is read and edited as shell text on its own; every edit is then made at the place in the file that the
characters come from, in the scalar's style.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from vllm_doctor.launch.commands import commands
from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.requote import Raw, Value
from vllm_doctor.launch.sites import find_sites
from vllm_doctor.launch.source import Source, whole
from vllm_doctor.launch.types import Variable, Word
from vllm_doctor.launch.writer import Edits, ShellWriter
from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.launch.yamlfile.writing import double, fragment, newline_of, single
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span, apply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vllm_doctor.launch.frame import Site
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.yamlfile.tree import Node

PREFIX = "vllm serve "
MOST_CHARACTERS = 100_000
"""A longer string is no launch script that anybody wrote, and is not read."""
_TEMPLATE = pattern(r"(?<!\$)\{\{[^{}\n]*\}\}")
_HIDDEN = {ord(char): 0xE000 + index for index, char in enumerate(" \t\"'|&;()<>`$\\#")}
_SHOWN = {other: char for char, other in _HIDDEN.items()}
_LITERAL = pattern(r"\\\s|(?:\A|\s)#")
"""What a shell reads otherwise than the one who only splits a text into words."""


@dataclass(frozen=True, slots=True)
class Script:
    """The text of a scalar. `meant` is `source.inner` with what YAML broke mended, `prefix` what is put before it.

    `doubled`: a dollar of the text is written as two in the file. `halved`: so it is in the text too, for
    Compose fills in variables before it splits the string (`split`: no shell does).
    """

    node: Node
    source: Source
    indent: str
    meant: str
    prefix: str = ""
    doubled: bool = False
    halved: bool = False
    split: bool = False

    @property
    def text(self) -> str:
        """What the shell reader reads."""
        return self.prefix + self.meant

    def span(self, inner: Span) -> Span:
        """The place in the file of a part of the text."""
        skip = len(self.prefix)
        return self.source.span(Span(max(0, inner.start - skip), max(0, inner.end - skip)))

    def word(self, word: Word) -> Word:
        """A word with its place in the file."""
        span = self.span(word.span)
        value = word.value.replace("$$", "$") if self.halved else word.value
        value = value.translate(_SHOWN)
        return Word(value, span.of(self.source.outer), span, word.dynamic or "{{" in value)


def script_of(text: str, node: Node, *, doubled: bool = False, split: bool = False, prefix: str = "") -> Script | None:
    """The text of a scalar for the shell reader; `split`: it is split into words, no shell reads it."""
    read = content(text, node) if len(node.value) <= MOST_CHARACTERS else None
    if not read:
        return None
    source = _undoubled(read.source) if doubled and not split else read.source
    meant = _mended(source)
    if "#" in meant:
        from vllm_doctor.launch.yamlfile.remarks import without

        meant = without(source, meant, split)
    if split:
        meant = "".join(
            " " * len(token.raw) if token.kind in ("newline", "continuation") else token.raw for token in lex(meant)
        )
    return Script(node, source, read.indent, meant, prefix, doubled and not split, doubled and split, split)


def _undoubled(source: Source) -> Source:
    """The text with one dollar for each two."""
    inner, starts, ends = source.inner, list(source.starts), list(source.ends)
    if "$$" not in inner:
        return source
    out: list[str] = []
    at, kept_starts, kept_ends = 0, [], []
    while at < len(inner):
        width = 2 if inner.startswith("$$", at) else 1
        out.append(inner[at])
        kept_starts.append(starts[at])
        kept_ends.append(ends[at + width - 1])
        at += width
    return Source(source.outer, "".join(out), kept_starts, kept_ends)


def _mended(source: Source) -> str:
    """The text without backslashes that were meant to continue a line which YAML has folded already.

    Templates are one word each, whatever stands in them: their blanks and quotes are other characters here.
    """
    text = (
        _TEMPLATE.sub(lambda found: found[0].translate(_HIDDEN), source.inner) if "{{" in source.inner else source.inner
    )
    chars = list(text)
    for at in range(len(chars) - 1):
        if chars[at] == "\\" and chars[at + 1] == " " and (at == 0 or chars[at - 1] != "\\"):
            place = source.outer[source.starts[at + 1] : source.ends[at + 1]]
            chars[at] = " " if "\n" in place else "\\"
    return "".join(chars)


def launches_in(script: Script, file: str, env: Sequence[Variable] = ()) -> list[tuple[Launch, Launch]]:
    """The launches of a script: as the script alone has them, and as the file has them, with the variables `env`."""
    alone = find_sites(whole(script.text), file)
    inside = find_sites(whole(script.text), file, env) if env else alone
    effective = _effective(script, file, alone)
    around = {id(variable) for variable in env}
    found: list[tuple[Launch, Launch]] = []
    for index, (one, two) in enumerate(zip(alone, inside, strict=True)):
        launch = two.launch
        variables = tuple(_placed(script, variable, around) for variable in launch.env)
        span = script.span(launch.span)
        outer = replace(
            launch,
            words=tuple(script.word(word) for word in launch.words),
            image=launch.image and launch.image.translate(_SHOWN),
            text=script.source.outer,
            span=span,
            line=script.source.outer.count("\n", 0, span.start) + 1,
            env=variables,
            argv_effective=effective[index] if effective else launch.argv_effective,
        )
        found.append((one.launch, outer))
    return found


def _placed(script: Script, variable: Variable, around: set[int]) -> Variable:
    if id(variable) in around:
        return variable
    value = None if variable.value is None else variable.value.translate(_SHOWN)
    return replace(variable, value=value, span=script.span(variable.span))


def _effective(script: Script, file: str, meant: list[Site]) -> list[tuple[str, ...]] | None:
    """What vLLM gets where YAML's folding broke the text; None where it did not."""
    inner = script.prefix + script.source.inner
    if script.split:
        if not _LITERAL.search(inner):
            return None
        said, got = commands(whole(script.text)), split_words(inner)
        count = len(said[0].words) if said else 0
        return [tuple(got[count - len(site.launch.words) :]) for site in meant]
    if script.meant.translate(_SHOWN) == script.source.inner:
        return None
    found = find_sites(whole(inner), file)
    same = len(found) == len(meant)
    return [site.launch.argv if same else () for site in (found if same else meant)]


def broken_split(text: str, node: Node, doubled: bool) -> list[str] | None:
    """The words of a string whose lines are continued with backslashes, as Compose splits it; None for others."""
    read = content(text, node)
    if not read or not _LITERAL.search(read.source.inner):
        return None
    return [word.replace("$$", "$") if doubled else word for word in split_words(read.source.inner)]


def split_words(text: str) -> list[str]:
    """A command string as Compose splits it (mattn/go-shellwords, Parse): a backslash keeps any character."""
    words: list[str] = []
    now: str | None = None
    quote = ""
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "\\" and quote != "'" and at < len(text):
            now, at = (now or "") + text[at], at + 1
        elif char == quote:
            quote = ""
        elif char in "'\"" and not quote:
            quote, now = char, now or ""
        elif char in " \t\r\n" and not quote:
            words += [now] if now is not None else []
            now = None
        else:
            now = (now or "") + char
    return [*words, now] if now is not None else words


class TextHost:
    """A launch in the text of a scalar; `inner` is the launch as the text alone has it."""

    def __init__(self, script: Script, inner: Launch) -> None:
        self.script, self.inner = script, inner
        self.words = tuple(script.word(word) for word in inner.words)
        self.own: tuple[Node, ...] = (script.node,)

    @cached_property
    def writer(self) -> ShellWriter:
        """The writer of the text alone."""
        return ShellWriter(self.inner)

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """See `ShellWriter.replace`."""
        yield from self.made(lambda writer: writer.replace(index, skip, self._value(value)))

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """See `ShellWriter.insert`."""
        yield from self.made(lambda writer: writer.insert(index, [self._value(value) for value in values]))

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """See `ShellWriter.append`; in a folded text with lines of options, on a line of its own."""
        written = [self._value(value) for value in values]
        gap = self._line_gap()
        if gap:
            for edits in self.made(lambda writer: writer.append(written)):
                yield tuple(Edit(edit.span, gap + edit.new[1:]) if edit.new.startswith(" ") else edit for edit in edits)
        yield from self.made(lambda writer: writer.append(written))

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """See `ShellWriter.delete`."""
        yield from self.made(lambda writer: writer.delete(indices))

    def place(self, span: Span) -> Span:
        """Where a part of the text stands in the file."""
        return self.script.span(span)

    def made_of(self, edits: Edits) -> Iterator[Edits]:
        """Edits of the text as edits of the file."""
        yield from self.made(lambda _: iter([edits]))

    def made(self, ways: Callable[[ShellWriter], Iterator[Edits]]) -> Iterator[Edits]:
        """Edits of the text as edits of the file; where its style cannot hold them, the scalar in other quotes."""
        for edits in ways(self.writer):
            if any(edit.span.start < len(self.script.prefix) for edit in edits):
                continue
            outer = [self._outer(edit) for edit in edits]
            if all(outer):
                yield tuple(edit for edit in outer if edit)
            node = self.script.node
            if node.style in ("", "'", '"') and "\n" not in self.script.source.outer[node.start : node.end]:
                for written in self._anew(edits):
                    yield (Edit(Span(node.start, node.end), written),)

    def _anew(self, edits: Edits) -> Iterator[str]:
        text = apply(self.script.text, edits)[len(self.script.prefix) :].translate(_SHOWN)
        value = text.replace("$", "$$") if self.script.doubled else text
        yield double(value)
        quoted = single(value)
        if quoted:
            yield quoted

    def _outer(self, edit: Edit) -> Edit | None:
        script, source = self.script, self.script.source
        start, end = edit.span.start - len(script.prefix), edit.span.end - len(script.prefix)
        if end > len(source.inner) or not source.inner:
            return None
        if start == end:
            at = source.ends[start - 1] if start else source.starts[0]
            span = Span(at, at)
        else:
            span = Span(source.starts[start], source.ends[end - 1])
        new = edit.new.translate(_SHOWN)
        new = new.replace("$", "$$") if script.doubled else new
        written = fragment(new, script.node.style, script.indent, newline_of(source.outer))
        return None if written is None else Edit(span, written)

    def _value(self, value: Value) -> Value:
        return value.replace("$", "$$") if self.script.halved and not isinstance(value, Raw) else value

    def _line_gap(self) -> str:
        """The folded line break before the last option, where that option is alone on its line."""
        source, tail = self.script.source, self.writer.site.tail - len(self.script.prefix)
        if self.script.node.style == "|":
            return ""
        for at in range(min(tail, len(source.inner)) - 1, 0, -1):
            place = source.outer[source.starts[at] : source.ends[at]]
            if source.inner[at] == " " and "\n" in place:
                alone = source.inner[at + 1 : tail].count(" -") == 0 and source.inner[at + 1 : at + 2] == "-"
                return place.lstrip(" \t") if alone else ""
        return ""
