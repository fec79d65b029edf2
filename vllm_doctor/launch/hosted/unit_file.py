"""A systemd unit or a podman quadlet as its settings, with what continues over lines (systemd.syntax(7))."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.flaws import Flaw
from vllm_doctor.launch.broken.lines import MISSING
from vllm_doctor.launch.hosted.builder import Builder
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from vllm_doctor.launch.source import Source

_MOST = 5_000
_BLANKS = pattern(r"[ \t]+")
_OPTION = pattern(r"[ \t]*--[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Setting:
    """`key=value` in a section; `start`..`end` is its text without the last line break.

    In `value` each continued line break is one blank, as systemd makes of it; comments between are gone.
    """

    section: str
    key: str
    start: int
    end: int
    value: Source
    flaws: tuple[Flaw, ...] = ()
    """The ends of lines that were meant to go on, for no setting begins with an option."""


def settings(text: str) -> list[Setting]:
    """The settings in their order; whatever the text is, this does not raise."""
    found: list[Setting] = []
    section, at = "", 0
    while at < len(text) and len(found) < _MOST:
        start, end, after = _line(text, at)
        line = text[start:end].strip()
        at = after
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif "=" in line and line[0] not in "#;":
            setting, at = _setting(text, section, start, end, after)
            found.append(setting)
    return found


def _setting(text: str, section: str, start: int, end: int, after: int) -> tuple[Setting, int]:
    made = Builder(text)
    glue = text.index("=", start, end)
    key = text[start:glue].strip()
    begin, at = start, glue + 1
    cuts: list[Flaw] = []
    while True:
        content = text[at:end].rstrip(" \t")
        slashes = len(content) - len(content.rstrip("\\"))
        if slashes % 2 == 0:
            made.copy(at, at + len(content))
            rest = _OPTION.match(text, after)
            if not rest or not content.strip():
                made.copy(at + len(content), end)
                break
            cuts.append(_cut(text, at + len(content)))
            made.put(" ", at + len(content), after)
            at, end, after = _line(text, after)
            continue
        made.copy(at, at + len(content) - 1)
        following = _next_line(text, after)
        if following is None:
            break
        made.put(" ", at + len(content) - 1, after)
        at, end, after = following
    return Setting(section, key, begin, end, made.source(), tuple(cuts)), after


def _cut(text: str, at: int) -> Flaw:
    """The missing backslash at the end of a line, shown at its last word."""
    last = max(text.rfind(char, 0, at) for char in " \t\n=") + 1
    blanks = _BLANKS.match(text, at)  # behind a backslash they would undo it (before systemd 254)
    return Flaw(MISSING, Span(last, at), ((Edit(Span(at, blanks.end() if blanks else at), " \\"),),))


def _next_line(text: str, at: int) -> tuple[int, int, int] | None:
    """The next line that is no comment."""
    while at < len(text):
        start, end, after = _line(text, at)
        if not text[start:end].lstrip().startswith(("#", ";")):
            return start, end, after
        at = after
    return None


def _line(text: str, at: int) -> tuple[int, int, int]:
    """The line at a place: its start, its end, and where the next one begins."""
    close = text.find("\n", at)
    end, after = (len(text), len(text)) if close < 0 else (close, close + 1)
    return at, end - (end > at and text[end - 1] == "\r"), after
