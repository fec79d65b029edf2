"""A logger's header in the middle of a line: after an unknown wrapper, a bar, a prompt, another's words."""

from __future__ import annotations

import re
from dataclasses import field

from vllm_doctor.log.chatter import is_bar
from vllm_doctor.log.header import VLLM
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

_FARTHEST = 240
_MOST_SHAPES = 8
_MARKS = ("INFO ", "ERROR ", "WARNING ", "DEBUG ", "CRITICAL ")
_SPEAKER = pattern(r"\([\w.-]{1,60}(?: rank=\d{1,5})? pid=\d{1,10}\) ?$")


@dataclass(slots=True)
class Fronts:
    """The shapes of unknown wrappers: what stood before headers, its figures left open.

    A shape counts from its third sight on; then lines without a header lose it as well.
    """

    shapes: dict[str, int] = field(default_factory=dict)
    known: list[re.Pattern[str]] = field(default_factory=list)

    def wrapper(self, text: str) -> int:
        """How many characters of a line are a wrapper seen before."""
        for shape in self.known:
            found = shape.match(text)
            if found:
                return found.end()
        return 0

    def learn(self, front: str) -> None:
        """Note what stood before a header."""
        shape = re.sub(r"\\?\d(?:\d|\\?[.,:](?=\d))*", r"[\\d.,:]{1,30}", re.escape(front))
        if len(self.shapes) >= 1000 or len(front) > 120 or front.rstrip().endswith(("#", "$")):
            return
        self.shapes[shape] = self.shapes.get(shape, 0) + 1
        if self.shapes[shape] == 3 and len(self.known) < _MOST_SHAPES:
            self.known.append(re.compile(shape))


def header_inside(text: str) -> int:
    """Where a header begins after the start of a line, with the speaker before it; 0 where none does.

    Not after a quote or a brace: there it is somebody's words.
    """
    for mark in _MARKS:
        at = text.find(mark, 1, _FARTHEST)
        if at < 1 or VLLM.match(text, at) is None:
            continue
        before = text[:at]
        if '"' in before or "'" in before or "{" in before or "`" in before:
            continue
        speaker = _SPEAKER.search(before)
        return speaker.start() if speaker else at
    return 0


def is_wrapper(front: str) -> bool:
    """Whether what stands before a header is no text of its own: a bar, a prompt, a mark at its end."""
    front = front.rstrip()
    return not front or is_bar(front) or (front[-1] in "|:>])#$-=" and len(front) < 120) or front[-1].isdigit()
