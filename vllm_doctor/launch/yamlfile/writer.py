"""Edits of a launch in a YAML file: each is offered in several ways, as `ShellWriter` does it."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.yamlfile.texts import TextHost
from vllm_doctor.memo import once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vllm_doctor.launch.broken.flaws import Flaw
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Launch, Variable
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.site import YamlSite
    from vllm_doctor.text import Edit


class YamlWriter:
    """Ways to edit one launch of a YAML file. Each method yields candidates, the best first."""

    def __init__(self, launch: Launch, sites_of: Callable[[str, str], Sequence[YamlSite]]) -> None:
        self.launch, self.text = launch, launch.text
        self.sites_of = sites_of
        sites = once(sites_of, launch.text, launch.file)
        found = next((index for index, site in enumerate(sites) if site.launch == launch), None)
        if found is None:
            raise LaunchError("this launch does not stand in its text", launch.file)
        self.index, self.site = found, sites[found]

    def reread(self, text: str) -> list[YamlSite]:
        """All launches of an edited text, read as the first one was."""
        return list(once(self.sites_of, text, self.launch.file))

    def intact(self, text: str, after: Sequence[YamlSite]) -> bool:
        """Whether the file says the same as before, but for this launch."""
        return self.site.outside() == after[self.index].outside()

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """Put `value` in place of a word, or of what follows its first `skip` characters (`--flag=`)."""
        host, at = self._host(index)
        yield from self.site.hosts[host].replace(at, skip, value)

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words behind the word `index`."""
        host, at = self._host(index)
        yield from self.site.hosts[host].insert(at, values)

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """Put words at the end of the launch."""
        if self.site.hosts:
            yield from self.site.hosts[-1].append(values)

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """Take words out, with the lines, commas or blanks that they would leave."""
        by_host: dict[int, list[int]] = {}
        for index in indices:
            host, at = self._host(index)
            by_host.setdefault(host, []).append(at)
        ways = [list(self.site.hosts[host].delete(inside)) for host, inside in by_host.items()]
        for chosen in product(*ways):
            yield tuple(edit for edits in chosen for edit in edits)

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """Change a variable where it is set; else put it where this file sets others, or before the program.

        One that the launch itself reads is not changed where it is set: that would change the command too.
        """
        site, variable = self.site, self._variable(name)
        shell, env = site.shell, None if self._used(name) else site.env
        inside = shell is not None and any(one.name == name for one in shell.inner.env)
        if shell and inside and not (variable and self._of_file(variable)):
            yield from shell.made(lambda writer: writer.set_env(name, value))
        known = env is not None and (env.node is not None or self._of_file(variable))
        if env and (known or not shell):
            yield from env.set(name, value)
        if shell:
            yield from shell.made(lambda writer: writer.set_env(name, value))
        if env and not known:
            yield from env.set(name, value)

    def unset_env(self, name: str) -> Iterator[Edits]:
        """Take a variable out wherever it is set; in a script else keep it from the program with `env -u`."""
        site = self.site
        around = list(site.env.unset(name)) if site.env and not self._used(name) else []
        yield from around
        if site.shell:
            yield from site.shell.made(lambda writer: writer.unset_env(name))
            for one, two in product(around, site.shell.made(lambda writer: writer.unset_env(name))):
                yield (*one, *two)

    def _used(self, name: str) -> bool:
        """Whether the command, or a script around it, reads a variable."""
        read = re.compile(rf"\$(?:{re.escape(name)}(?!\w)|[({{]{re.escape(name)}(?!\w))")
        return any(read.search(self.text, node.start, node.end) for host in self.site.hosts for node in host.own)

    def assignment(self, variable: Variable, value: Value) -> Edit:
        """The edit that gives a variable another value where it is set.

        Raises:
            LaunchError: it has no place of its own in this file.
        """
        edits = next(self.set_env(variable.name, value), ())
        if len(edits) != 1:
            raise LaunchError(f"{variable.name} cannot be changed here", self.launch.file)
        return edits[0]

    def shelled(self) -> list[TextHost]:
        """The scalars whose text holds words."""
        return [host for host in self.site.hosts if isinstance(host, TextHost)]

    def flaws(self) -> Iterator[Flaw]:
        """What YAML, a shell or a container makes of the text that was not meant."""
        from vllm_doctor.launch.yamlfile.flaws import yaml_flaws

        yield from yaml_flaws(self)

    def _host(self, index: int) -> tuple[int, int]:
        for host, one in enumerate(self.site.hosts):
            if index < len(one.words):
                return host, index
            index -= len(one.words)
        raise LaunchError("this word stands nowhere", self.launch.file)

    def _variable(self, name: str) -> Variable | None:
        return next((one for one in self.site.launch.env if one.name == name), None)

    def _of_file(self, variable: Variable | None) -> bool:
        entries = self.site.env.entries if self.site.env else ()
        return variable is not None and any(entry.variable is variable for entry in entries)
