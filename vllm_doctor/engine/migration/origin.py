"""The release that a launch is written for: as given, as its image says, or as its options tell."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.facts.argument_errors import program_of
from vllm_doctor.facts.releases import standing
from vllm_doctor.patterns import pattern
from vllm_doctor.repo.pins import Pin
from vllm_doctor.values import dataclass
from vllm_doctor.vllm import base, check, releases, variable, variable_history
from vllm_doctor.vllm.spans import releases_that_accept

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.vllm import ArgumentError


def release_named(text: str, option: str) -> str:
    """The release of the table that somebody named.

    Raises:
        InputError: it is none.
    """
    named = base(text)
    if named not in releases():
        near = [one for one in releases() if named and one.startswith(named.rpartition(".")[0] + ".")]
        known = f"{near[0]} to {near[-1]}" if near else f"{releases()[0]} to {releases()[-1]}"
        raise InputError(f"{text} is no release of vLLM that this table knows", option, f"It knows {known}.")
    return named


_INSTALLED = pattern(r"(?<![\w.-])vllm(?:\[[\w,]{1,40}\])?==(\d+\.\d+\.\d+(?:\.post\d+)?)(?![\w.+])")
_MOST_PINS = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """The release that is taken, all that it may be, and what says so: "given", "image", "options", or a file."""

    release: str
    releases: tuple[str, ...]
    source: str


def origin(launch: Launch, given: str | None, target: str, asked: Pin | None = None) -> Origin:
    """Where a launch comes from; `asked` is what the project of its file asks for.

    Of several releases that are left the one nearest to `target` is taken: the fewest defaults changed between them, so
    nothing is told that may not be so.
    """
    stands = standing(given, launch.image, asked)
    if stands.release and stands.releases:
        return Origin(stands.releases[0], stands.releases, stands.source or "given")
    found = _by_options(launch)
    if stands.source and stands.releases:
        found = tuple(one for one in found if one in stands.releases) or stands.releases
        return Origin(_nearest(found, target), found, stands.source)
    return Origin(_nearest(found, target), found, "options")


def pinned_in(text: str, file: str) -> Pin | None:
    """The release that a text itself installs (`pip install vllm==0.8.5`), and where; None for none or several."""
    found = list(islice(_INSTALLED.finditer(text), _MOST_PINS))
    if len({one[1] for one in found}) != 1:
        return None
    line = text.count("\n", 0, found[0].start()) + 1
    return Pin(f"=={found[0][1]}", f"{file or 'command'}:{line}")


def _by_options(launch: Launch) -> tuple[str, ...]:
    """The releases that know every option and variable; where none does, those that refuse the least."""
    program = program_of(launch)
    read = [variable.name for variable in launch.env if variable_history(variable.name)]
    found = releases_that_accept(launch.argv, program)
    if not found:
        wrong = {one: sum(map(_tells, check(launch.argv, one, program, suggest=False))) for one in releases()}
        found = tuple(one for one in releases() if wrong[one] == min(wrong.values()))
    both = tuple(one for one in found if all(variable(name, one) for name in read))
    return both or found


def _tells(error: ArgumentError) -> bool:
    """Whether an error is one that other releases do not have: a flag that none knows tells nothing."""
    return error.fault != "unknown-option" or error.elsewhere is not None


def _nearest(found: tuple[str, ...], target: str) -> str:
    every = releases()
    place = every.index(base(target) or target)
    return min(found, key=lambda one: abs(every.index(one) - place))
