"""Files that a shell script writes with here-documents (`cat > vllm.service <<EOF`), each read by its kind's reader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from vllm_doctor.launch.commands import commands
from vllm_doctor.launch.hosted.view import TextView
from vllm_doctor.launch.source import Source, whole
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vllm_doctor.launch.broken.flaws import Flaw
    from vllm_doctor.launch.commands import Command
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Launch, Token, Variable, Word
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.writers import Shelled
    from vllm_doctor.text import Edit

KIND = "document"
_READ_BY_NAME = (
    ("kubectl", "-.yaml"),
    ("oc", "-.yaml"),
    ("k3s", "-.yaml"),
    ("docker", "Dockerfile"),
    ("podman", "Dockerfile"),
)
_PYTHON = pattern(r"(?:.*/)?python[\d.]*")
_WRITES = frozenset({"cat", "tee"})
_MOST = 50


@dataclass(frozen=True, slots=True)
class Document:
    """A here-document: the name of the file that it becomes, its text, and how edits of that are written."""

    name: str
    view: TextView


@dataclass(frozen=True, slots=True)
class DocumentSite:
    """A launch in a document; `inner` is the launch as the document alone has it."""

    launch: Launch
    inner: Launch
    document: Document
    script: str = ""


def documents(text: str) -> Iterator[Document]:
    """The here-documents of a script that become files which are no shell scripts."""
    if "<<" not in text:
        return
    count = 0
    for command in commands(whole(text)):
        target = _target(command) if command.heredocs else None
        for token in command.heredocs if target else ():
            count += 1
            if target and count <= _MOST:
                yield Document(target, _view(command.source, token, text))


def _target(command: Command) -> str | None:
    """The name of the file that a command makes of its input, as far as that tells what is in it."""
    words = [token.value for token in command.words if token.value not in ("sudo", "-E")]
    if not words:
        return None
    if words[0] in _WRITES:
        named = [target.value for operator, target in command.redirects if operator.raw in (">", ">>", ">|")]
        named += [word for word in words[1:] if not word.startswith("-")] if words[0] == "tee" else []
        named = [one for one in named if not one.startswith("/dev/")]
        return named[0].rsplit("/", 1)[-1] if named else None
    if _PYTHON.fullmatch(words[0]) and words[1:2] in ([], ["-"]):
        return "-.py"
    if words[-1] == "-" or "-f" in words:
        name = next((name for head, name in _READ_BY_NAME if words[0] == head), None)
        return "compose.yaml" if name == "Dockerfile" and "compose" in words else name
    return None


def _view(source: Source, token: Token, text: str) -> TextView:
    literal = token.quote == "'"
    return TextView(source.within(token), "\r\n" if "\r\n" in text else "\n", str if literal else _unexpanded)


def _unexpanded(line: str) -> str:
    """A line for a document in which the shell expands variables."""
    return "".join("\\" + char if char in "\\$`" else char for char in line)


def placed(document: Document, inner: Launch, file: str) -> DocumentSite:
    """A launch of a document with its places in the script."""
    source = document.view.source
    span = source.span(inner.span)
    launch = replace(
        inner,
        words=tuple(_word(source, word) for word in inner.words),
        text=source.outer,
        span=span,
        file=file,
        line=source.outer.count("\n", 0, span.start) + 1,
        kind=KIND,
        env=tuple(replace(one, span=source.span(one.span)) for one in inner.env),
    )
    return DocumentSite(launch, inner, document)


def _word(source: Source, word: Word) -> Word:
    span = source.span(word.span)
    return replace(word, span=span, raw=span.of(source.outer))


class DocumentWriter:
    """Edits of a launch in a document: those of the document's own writer, written as the script needs them."""

    def __init__(self, site: DocumentSite, index: int, inner: Any, reread: Callable[[str], list[DocumentSite]]) -> None:
        self.site, self.index, self.inner, self._reread = site, index, inner, reread

    def reread(self, text: str) -> Sequence[DocumentSite]:
        """All launches in documents of an edited script."""
        return self._reread(text)

    def intact(self, text: str, after: Sequence[DocumentSite]) -> bool:
        """Whether the document says the same as before, but for this launch."""
        made = after[self.index].document.view.source.inner
        return bool(self.inner.intact(made, self.inner.reread(made)))

    def _outer(self, ways: Iterator[Edits]) -> Iterator[Edits]:
        for edits in ways:
            yield from self.site.document.view.outer(edits)

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """See `ShellWriter.replace`."""
        yield from self._outer(self.inner.replace(index, skip, value))

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """See `ShellWriter.insert`."""
        yield from self._outer(self.inner.insert(index, values))

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """See `ShellWriter.append`."""
        yield from self._outer(self.inner.append(values))

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """See `ShellWriter.delete`."""
        yield from self._outer(self.inner.delete(indices))

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """See `ShellWriter.set_env`."""
        yield from self._outer(self.inner.set_env(name, value))

    def unset_env(self, name: str) -> Iterator[Edits]:
        """See `ShellWriter.unset_env`."""
        yield from self._outer(self.inner.unset_env(name))

    def shelled(self) -> list[Shelled]:
        """None of its own: the document's writer knows its texts."""
        return []

    def flaws(self) -> Iterator[Flaw]:
        """What is broken in the document, at its place in the script."""
        source = self.site.document.view.source
        for flaw in self.inner.flaws():
            ways = tuple(outer for edits in flaw.ways for outer in self.site.document.view.outer(edits))
            yield replace(flaw, span=source.span(flaw.span), ways=ways)

    def assignment(self, variable: Variable, value: Value) -> Edit:
        """The edit that gives a variable another value where it is set.

        Raises:
            LaunchError: it has no place of its own in this document.
        """
        from vllm_doctor.errors import LaunchError

        edits = next(self.set_env(variable.name, value), ())
        if len(edits) != 1:
            raise LaunchError(f"{variable.name} cannot be changed here", self.site.launch.file)
        return edits[0]
