"""Options without a release: what is true of a spelling in whichever release knows it."""

from __future__ import annotations

from functools import lru_cache

from vllm_doctor.vllm.options import filing_names, negative
from vllm_doctor.vllm.spelling import dashed
from vllm_doctor.vllm.table import at, load


def canonical(flag: str) -> str | None:
    """The canonical dashed flag that a spelling means in any release; None where none knows it.

    Abbreviations mean different options in different releases, so they mean none here.
    """
    names = filing_names().get(dashed(flag), ())
    return names[0] if names else None


@lru_cache(maxsize=512)
def spellings(flag: str) -> tuple[str, ...]:
    """The flag and every other spelling of its option in any release, but for those that switch it off.

    Those of a dotted key (`--compilation-config.mode`) are of the same key.
    """
    head, dot, key = flag.partition(".")
    if dot:
        return tuple(f"{spelling}.{key}" for spelling in spellings(head))
    wanted = dashed(flag)
    sides: dict[str, bool] = {}
    for name in filing_names().get(wanted, ()):
        entry = load("options")["options"][name]
        for holder in (entry, entry.get("api", {})):
            for number, flags in holder.get("flags", ()):
                off = negative(flags, at(holder["action"], number), name)
                sides |= {other: other in off for other in flags}
    return (wanted, *(other for other, off in sides.items() if other != wanted and off == sides[wanted]))
