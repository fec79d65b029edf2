"""Facts of how an option is spelled and how long it lives: abbreviations, and what a release calls deprecated."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.corrections import successors
from vllm_doctor.facts.of_errors import of_edits
from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.vllm.successors import successor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch, Option
    from vllm_doctor.vllm import Program

ABBREVIATES = declare("option.abbreviates", "text", "the option whose name argparse completes the flag to")
OWN = declare("option.own_in", "id", "the releases that have the abbreviated flag as an option of its own")
DEPRECATED = declare("option.deprecated", "flag", "whether the release's parser marks the option deprecated")
REPLACED_BY = declare("option.replaced_by", "text", "what takes the place of a deprecated option, in this release")
REPLACED_NOTE = declare("option.replaced_note", "text", "how that differs from the option")
GONE_IN = declare("option.gone_in", "id", "the first release that no longer has the deprecated option")


def of_abbreviated(option: Option, releases: Sequence[str], program: Program) -> Iterator[Fact]:
    """What every release of the set completes a flag to, where none of them knows it whole."""
    full = _completed(option.flag, tuple(releases), program)
    if full is None:
        return
    yield Fact(ABBREVIATES, full)
    if own := vllm.history(option.flag):
        yield Fact(OWN, ", ".join(first if first == last else f"{first} to {last}" for first, last in own.spans))


@lru_cache(maxsize=512)
def _completed(flag: str, releases: tuple[str, ...], program: Program) -> str | None:
    if not flag.startswith("--") or "." in flag:
        return None
    meant = set()
    for release in reversed(releases):
        option = vllm.option(flag, release, program)
        if option is None or flag in option.flags:
            return None
        meant.add(next(spelling for spelling in option.flags if spelling.startswith(flag)))
    return meant.pop() if len(meant) == 1 else None


def of_deprecated(option: Option, launch: Launch, releases: Sequence[str], program: Program) -> Iterator[Fact]:
    """What every release of the set calls deprecated, what to write instead, and since when it is gone."""
    if not _deprecated(option.flag, tuple(releases), program):
        return
    release = releases[-1]
    yield Fact(DEPRECATED, True)
    if gone := _gone_after(option.flag, release, program):
        yield Fact(GONE_IN, gone)
    change, told = vllm.renamed(option.flag, release), successor(option.flag)
    if change and change[0]:
        yield Fact(REPLACED_BY, change[0])
    if change and told and told.note:
        yield Fact(REPLACED_NOTE, told.note)
    yield from of_edits(successors(option.written, launch.argv, release))


@lru_cache(maxsize=512)
def _deprecated(flag: str, releases: tuple[str, ...], program: Program) -> bool:
    found = (vllm.option(flag, release, program) for release in reversed(releases))
    return bool(releases) and all(one is not None and one.deprecated is not None for one in found)


def _gone_after(flag: str, release: str, program: Program) -> str | None:
    """The first release of the table after this one that lacks an option."""
    every = vllm.releases()
    later = every[every.index(release) + 1 :]
    return next((one for one in later if vllm.option(flag, one, program) is None), None)
