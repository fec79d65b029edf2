"""Pages of documentation (Markdown, MDX, reStructuredText): launches in their code blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.page_commands import views_of
from vllm_doctor.launch.hosted.pages import blocks
from vllm_doctor.launch.hosted.views import sites_of_views
from vllm_doctor.launch.hosted.writer import HostedWriter

if TYPE_CHECKING:
    from vllm_doctor.launch.hosted.site import HostedSite
    from vllm_doctor.launch.types import Launch

name = "markdown"
_RST = (".rst", ".rest")
_SUFFIXES = (".md", ".markdown", ".mdx", ".mdown", ".qmd", ".rmd", *_RST)


def claims(file: str, text: str) -> bool:
    """Whether a file is a page, by its name."""
    return file.lower().endswith(_SUFFIXES)


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of all code blocks, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a page."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launches with the places at which they may be edited."""
    if "vllm" not in text.lower() and "api_server" not in text:
        return []
    found = blocks(text, rst=file.lower().endswith(_RST))
    views = [view for block in found for view in views_of(text, block)]
    return sites_of_views(views, file, name)
