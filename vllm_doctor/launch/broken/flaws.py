"""What is broken in the text of one launch, and the text without it.

A flaw is a place at which a shell, YAML or a container does not pass on what was written. Each kind of file knows its
own (`Writer.flaws`); here they are asked for and mended: `argv` stays as it was meant, and vLLM then receives it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.repairs import may_be_broken, repairs
from vllm_doctor.launch.writers import writer_of
from vllm_doctor.text import Span, apply
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.writers import Writer

_MOST = 100
_TYPED = frozenset(
    {"compose", "document", "helm", "kserve", "kubernetes", "skypilot", "vllm-config", "workflow", "yaml"}
)
"""Kinds of files in which what vLLM receives may be right, and the file is refused for its types."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One break: `how` names it, `span` is its place in the file, `ways` are edits that mend it, the best first.

    `words` are what vLLM receives afterwards, where that is not what the launch says (a model that becomes
    `--model`).
    """

    how: str
    span: Span
    ways: tuple[Edits, ...] = ()
    words: tuple[str, ...] | None = None


def flaws(launch: Launch) -> tuple[Flaw, ...]:
    """The flaws of a launch, in the order of its text; () also for a launch that does not stand in its text."""
    if launch.argv_effective is None and launch.kind not in _TYPED and not _may_be_broken(launch):
        return ()
    try:
        found = writer_of(launch).flaws()
        unique = {(flaw.how, flaw.span): flaw for flaw in found}
    except LaunchError:
        return ()
    return tuple(unique[key] for key in sorted(unique, key=lambda key: (key[1], key[0])))


def _may_be_broken(launch: Launch) -> bool:
    """Whether a launch that loses no word may be broken all the same; spares reading its file again."""
    end = launch.text.find("\n", launch.span.end)
    return may_be_broken(launch.text[launch.span.start : end if end >= 0 else len(launch.text)])


def mended(launch: Launch, how: str) -> Launch:
    """The launch without its flaws of one kind; every other byte of its text stays.

    Raises:
        LaunchError: no edit of the text does this and nothing else.
    """
    for _ in range(_MOST):
        mine = [flaw for flaw in flaws(launch) if flaw.how == how]
        if not mine:
            return launch
        launch = _at_once(launch, mine, how) or _one(launch, mine, how)
    raise LaunchError("this launch has too many flaws to mend", launch.file, "Make the change by hand.")


def _at_once(launch: Launch, mine: Sequence[Flaw], how: str) -> Launch | None:
    """All flaws mended with the first way of each, where these do not meet."""
    if len(mine) == 1 or not all(flaw.ways and flaw.words is None for flaw in mine):
        return None
    edits = tuple(edit for flaw in mine for edit in flaw.ways[0])
    if len({edit.span for edit in edits}) < len(edits):
        return None
    return _tried(launch, edits, mine[0], how, len(mine))


def _one(launch: Launch, mine: Sequence[Flaw], how: str) -> Launch:
    for flaw in mine:
        for edits in flaw.ways:
            made = _tried(launch, edits, flaw, how, len(mine))
            if made:
                return made
    raise LaunchError(
        "this launch cannot be mended without changing something else",
        f"{launch.file}:{launch.line}" if launch.file else "",
        "Make the change by hand.",
    )


def _tried(launch: Launch, edits: Edits, flaw: Flaw, how: str, count: int) -> Launch | None:
    """The launch after the edits; None where it says something else, or has as many flaws of the kind as before."""
    writer = writer_of(launch)
    try:
        text = apply(launch.text, edits)
    except ValueError:
        return None
    before, after = writer.reread(launch.text), writer.reread(text)
    if len(before) != len(after) or not writer.intact(text, after):
        return None
    made = after[writer.index].launch
    others = [index for index in range(len(after)) if index != writer.index]
    if any(before[index].launch.argv != after[index].launch.argv for index in others):
        return None
    wanted = launch.argv if flaw.words is None else flaw.words
    if made.argv != wanted or made.image != launch.image:
        return None
    left = sum(one.how == how for one in flaws(made))
    return made if left < count else None


def shell_flaws(writer: Writer) -> Iterator[Flaw]:
    """The flaws of the shell texts in which the words of a launch stand."""
    for part in writer.shelled():
        inner = part.inner
        mine = [one for one in repairs(inner.text) if _within(one.span, inner.span)]
        offset = 0
        if not mine and inner.argv_effective is not None:
            mine, offset = list(repairs(inner.span.of(inner.text))), inner.span.start
        for one in mine:
            edits = tuple(
                replace(edit, span=Span(edit.span.start + offset, edit.span.end + offset))
                for edit in (*one.edits, *one.keeps)
            )
            place = part.place(Span(one.span.start + offset, one.span.end + offset))
            yield Flaw(one.how, place, tuple(part.made_of(edits)))


def _within(span: Span, outer: Span) -> bool:
    return outer.start <= span.start <= outer.end + 1
