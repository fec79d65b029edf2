"""What is broken in a launch that a file of another format holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.entry import repeated, shell_form
from vllm_doctor.launch.broken.flaws import shell_flaws
from vllm_doctor.launch.hosted.cells import CellView
from vllm_doctor.launch.hosted.site import HostedSite, ViewHost, sites_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.broken.flaws import Flaw
    from vllm_doctor.launch.hosted.writer import HostedWriter


def hosted_flaws(writer: HostedWriter) -> Iterator[Flaw]:
    """The flaws of the launch's own view, and of what a container makes of it."""
    yield from writer.site.flaws
    yield from shell_flaws(writer)
    yield from repeated(writer.launch)
    yield from shell_form(writer.launch)


def cut_short(site: HostedSite, flaws: Sequence[Flaw]) -> HostedSite:
    """A launch whose words end, for the program, at the first of these line breaks."""
    view = site.host.view if isinstance(site.host, ViewHost) else None
    if not flaws or not isinstance(view, CellView):
        return site
    before = [cell for cell in view.cells if cell.span.start < flaws[0].span.end]
    alone = sites_in(CellView(view.text, before, view.listing, view.program), site.launch.file, site.launch.kind)
    given = alone[0].launch.argv if alone else ()
    return replace(site, launch=replace(site.launch, argv_effective=given), flaws=tuple(flaws))
