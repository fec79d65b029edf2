"""What a word that is to be explained means: a rule or cause, an option of vLLM, a key of one, or a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.engine import pages
from vllm_doctor.errors import InputError
from vllm_doctor.vllm.near import likeness
from vllm_doctor.vllm.profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.vllm.profiles import Profile

_LONGEST = 200
_ALIKE = 0.75


def subject(catalogue: Catalogue, word: str, release: str | None = None) -> tuple[Rule, ...] | Profile:
    """The rules of an id, or what is known of a flag or variable (its keys in a release). Without dashes an id goes
    first.

    Raises:
        InputError: nothing is called so; the nearest names are in it, and what another server's flag is here.
    """
    if word.startswith("-"):
        return _option(word, release)
    if word in catalogue.rules or word in catalogue.causes:
        return pages.find(catalogue, word)
    named = word.partition("=")[0][:_LONGEST]
    for name in (named.upper(), f"--{named}", f"-{named}"):
        if (found := profile(name, release)) is not None:
            return found
    if named.upper().startswith("VLLM_"):
        raise InputError("no release of vLLM reads this variable", word, _meant(_near_variables(named.upper())))
    near = _near(f"--{named}")
    if near and likeness(f"--{named}", near[0]) >= _ALIKE:
        raise InputError("no rule, no cause and no option has this name", word, _meant(near))
    return pages.find(catalogue, word)


def _option(word: str, release: str | None) -> Profile:
    """The option of a spelling in any release, or that of an abbreviation in the newest."""
    flag = word.partition("=")[0][:_LONGEST]
    found = profile(flag, release)
    if found is None and "." not in flag:
        whole = vllm.normalize(flag, vllm.releases()[-1])
        found = profile(whole, release) if whole else None
    if found is not None:
        return found
    if "." in flag and (base := profile(flag.partition(".")[0])) is not None:
        raise InputError(f"{base.name} has no such key in any release", word, _keys(base, flag.partition(".")[2]))
    if (other := vllm.elsewhere(flag)) is not None:
        server = other.source.partition(":")[0]
        do = f"In vLLM it is {other.new}: vllm-doctor explain {other.new}" if other.new else "vLLM has nothing like it."
        raise InputError(f"no release of vLLM has this option; {server} has it", word, do)
    raise InputError("no release of vLLM has this option", word, _meant(_near(flag)))


def _keys(base: Profile, key: str) -> str:
    from difflib import get_close_matches

    known = [name for name, _ in base.keys]
    near = get_close_matches(key, known, 3)
    return _meant(f"{base.name}.{name}" for name in near) if near else f"See vllm-doctor explain {base.name}."


def _near(flag: str) -> tuple[str, ...]:
    """The flags of the newest release that are most like it, then those of any release."""
    from vllm_doctor.vllm.options import filing_names

    near = vllm.nearest(flag, vllm.releases()[-1])
    scored = sorted((-likeness(flag, name), name) for name in filing_names() if name.startswith("--"))
    return tuple(dict.fromkeys([*near, *(name for score, name in scored[:3] if -score >= _ALIKE)]))[:3]


def _near_variables(name: str) -> tuple[str, ...]:
    """The variables of any release that are most like it."""
    from difflib import get_close_matches

    from vllm_doctor.vllm.table import load

    return tuple(get_close_matches(name, list(load("variables")), 3, _ALIKE))


def _meant(names: Iterable[str]) -> str:
    told = ", ".join(names)
    return f"Did you mean {told}?" if told else "See vllm-doctor rules, or `vllm serve --help`."
