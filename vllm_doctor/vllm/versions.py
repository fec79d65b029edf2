"""Releases of vLLM as the table knows them."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from vllm_doctor.patterns import pattern
from vllm_doctor.vllm.table import load

_VERSION = pattern(r"\s*v?(\d{1,4}(?:\.\d{1,6}){1,3})(?:[.-]?post(\d{1,4}))?(?![\d])", re.ASCII)


@lru_cache(maxsize=1)
def releases() -> tuple[str, ...]:
    """Every release of the table, oldest first; a post release only where it differs from its base."""
    return tuple(load("options")["releases"])


def order(version: str) -> tuple[tuple[int, ...], int]:
    """A release as numbers that sort: of a plain one, such as `base` gives; importing `packaging` costs more."""
    plain, _, post = version.partition(".post")
    parts = tuple(int(part) for part in plain.split("."))
    return (*parts, *(0,) * (4 - len(parts))), int(post or 0)


def base(version: str) -> str | None:
    """The release that a version string is read as: without `v`, `rcN`, `.devN`, `+local`; None if
    unreadable.

    A `.postN` is read as its base, unless the table has it because it differs. "0.8" is read as "0.8.0".
    """
    match = _VERSION.match(version)
    if match is None:
        return None
    plain = match[1] if match[1].count(".") > 1 else f"{match[1]}.0"
    post = f"{plain}.post{match[2]}"
    return post if match[2] and post in releases() else plain


def newer_than_table(version: str) -> bool:
    """Whether the version comes after the newest release of the table (unreadable ones do not)."""
    read = base(version)
    return read is not None and order(read) > order(releases()[-1])


@lru_cache(maxsize=256)
def number(version: str) -> int | None:
    """The place in `releases()` of the newest release that is not after the version, if there is one."""
    read = base(version)
    if read is None:
        return None
    place = bisect_right(releases(), order(read), key=order)
    return place - 1 if place else None


def known(version: str) -> bool:
    """Whether the version is a release of the table, or one between two of them."""
    return number(version) is not None and not newer_than_table(version)
