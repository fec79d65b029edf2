"""A launch in a file of another format, with the places at which it may be edited."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from vllm_doctor.launch.sites import find_sites
from vllm_doctor.launch.source import whole
from vllm_doctor.launch.writer import ShellWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vllm_doctor.launch.broken.flaws import Flaw
    from vllm_doctor.launch.hosted.view import View
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Launch, Variable
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.text import Span


class Settings(Protocol):
    """The environment that a file sets beside the command. Each method yields ways to make an edit."""

    @property
    def variables(self) -> Sequence[Variable]:
        """Each variable once, as it ends up."""

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """Change a variable where it is set, else set it anew."""

    def unset(self, name: str) -> Iterator[Edits]:
        """Take a variable out wherever it is set."""


class Host(Protocol):
    """Where a launch's words stand. Each method yields ways to make an edit, the best first."""

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """Put `value` in place of a word, but for its first `skip` characters."""

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words behind a word."""

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words at the end."""

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """Take words out."""

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """Set a variable where the words stand."""

    def unset_env(self, name: str) -> Iterator[Edits]:
        """Take a variable away where the words stand."""


class NoHost:
    """Words that cannot be changed in this file."""

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """No way."""
        yield from ()

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """No way."""
        yield from ()

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """No way."""
        yield from ()

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """No way."""
        yield from ()

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """No way."""
        yield from ()

    def unset_env(self, name: str) -> Iterator[Edits]:
        """No way."""
        yield from ()


class ViewHost(NoHost):
    """Words that stand in a view; `inner` is the launch as the view's text alone has it."""

    def __init__(self, view: View, inner: Launch) -> None:
        self.view, self.inner = view, inner

    @cached_property
    def writer(self) -> ShellWriter:
        """The writer of the view's text."""
        return ShellWriter(self.inner)

    def _made(self, ways: Callable[[ShellWriter], Iterator[Edits]]) -> Iterator[Edits]:
        for edits in ways(self.writer):
            yield from self.view.outer(edits)

    def place(self, span: Span) -> Span:
        """Where a part of the view stands in the file."""
        return self.view.source.span(span)

    def made_of(self, edits: Edits) -> Iterator[Edits]:
        """Edits of the view as edits of the file."""
        yield from self.view.outer(edits)

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """See `ShellWriter.replace`."""
        yield from self._made(lambda writer: writer.replace(index, skip, value))

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """See `ShellWriter.insert`."""
        yield from self._made(lambda writer: writer.insert(index, values))

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """See `ShellWriter.append`."""
        yield from self._made(lambda writer: writer.append(values))

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """See `ShellWriter.delete`."""
        yield from self._made(lambda writer: writer.delete(indices))

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """See `ShellWriter.set_env`."""
        yield from self._made(lambda writer: writer.set_env(name, value))

    def unset_env(self, name: str) -> Iterator[Edits]:
        """See `ShellWriter.unset_env`."""
        yield from self._made(lambda writer: writer.unset_env(name))


@dataclass(frozen=True, slots=True)
class HostedSite:
    """A launch and where its words and its environment stand.

    `outside` is what the file says beside this launch: an edit leaves it as it is. `script` is the shell text
    whose quotes must stay closed.
    """

    launch: Launch
    host: Host
    settings: Settings | None = None
    script: str = ""
    outside: tuple[str, ...] = field(default=(), repr=False)
    flaws: tuple[Flaw, ...] = field(default=(), repr=False)
    """What the reader of the file saw broken around the words."""


def sites_in(
    view: View, file: str, kind: str, settings: Settings | None = None, outside: tuple[str, ...] = ()
) -> list[HostedSite]:
    """The launches of a view, in its order."""
    alone = find_sites(whole(view.source.inner), file)
    variables = tuple(settings.variables) if settings else ()
    made: list[HostedSite] = []
    for one, two in zip(alone, find_sites(view.source, file, variables), strict=False):
        launch = replace(two.launch, kind=kind)
        made.append(HostedSite(launch, ViewHost(view, one.launch), settings, two.script, outside))
    return made


def in_order(found: list[HostedSite]) -> list[HostedSite]:
    """The launches in the order of the text, each once."""
    unique: dict[tuple[int, int, int], HostedSite] = {}
    for site in found:
        span, words = site.launch.span, site.launch.words
        unique.setdefault((span.start, span.end, words[-1].span.end if words else -1), site)
    return [unique[key] for key in sorted(unique)]
