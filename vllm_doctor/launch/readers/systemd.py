"""systemd units and their drop-ins: what ExecStart= starts."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.cells import CellView
from vllm_doctor.launch.hosted.flaws import cut_short
from vllm_doctor.launch.hosted.site import HostedSite, in_order, sites_in
from vllm_doctor.launch.hosted.unit_env import UnitEnv
from vllm_doctor.launch.hosted.unit_file import Setting, settings
from vllm_doctor.launch.hosted.unit_words import UnitListing, unit_words
from vllm_doctor.launch.hosted.views import MOST_LAUNCHES
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.hosted.cells import Cell
    from vllm_doctor.launch.types import Launch

name = "systemd"
_NAME = pattern(r"(?:.*/)?[^/]+\.service(?:\.d/[^/]+\.conf)?", re.IGNORECASE)
_PREFIX = pattern(r"[-@:+!|]+")


def claims(file: str, text: str) -> bool:
    """Whether a file is a service unit or a drop-in of one, by its name."""
    return bool(_NAME.fullmatch(file.replace("\\", "/")))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of all ExecStart= settings, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a unit."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launches with the places at which they may be edited."""
    if "vllm" not in text.lower() and "api_server" not in text:
        return []
    found = settings(text)
    listing = UnitListing(text)
    made: list[HostedSite] = []
    for setting in found:
        if setting.section != "Service" or setting.key != "ExecStart":
            continue
        if len(made) >= MOST_LAUNCHES:
            break
        env = UnitEnv(text, file, found, setting)
        outside = outside_of(found, setting, ("Environment",))
        for row, cells in enumerate(islice(_commands(setting), MOST_LAUNCHES)):
            words = [replace(cell, row=row) for cell in cells]
            here = sites_in(CellView(text, words, listing), file, name, env, outside)
            made += [cut_short(site, setting.flaws) for site in here]
    return in_order(made)


def outside_of(found: list[Setting], own: Setting, hidden: tuple[str, ...]) -> tuple[str, ...]:
    """What all settings say but for one, and for those that an edit of the environment may change."""
    return tuple(
        f"{one.section} {one.key} {one.value.inner}" for one in found if one is not own and one.key not in hidden
    )


def _commands(setting: Setting) -> Iterator[list[Cell]]:
    """The commands of a line, cut at lone semicolons, without the marks in front (`-`, `@`, `+`)."""
    run: list[Cell] = []
    for cell in [*unit_words(setting.value), None]:
        if cell is None or cell.span.of(setting.value.outer) == ";":
            if run:
                yield _bare(run, setting.value.outer)
            run = []
        else:
            run.append(cell)


def _bare(cells: list[Cell], text: str) -> list[Cell]:
    marks = _PREFIX.match(text, cells[0].span.start, cells[0].span.end)
    if not marks:
        return cells
    first, at = cells[0], marks.end()
    kept = tuple(piece for piece in first.pieces if piece.start >= at)
    head = replace(first, span=Span(at, first.span.end), pieces=kept)
    return [head, *cells[2 if "@" in marks[0] else 1 :]]
