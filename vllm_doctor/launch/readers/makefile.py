"""Makefiles: the launches of their recipes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.makefile import Makefile, read_makefile
from vllm_doctor.launch.hosted.views import sites_of_views
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.launch.requote import Raw
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.hosted.site import HostedSite
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Launch, Variable
    from vllm_doctor.launch.writer import Edits

name = "makefile"
_NAME = pattern(r"(?:gnu)?makefile(?:\.[\w-]+)?|.+\.(?:mk|mak|make)", re.IGNORECASE)
_NOT_NAME = pattern(r".*\.(?:md|txt|j2|py|ya?ml)", re.IGNORECASE)


def claims(file: str, text: str) -> bool:
    """Whether a file is a makefile, by its name."""
    last = file.replace("\\", "/").rsplit("/", 1)[-1]
    return bool(_NAME.fullmatch(last)) and not _NOT_NAME.fullmatch(last)


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of all recipes, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a makefile."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launches with the places at which they may be edited."""
    if "vllm" not in text.lower() and "api_server" not in text:
        return []
    made = read_makefile(text)
    return sites_of_views(made.views, file, name, _Exports(made))


class _Exports:
    """The variables that a makefile exports to its recipes."""

    def __init__(self, made: Makefile) -> None:
        self.made = made
        self.variables: tuple[Variable, ...] = made.variables()

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """Change a variable where it is set; a new one is set before the program."""
        if isinstance(value, Raw) or "\n" in value or value != value.strip():
            return
        for variable in self.variables:
            if variable.name == name:
                written = value.replace("$", "$$").replace("#", "\\#")
                yield (Edit(variable.span, written),)

    def unset(self, name: str) -> Iterator[Edits]:
        """No way: other variables of the makefile may use it."""
        yield from ()
