"""What a container starts whose image and command a file names: a program, or arguments for the image's own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.commands import commands
from vllm_doctor.launch.docker import entry_program, is_vllm_image
from vllm_doctor.launch.hosted.cells import CellView
from vllm_doctor.launch.hosted.split import sites_of_list
from vllm_doctor.launch.programs import API_SERVER, SERVE, WRITTEN, locate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.hosted.cells import Cell, Listing
    from vllm_doctor.launch.hosted.site import HostedSite, Settings


@dataclass(frozen=True, slots=True)
class Box:
    """A container: `entry` tells that the file gives an entry point of its own, so that the image's does not run."""

    text: str
    file: str
    kind: str
    image: str
    listing: Listing
    settings: Settings | None = None
    outside: tuple[str, ...] = ()
    entry: bool = False
    options: dict[str, str] = field(default_factory=dict)


def started(box: Box, cells: Sequence[Cell]) -> list[HostedSite]:
    """The launches of the words that follow the image (or are the entry point and what follows it)."""
    known = None if box.entry else entry_program(box.image)
    view = CellView(box.text, cells, box.listing)
    given = tuple(cell.value for cell in cells) if known else None
    found = _placed(box, view, given)
    if found or box.entry or not cells or _starts(view):
        return found
    return _by_image(box, cells, known)


def _by_image(box: Box, cells: Sequence[Cell], known: str | None) -> list[HostedSite]:
    if known is None and not (is_vllm_image(box.image) and cells[0].value.startswith("-")):
        return []
    repeated = cells[0].value == "serve"
    words = WRITTEN[SERVE if repeated else known or API_SERVER]
    given = tuple(cell.value for cell in cells) if repeated else None
    found = _placed(box, CellView(box.text, cells[repeated:], box.listing, words), given)
    return [replace(site, launch=replace(site.launch, program_source="image-entrypoint")) for site in found]


def _placed(box: Box, view: CellView, given: tuple[str, ...] | None) -> list[HostedSite]:
    made: list[HostedSite] = []
    for site in sites_of_list(view, box.file, box.kind, box.settings, box.outside):
        launch = site.launch
        launch = replace(launch, image=launch.image or box.image, container={**box.options, **launch.container})
        made.append(replace(site, launch=launch if given is None else replace(launch, argv_effective=given)))
    return made


def _starts(view: CellView) -> bool:
    """Whether the words start a program that is known, so that they are no arguments of another."""
    found = commands(view.source)
    return bool(found) and locate(found[0].args) is not None
