"""Edits of a shell text, each offered in several ways; the first that changes what was asked is taken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.gaps import (
    blanks_after,
    break_before,
    gap_after,
    gap_before,
    runs,
    separator,
    with_gap,
)
from vllm_doctor.launch.lexer import closed
from vllm_doctor.launch.options import glued_span
from vllm_doctor.launch.parser import command_sites, shell_sites
from vllm_doctor.launch.requote import Raw, Value, around, embedded, quoted
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vllm_doctor.launch.broken.flaws import Flaw
    from vllm_doctor.launch.frame import Site
    from vllm_doctor.launch.types import Launch, Variable

Edits = tuple[Edit, ...]
_OPTION_BEFORE = pattern(r"(?:--env|-e)(?:[ \t]|\\\r?\n)+\Z")
_WIDEST = 400
_ENDS = pattern(r"[ \t]*(?:[\n\r;&|)#]|\Z)")


class ShellWriter:
    """Ways to edit one launch of a shell text. Each method yields candidates, the best first."""

    def __init__(self, launch: Launch) -> None:
        self.launch = self.inner = launch
        self.text = launch.text
        self.sites_of, self.index, self.site = _located(launch)

    def reread(self, text: str) -> list[Site]:
        """All launches of an edited text, read as the first one was."""
        return self.sites_of(text, self.launch.file)

    def intact(self, text: str, after: Sequence[Site]) -> bool:
        """Whether no quote of the edited text was left open; its launches are compared by who asks."""
        return closed(text) or not closed(self.text)

    def shelled(self) -> list[ShellWriter]:
        """The text itself."""
        return [self]

    def place(self, span: Span) -> Span:
        """The same place: the file is the shell text."""
        return span

    def made_of(self, edits: Edits) -> Iterator[Edits]:
        """The edits as they are."""
        yield edits

    def flaws(self) -> Iterator[Flaw]:
        """What a shell or a container makes of the text that was not meant."""
        from vllm_doctor.launch.broken.entry import repeated
        from vllm_doctor.launch.broken.flaws import shell_flaws

        yield from shell_flaws(self)
        yield from repeated(self.launch)

    def _write(self, value: Value, at: int, like: str = "") -> str:
        outer = around(self.text, at)
        return embedded(quoted(value, "" if outer else like), outer, isinstance(value, Raw))

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """Put `value` in place of a word, or of what follows its first `skip` characters (`--flag=`)."""
        word = self.launch.words[index]
        head = word.value[:skip]
        at = word.span.start
        if word.raw[:skip] == head:
            span = glued_span(word, skip)
            yield (Edit(span, self._write(value, at, span.of(self.text))),)
        elif isinstance(value, Raw):
            yield (Edit(word.span, self._write(Raw(quoted(head) + value), at)),)
        else:
            yield (Edit(word.span, self._write(head + value, at, word.raw)),)
        whole = Raw(quoted(head) + value) if isinstance(value, Raw) else head + value
        yield (Edit(word.span, self._write(whole, at)),)

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words behind the word `index`, on its line."""
        at = self.launch.words[index].span.end
        inner = self.launch.words[index].span.start
        yield (Edit(Span(at, at), "".join(" " + self._write(value, inner) for value in values)),)

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words at the end of the command, on a line of their own where the command has several."""
        at = self.site.tail
        words = " ".join(self._write(value, at) for value in values)
        yield (Edit(Span(at, at), separator(self.site) + words),)
        yield (Edit(Span(at, at), " " + words),)

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """Take words out, with the blanks or the continued line break that they would leave."""
        spans = runs(self.launch, indices)
        text = self.text
        yield _deletions(with_gap(self.launch, span) for span in spans)
        yield _deletions(Span(span.start, blanks_after(text, span.end)) for span in spans)
        yield _deletions(spans)

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """Change a variable where it is set, else set it before the program or with the container's `-e`."""
        for variable in self.launch.env:
            if variable.name == name and (variable.how != "export" or not self._used(name)):
                yield (self.assignment(variable, value),)
        site = self.site
        if site.option_at is not None:
            yield (self._container_option(f"-e {name}=", value),)
            return
        at = site.set_at
        yield (Edit(Span(at, at), f"{name}={self._write(value, at)} "),)

    def assignment(self, variable: Variable, value: Value) -> Edit:
        """The edit that gives a variable another value where it is set."""
        span, name = variable.span, variable.name
        raw, outer = span.of(self.text), around(self.text, variable.span.start)
        at = raw.find(name)
        head = raw[: at + len(name)]
        if raw.startswith(("'", '"')) and not isinstance(value, Raw) and not outer:
            return Edit(span, quoted(f"{name}={value}", raw))
        if raw.startswith(("'", '"')):
            return Edit(span, f"{name}={self._write(value, span.start)}")
        return Edit(span, f"{head}={self._write(value, span.start, raw[len(head) + 1 :])}")

    def _container_option(self, option: str, value: Value | None) -> Edit:
        at = self.site.option_at or 0
        written = option if value is None else option + self._write(value, at)
        return Edit(Span(at, at), written + break_before(self.text, at))

    def _used(self, name: str) -> bool:
        """Whether the text also reads a variable that it exports."""
        return re.search(rf"\$(?:{re.escape(name)}(?!\w)|\{{{re.escape(name)}(?!\w))", self.text) is not None

    def unset_env(self, name: str) -> Iterator[Edits]:
        """Take a variable away where it is set; else keep it from the program with `env -u`.

        A container does not see the shell's variables, only its image's. docker drops one for `-e NAME`
        without a value when the shell that calls it has none (hence `env -u NAME docker`), podman for
        `--unsetenv`; nerdctl has no way.
        """
        variable = next((one for one in self.launch.env if one.name == name), None)
        if variable and variable.how == "docker":
            yield from self._without_option(variable)
        elif variable and variable.how != "export":
            end = gap_after(self.text, variable.span.end)
            yield (Edit(Span(variable.span.start, end), ""),)
        elif variable and not self._used(name):
            yield from self._without_export(variable)
        at, engine = self.site.unset_at, self.site.engine
        if at > (self.site.option_at or at):
            engine = ""
        if engine == "podman":
            yield (self._container_option(f"--unsetenv={name}", None),)
        elif engine == "docker":
            yield (Edit(Span(at, at), f"env -u {name} "), self._container_option(f"-e {name}", None))
        if not engine or (variable and variable.how not in ("docker", "file")):
            yield (Edit(Span(at, at), f"env -u {name} "),)

    def _without_option(self, variable: Variable) -> Iterator[Edits]:
        start = variable.span.start
        if not variable.span.of(self.text).startswith("-"):
            before = _OPTION_BEFORE.search(self.text, max(0, start - _WIDEST), start)
            if not before:
                return
            start = before.start()
        gap = gap_before(self.text, start)
        yield (Edit(Span(gap, variable.span.end), ""),)
        yield (Edit(Span(start, gap_after(self.text, variable.span.end)), ""),)

    def _without_export(self, variable: Variable) -> Iterator[Edits]:
        """The whole line where it exports nothing else, or the one assignment."""
        text, span = self.text, variable.span
        start = text.rfind("\n", 0, span.start) + 1
        end = text.find("\n", span.end) + 1 or len(text)
        head, rest = text[start : span.start].split(), text[span.end : end].strip(" \t\r\n;")
        if head in (["export"], ["declare", "-x"]) and not rest:
            yield (Edit(Span(start, end), ""),)
        elif head[-1:] not in (["export"], ["-x"]) or not _ENDS.match(text, span.end):
            yield (Edit(Span(gap_before(text, span.start), span.end), ""),)


def _deletions(spans: Iterator[Span] | Sequence[Span]) -> Edits:
    return tuple(Edit(span, "") for span in spans)


def _located(launch: Launch) -> tuple[Callable[[str, str], list[Site]], int, Site]:
    """How the launch was read, which of its text's launches it is, and its places."""
    for sites_of in (shell_sites, command_sites):
        for index, site in enumerate(sites_of(launch.text, launch.file)):
            if site.launch == launch:
                return sites_of, index, site
    raise LaunchError("this launch does not stand in its text", launch.file)
