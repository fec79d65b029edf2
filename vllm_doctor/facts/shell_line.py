"""The command that stands in a log: a shell's echo of it, `+ vllm serve …` of `set -x`, a prompt and what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_LINES = 80
_PROGRAM = pattern(
    r"(?<![\w./-])(?:\S*/)?(?:vllm\s+serve|python3?\S*\s+(?:-u\s+)?-m\s+\S*\.?entrypoints\.(?:openai\.)?api_server|python3?\s+(?:\S*/)?api_server\.py)\b|\b(?:docker|podman|nerdctl)\s+run\s"
)
_TALK = pattern(r"usage:|^(?:INFO|WARNING|ERROR|DEBUG)\b|^\s*File \"|\berror:|vllm serve --help")


def command_in(events: Sequence[Event]) -> str | None:
    """The last launch command that unheaded lines of an attempt show, joined over its continued lines; None without.

    Text only: nothing of it is trusted or run. What reads it must quote every word anew.
    """
    found = None
    for statement in _statements(events):
        if _PROGRAM.search(statement) and not _TALK.search(statement):
            found = statement
    return found


def _statements(events: Sequence[Event]) -> Iterator[str]:
    """Unheaded lines, each with those that continue it behind a backslash."""
    open_: list[str] = []
    for event in events:
        if not isinstance(event, Record) or event.level or event.quotes:
            if open_:
                yield "\n".join(open_)
            open_ = []
            continue
        for line in event.message.split("\n"):
            open_.append(line)
            if not line.rstrip().endswith("\\") or len(open_) >= MAX_LINES:
                yield "\n".join(open_)
                open_ = []
    if open_:
        yield "\n".join(open_)
