"""Surroundings put on the launches of one container or file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.around.types import Surroundings
    from vllm_doctor.launch.yamlfile.site import YamlSite


def placed(sites: Sequence[YamlSite], around: Surroundings | None) -> list[YamlSite]:
    """The launches with what stands around them; one that runs in a container of its own keeps what it has."""
    if around is None:
        return list(sites)
    alone = around.alone and len(sites) == 1
    mine = replace(around, alone=alone)
    return [site if site.launch.around else replace(site, launch=replace(site.launch, around=mine)) for site in sites]
