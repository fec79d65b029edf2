"""Edits of a launch in a file of another format: each is offered in several ways, as `ShellWriter` does it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.hosted.mask import MaskedViewHost
from vllm_doctor.launch.hosted.site import ViewHost
from vllm_doctor.memo import once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vllm_doctor.launch.broken.flaws import Flaw
    from vllm_doctor.launch.hosted.site import HostedSite
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Launch, Variable
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.writers import Shelled
    from vllm_doctor.text import Edit


class HostedWriter:
    """Ways to edit one launch of a file. Each method yields candidates, the best first."""

    def __init__(self, launch: Launch, sites_of: Callable[[str, str], Sequence[HostedSite]]) -> None:
        self.launch, self.sites_of = launch, sites_of
        sites = once(sites_of, launch.text, launch.file)
        found = next((index for index, site in enumerate(sites) if site.launch == launch), None)
        if found is None:
            raise LaunchError("this launch does not stand in its text", launch.file)
        self.index, self.site = found, sites[found]

    def reread(self, text: str) -> list[HostedSite]:
        """All launches of an edited text, read as the first one was."""
        return list(once(self.sites_of, text, self.launch.file))

    def intact(self, text: str, after: Sequence[HostedSite]) -> bool:
        """Whether the file says the same as before, but for this launch."""
        return self.site.outside == after[self.index].outside

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """Put `value` in place of a word, or of what follows its first `skip` characters (`--flag=`)."""
        yield from self.site.host.replace(index, skip, value)

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words behind the word `index`."""
        yield from self.site.host.insert(index, values)

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words at the end of the launch."""
        yield from self.site.host.append(values)

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """Take words out, with the lines, commas or blanks that they would leave."""
        yield from self.site.host.delete(indices)

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """Change a variable where it is set; else put it where this file sets others, or before the program."""
        settings, host = self.site.settings, self.site.host
        around = any(one.name == name for one in settings.variables) if settings else False
        inside = any(one.name == name for one in self.launch.env) and not around
        if settings and not inside:
            yield from settings.set(name, value)
        yield from host.set_env(name, value)

    def unset_env(self, name: str) -> Iterator[Edits]:
        """Take a variable out wherever it is set; in a script else keep it from the program with `env -u`."""
        settings, host = self.site.settings, self.site.host
        around = list(settings.unset(name)) if settings else []
        yield from around
        yield from host.unset_env(name)
        for one, two in product(around, host.unset_env(name)):
            yield (*one, *two)

    def shelled(self) -> list[Shelled]:
        """The view in which the words stand."""
        host = self.site.host
        return [host] if isinstance(host, (ViewHost, MaskedViewHost)) else []

    def flaws(self) -> Iterator[Flaw]:
        """What a shell, a list or a container makes of the text that was not meant."""
        from vllm_doctor.launch.hosted.flaws import hosted_flaws

        yield from hosted_flaws(self)

    def assignment(self, variable: Variable, value: Value) -> Edit:
        """The edit that gives a variable another value where it is set.

        Raises:
            LaunchError: it has no place of its own in this file.
        """
        edits = next(self.set_env(variable.name, value), ())
        if len(edits) != 1:
            raise LaunchError(f"{variable.name} cannot be changed here", self.launch.file)
        return edits[0]
