"""Facts of what is broken in the text of a launch."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.launch.docker import entry_program
from vllm_doctor.launch.programs import WRITTEN
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.types import Launch
    from vllm_doctor.text import Span

HOW = declare(
    "flaw.how", "text", "what is broken in the launch's text: comment, missing-backslash, option-and-value, …"
)
SAID = declare("flaw.said", "text", "the broken text, as it stands")
COUNT = declare("flaw.count", "int", "how often this is broken in the launch")
LOST = declare("flaw.lost", "text", "the arguments that vLLM does not get")
RECEIVED = declare("flaw.received", "text", "the arguments that vLLM gets")
STARTS = declare("flaw.starts", "flag", "whether vLLM is started at all")
ENTRY = declare("flaw.entry", "text", "the image's own entry point")
OFFICIAL = declare("flaw.official", "flag", "whether the image is one of the vLLM project's own")

_WIDEST = 160
_OFFICIAL = pattern(r"(?:^|/)vllm/vllm-[\w-]+(?:[:@]|$)")


Found: TypeAlias = "tuple[tuple[Fact, ...], tuple[Span, ...]]"
_last: list[tuple[Launch, tuple[Found, ...]]] = []
"""The launch that was asked for last: every rule asks for the same one."""


def of_flaws(launch: Launch) -> tuple[Found, ...]:
    """The facts of each kind of flaw that a launch has, with the places of all of that kind."""
    if not _last or _last[0][0] is not launch:
        _last[:] = [(launch, tuple(_found(launch)))]
    return _last[0][1]


def _found(launch: Launch) -> Iterator[Found]:
    from vllm_doctor.launch.broken.flaws import flaws

    by_kind: dict[str, list[Span]] = {}
    for flaw in flaws(launch):
        by_kind.setdefault(flaw.how, []).append(flaw.span)
    about = tuple(_of_launch(launch)) if by_kind else ()
    for how, spans in by_kind.items():
        said = _short(spans[0].of(launch.text))
        facts = [Fact(HOW, how), Fact(COUNT, len(spans)), *about]
        yield (*facts, Fact(SAID, said)) if said else tuple(facts), tuple(spans)


def _of_launch(launch: Launch) -> Iterator[Fact]:
    given, argv = launch.argv_effective, launch.argv
    if entry := entry_program(launch.image or ""):
        yield Fact(ENTRY, WRITTEN[entry])
        yield Fact(OFFICIAL, _OFFICIAL.search(launch.image or "") is not None)
    if given is None:
        return
    yield Fact(STARTS, bool(given))
    if given:
        yield Fact(RECEIVED, _short(" ".join(given)))
    count = next((at for at, (one, two) in enumerate(zip(given, argv, strict=False)) if one != two), len(given))
    if given and count < len(argv) and count >= len([word for word in given if word.strip(" #")]):
        yield Fact(LOST, _short(" ".join(argv[count:])))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"
