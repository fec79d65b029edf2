"""Which releases take what: for finding a release from what was accepted or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.checking import takes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vllm_doctor.vllm.types import Program


def releases_where(holds: Callable[[str], bool]) -> tuple[str, ...]:
    """The releases, oldest first, for which something holds."""
    return tuple(release for release in versions.releases() if holds(release))


def releases_that_accept(argv: Sequence[str], program: Program = "vllm serve") -> tuple[str, ...]:
    """The releases whose parser takes the arguments, oldest first."""
    return tuple(release for number, release in enumerate(versions.releases()) if takes(argv, number, program))


def releases_that_reject(argv: Sequence[str], program: Program = "vllm serve") -> tuple[str, ...]:
    """The releases whose parser refuses the arguments, oldest first."""
    taking = set(releases_that_accept(argv, program))
    return releases_where(lambda release: release not in taking)
