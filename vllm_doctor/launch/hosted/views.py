"""The launches of a file that holds several shell texts, each of which is left as it is by edits of another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.site import HostedSite, in_order, sites_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.hosted.site import Settings
    from vllm_doctor.launch.hosted.view import TextView
    from vllm_doctor.text import Span

MOST_LAUNCHES = 200
"""So many launches of one file are read; a file of more is none that a person wrote."""


def sites_of_views(
    views: Sequence[TextView], file: str, kind: str, settings: Settings | None = None
) -> list[HostedSite]:
    """The launches of all views, in the order of the file."""
    found: list[HostedSite] = []
    said = [(view, view.source.inner) for view in views if not view.source.inner.lstrip().startswith("#")]
    for view in views:
        if len(found) >= MOST_LAUNCHES:
            break
        if _may_launch(view.source.inner):
            made = sites_in(view, file, kind, settings, tuple(inner for one, inner in said if one is not view))
            found += [at_home(site, view.home) for site in made]
    return in_order(found)


def at_home(site: HostedSite, home: Span | None) -> HostedSite:
    """The launch where it is started, not where a variable that it is made of is set."""
    launch = site.launch
    if home is None or home.start <= launch.span.start <= launch.span.end <= home.end:
        return site
    line = launch.text.count("\n", 0, home.start) + 1
    return replace(site, launch=replace(launch, span=home, line=line))


def _may_launch(text: str) -> bool:
    return "vllm" in text.lower() or "api_server" in text
