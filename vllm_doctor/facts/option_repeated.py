"""Facts of options that a launch gives more than once: which of them counts, and what is lost."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.launch.options import options
from vllm_doctor.vllm.options import filing_names
from vllm_doctor.vllm.spelling import dashed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch, Option
    from vllm_doctor.vllm import OptionInfo, Program

REPEATED = declare(
    "option.repeated",
    "text",
    "how an option stands again later: alike, other, contrary, list (each replaces the other)",
)
WINNER = declare("option.winner", "text", "the later option that counts, as the launch writes it")

# argparse adds what these bring to what is there (vllm/entrypoints/openai/cli_args.py, vllm/engine/arg_utils.py)
_ADDING = ("_AppendAction", "_HelpAction", "_CountAction")


def of_repeated(option: Option, launch: Launch, releases: Sequence[str], program: Program) -> Iterator[Fact]:
    """Whether a later option of the launch is the same one in every release of the set, and so the one that counts."""
    if "." in option.flag or option.flag == "-O" or launch.program not in ("vllm serve", "api_server"):
        return
    later = [other for other in options(launch, lambda flag: vllm.arity(flag, None)) if other.index > option.index]
    alike = [other for other in later if _may_be_one(option.flag, other.flag)]
    here = _meanings(option.flag, tuple(releases), program) if alike else ()
    if not here or any(info.action in _ADDING for info in here):
        return
    names = [info.flag for info in here]
    same = [
        other for other in alike if names == [info.flag for info in _meanings(other.flag, tuple(releases), program)]
    ]
    if same:
        yield Fact(REPEATED, _how(option, same[-1], here[-1]))
        yield Fact(WINNER, " ".join((same[-1].written, *same[-1].values)))


def _may_be_one(flag: str, other: str) -> bool:
    """Whether two spellings may mean one option: an abbreviation is the beginning of what it means."""
    one, two = (filing_names().get(dashed(spelling), ()) for spelling in (flag, other))
    return not one or not two or not set(one).isdisjoint(two)


@lru_cache(maxsize=512)
def _meanings(flag: str, releases: tuple[str, ...], program: Program) -> tuple[OptionInfo, ...]:
    """The option that a spelling means in each of the releases; () where one of them does not know it."""
    if "." in flag:
        return ()
    found = [vllm.option(flag, release, program) for release in releases]
    return tuple(info for info in found if info is not None) if all(found) else ()


def _how(option: Option, winner: Option, info: OptionInfo) -> str:
    if (option.flag in info.negative) != (winner.flag in info.negative):
        return "contrary"
    if option.values == winner.values:
        return "alike"
    return "list" if info.nargs in ("+", "*") else "other"
