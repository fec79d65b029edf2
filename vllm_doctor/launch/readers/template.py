"""Jinja and Go templates of scripts, units, Dockerfiles, makefiles and `.env` files, as far as they can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from vllm_doctor.launch.hosted.jinja import masked
from vllm_doctor.launch.hosted.site import HostedSite, sites_in
from vllm_doctor.launch.hosted.view import TextView
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.launch.readers import dockerfile, env, makefile, quadlet, shell, systemd
from vllm_doctor.launch.source import whole
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from vllm_doctor.launch.types import Launch

name = "template"
_SUFFIX = pattern(r"\.(?:j2|jinja2?|tmpl|tpl|gotmpl|template)\Z")
_Sites: TypeAlias = "Callable[[str, str], list[HostedSite]]"
_READERS = (
    (dockerfile.claims, dockerfile.sites),
    (systemd.claims, systemd.sites),
    (quadlet.claims, quadlet.sites),
    (makefile.claims, makefile.sites),
    (env.claims, env.sites),
)


def claims(file: str, text: str) -> bool:
    """Whether a file is a template of something that is read here, by its name or its first line."""
    return _SUFFIX.search(file.lower()) is not None and _sites_of(file, text) is not None


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of what the template makes, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a template: never an expression or a statement."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launches with the places at which they may be edited."""
    found = _sites_of(file, text) if "vllm" in text.lower() or "api_server" in text else None
    if found is None:
        return []
    mask = masked(text)
    made = [mask.site(site) for site in found(mask.text, file)]
    return [replace(site, launch=replace(site.launch, kind=name)) for site in made]


def _sites_of(file: str, text: str) -> _Sites | None:
    """What reads the file that the template makes."""
    inner = _SUFFIX.sub("", file.lower())
    for claimed, found in _READERS:
        if claimed(inner, text):
            return found
    return _script if shell.claims(inner, text) else None


def _script(text: str, file: str) -> list[HostedSite]:
    view = TextView(whole(text), "\r\n" if "\r\n" in text else "\n")
    return sites_in(view, file, name)
