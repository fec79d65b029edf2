"""The command that stands in a log: a shell's echo of it, `+ vllm serve …` of `set -x`, a prompt with what was typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vllm_doctor.log.types import Event, Record

MAX_LINES = 80
_PROGRAM = re.compile(r"(?<![\w./-])(?:\S*/)?(?:vllm\s+serve|python3?\S*\s+(?:-u\s+)?-m\s+\S*\.?entrypoints\.(?:openai\.)?api_server)\b|\b(?:docker|podman|nerdctl)\s+run\s")
_TALK = re.compile(r"usage:|^(?:INFO|WARNING|ERROR|DEBUG)\b|^\s*File \"|\berror:|vllm serve --help")


def command_in(events: Sequence[Event]) -> str | None:
    """The last launch command that unheaded lines of an attempt show, joined over its continued lines; None without.

    Text only: nothing of it is trusted or run. What reads it must quote every word anew.
    """
    found = None
    for index, event in enumerate(events):
        if not isinstance(event, Record) or event.level or event.quotes:
            continue
        if _PROGRAM.search(event.message) and not _TALK.search(event.message):
            found = _joined(events, index)
    return found


def _joined(events: Sequence[Event], index: int) -> str:
    lines: list[str] = []
    for event in events[index : index + MAX_LINES]:
        if not isinstance(event, Record):
            break
        lines += event.message.split("\n")
        if not lines[-1].rstrip().endswith("\\"):
            break
    return "\n".join(lines)
