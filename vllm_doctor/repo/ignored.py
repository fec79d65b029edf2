"""Patterns as `.gitignore` has them (gitignore(5), wildmatch.c of git 2.43): which paths are meant.

Matched segment by segment, and a star never tries twice: patterns come with a repository and may be hostile.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_ANY = "**"
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "digit": "0-9",
    "lower": "a-z",
    "punct": re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "space": "\\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


@dataclass(frozen=True)
class Pattern:
    """One pattern: its segments, whether it takes back (`!`), means folders alone, and stands for a name anywhere."""

    segments: tuple[str, ...]
    negated: bool
    folder: bool
    anywhere: bool

    def means(self, parts: Sequence[str], folder: bool) -> bool:
        """Whether a path below the pattern's own folder is meant; `folder` says what the path is."""
        if self.folder and not folder:
            return False
        if self.anywhere:
            return _matcher(self.segments[0])(parts[-1])
        return _segments_match(self.segments, parts)


class Patterns:
    """The patterns of one file, in their order."""

    __slots__ = ("_last_first",)

    def __init__(self, lines: Iterable[str] = ()) -> None:
        found = [made for line in lines if (made := pattern_of(line))]
        self._last_first = found[::-1]

    def __bool__(self) -> bool:
        return bool(self._last_first)

    def verdict(self, parts: Sequence[str], folder: bool) -> bool | None:
        """True: left out, False: taken back in, None: no pattern means this path. The last that does decides."""
        for one in self._last_first:
            if one.means(parts, folder):
                return not one.negated
        return None


def patterns_of(data: bytes) -> Patterns:
    """The patterns of a file's bytes; names are compared as the file system gives them."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return Patterns(line.removesuffix("\r") for line in text.split("\n"))


def pattern_of(line: str) -> Pattern | None:
    """A line's pattern; None for a comment, an empty line, and what git never matches."""
    if line.startswith("#"):
        return None
    negated = line.startswith("!")
    text = _without_blanks_at_end(line[negated:])
    folder = text.endswith("/")
    text = text[:-1] if folder else text
    anywhere = "/" not in text
    segments = tuple(text.removeprefix("/").split("/"))
    if not any(segments):
        return None
    return Pattern(segments, negated, folder, anywhere)


def _without_blanks_at_end(line: str) -> str:
    """Blanks at the end do not count unless a backslash stands before them."""
    bare = line.rstrip(" ")
    slashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if slashes % 2 and len(bare) < len(line) else bare


def _segments_match(wanted: Sequence[str], parts: Sequence[str]) -> bool:
    """As a glob matches, with `**` for any number of segments; on a mismatch only the last `**` is tried further."""
    at, index, back = 0, 0, None
    while index < len(parts):
        if at < len(wanted) and _is_any(wanted[at]):
            if at == len(wanted) - 1:
                return True  # at the end it means all below, and there is something below
            back = (at + 1, index)
            at += 1
        elif at < len(wanted) and _matcher(wanted[at])(parts[index]):
            at, index = at + 1, index + 1
        elif back is None:
            return False
        else:
            at, index = back[0], back[1] + 1
            back = (at, index)
    return at == len(wanted)


def _is_any(segment: str) -> bool:
    return segment.startswith(_ANY) and not segment.strip("*")


@lru_cache(maxsize=4096)
def _matcher(segment: str) -> Callable[[str], bool]:
    """What tells whether a name fits one segment."""
    if not any(char in segment for char in "*?[\\"):
        return segment.__eq__
    rest = segment[1:]
    if segment[0] == "*" and not any(char in rest for char in "*?[\\"):
        return lambda name: name.endswith(rest)
    try:
        compiled = re.compile(_regex(segment), re.DOTALL)
    except (re.error, ValueError):
        return lambda name: False
    return lambda name: compiled.fullmatch(name) is not None


def _regex(segment: str) -> str:
    """A segment as a regular expression; each star takes the least that lets what follows it match, once for all."""
    first, *others = _between_stars(segment)
    if not others:
        return first
    *middle, last = others
    atoms = "".join(f"(?=(?P<g{number}>.*?{piece}))(?P=g{number})" for number, piece in enumerate(middle) if piece)
    return f"{first}{atoms}.*{last}"


def _between_stars(segment: str) -> list[str]:
    """The regular expressions of what stands before, between and after the stars.

    Raises:
        ValueError: the segment ends within an escape or a bracket; such a pattern matches nothing.
    """
    pieces, index = [""], 0
    while index < len(segment):
        char = segment[index]
        if char == "*":
            pieces.append("")
        elif char == "?":
            pieces[-1] += "."
        elif char == "[":
            made, index = _bracket(segment, index)
            pieces[-1] += made
        elif char == "\\":
            index += 1
            if index == len(segment):
                raise ValueError("an escape of nothing")
            pieces[-1] += re.escape(segment[index])
        else:
            pieces[-1] += re.escape(char)
        index += 1
    return pieces


def _bracket(segment: str, start: int) -> tuple[str, int]:
    """The class that begins at `start`, and where its closing bracket stands."""
    index = start + 1
    negated = segment[index : index + 1] in ("!", "^")
    index += negated
    items: list[str] = []
    while index < len(segment) and (segment[index] != "]" or not items):
        if segment.startswith("[:", index) and (end := segment.find(":]", index)) > 0:
            items.append(_CLASSES.get(segment[index + 2 : end], ""))
            index = end + 2
            continue
        low, index = _char(segment, index)
        if segment[index : index + 1] == "-" and segment[index + 1 : index + 2] not in ("", "]"):
            high, index = _char(segment, index + 1)
            items.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else "")
        else:
            items.append(re.escape(low))
    if index >= len(segment):
        raise ValueError("a bracket that is not closed")
    inner = "".join(items)
    if not inner:
        return ("." if negated else "(?!)"), index
    return f"[{'^' if negated else ''}{inner}]", index


def _char(segment: str, index: int) -> tuple[str, int]:
    """A character of a class, and where the next begins."""
    if segment[index] == "\\":
        index += 1
    return segment[index : index + 1] or "\\", index + 1
