"""Podman quadlets (`.container`): an image, and what Exec= gives it (podman-systemd.unit(5))."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.around.quadlet import around_unit
from vllm_doctor.launch.commands import commands
from vllm_doctor.launch.docker import read_container
from vllm_doctor.launch.hosted.cells import Cell, CellView
from vllm_doctor.launch.hosted.flaws import cut_short
from vllm_doctor.launch.hosted.started import Box, started
from vllm_doctor.launch.hosted.unit_env import UnitEnv
from vllm_doctor.launch.hosted.unit_file import Setting, settings
from vllm_doctor.launch.hosted.unit_words import UnitListing, unit_words
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.launch.quoting import Piece
from vllm_doctor.launch.readers.systemd import outside_of
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from vllm_doctor.launch.docker import Container
    from vllm_doctor.launch.hosted.site import HostedSite
    from vllm_doctor.launch.types import Launch

name = "quadlet"
_NAME = pattern(r"(?:.*/)?[^/]+\.container(?:\.d/[^/]+\.conf)?", re.IGNORECASE)
_OPTIONS = {"ShmSize": "shm-size", "PublishPort": "port", "Network": "network", "AddDevice": "device"}
_SECTION = "Container"


def claims(file: str, text: str) -> bool:
    """Whether a file is a quadlet of a container, by its name."""
    return bool(_NAME.fullmatch(file.replace("\\", "/")))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launch of the container."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits the launch of a quadlet."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launch with the places at which it may be edited."""
    if "vllm" not in text.lower() and "api_server" not in text:
        return []
    every = settings(text)
    found = [one for one in every if one.section == _SECTION]
    last = {one.key: one for one in found}
    image, run = last.get("Image"), last.get("Exec")
    if image is None:
        return []
    entry = last.get("Entrypoint")
    start = unit_words(entry.value, 1) if entry else []
    cells = [*start, *(unit_words(run.value) if run else [])]
    podman = _podman(text, found)
    env = UnitEnv(text, file, found, run or image, podman.env if podman else ())
    box = Box(
        text=text,
        file=file,
        kind=name,
        image=image.value.inner.strip(),
        listing=UnitListing(text),
        settings=env,
        outside=outside_of(every, run or image, ("Environment", "Entrypoint")),
        entry=bool(start) or bool(podman and podman.overrides),
        options=_options(found, podman),
    )
    around = around_unit(found, box.options, image)
    made = [cut_short(site, run.flaws if run else ()) for site in started(box, cells)]
    return [replace(site, launch=replace(site.launch, around=around)) for site in made]


def _podman(text: str, found: list[Setting]) -> Container | None:
    """What PodmanArgs= adds to the `podman run` that the unit becomes."""
    cells = [cell for one in found if one.key == "PodmanArgs" for cell in unit_words(one.value)]
    if not cells:
        return None
    end = cells[-1].span.end
    image = Cell(Span(end, end), (Piece("image", end, end),))
    view = CellView(text, [*cells, image], UnitListing(text), "podman run")
    words = commands(view.source)
    return read_container("podman", words[0].args, 1) if words else None


def _options(found: list[Setting], podman: Container | None) -> dict[str, str]:
    """What matters to vLLM of the container: as `docker run` calls it."""
    made: dict[str, str] = {}
    for one in found:
        key = _OPTIONS.get(one.key)
        value = one.value.inner.strip()
        if key and value:
            made[key] = f"{made[key]},{value}" if key in made else value
    return {**made, **(podman.options if podman else {})}
