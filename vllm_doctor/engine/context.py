"""What stands around a failure that no rule knows, or around the end of a log that just stops."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.engine import evidence
from vllm_doctor.facts.phase import Phases
from vllm_doctor.finding import Context, Evidence
from vllm_doctor.log.types import Event, Frame, Record, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.engine.analysis import Analysis

AROUND = 5
FRAMES = 8
# what pydantic puts behind the words of an error (pydantic-core, src/errors/validation_exception.rs)
_PYDANTIC_TAIL = pattern(r"\s*\[type=\w+, input_value=.*|\s*For further information visit .*", re.S)
_INSTALLED = pattern(r".*/(?:site|dist)-packages/")
# plumbing between the frames that tell something
_PLUMBING = (
    "asyncio/",
    "concurrent/futures/",
    "contextlib.py",
    "importlib/",
    "multiprocessing/",
    "pydantic/_internal/",
    "runpy.py",
    "uvloop/",
    "vllm/tracing/",
)


def of(analysis: Analysis, source: str) -> Context | None:
    """The context of an attempt without a root cause; None for one that was fine."""
    events, failure = analysis.attempt.events, analysis.decision.failure
    if analysis.decision.verdict in ("healthy", "warned") or not events:
        return None
    if failure is None:
        step = Phases(events).last or ""
        return Context("", step, (), tuple(_quotes(events[-AROUND:], source)))
    at = next(index for index, event in enumerate(events) if event is failure)
    near = [event for event in events[max(0, at - AROUND) : at + 3] if event is not failure]
    proof = (evidence.of_event(failure, source), *_quotes(near, source))
    if not isinstance(failure, Traceback):
        return Context("", failure.message, (), proof)
    link = list(failure.chain())[-1]
    return Context(link.exception, words(link.message), tuple(_frames(link.frames)), proof)


def words(message: str) -> str:
    """An exception's message on one line, without what pydantic hangs on it."""
    return " ".join(_PYDANTIC_TAIL.sub("", message).split())


def _quotes(events: Sequence[Event], source: str) -> list[Evidence]:
    said = [event for event in events if not (isinstance(event, Record) and not event.message.strip())]
    return [evidence.of_event(event, source) for event in said]


def _frames(frames: Sequence[Frame]) -> list[str]:
    """The innermost frames that tell something, nearest last, as `path:line in function`."""
    telling = [(_INSTALLED.sub("", frame.path), frame) for frame in frames]
    telling = [(path, frame) for path, frame in telling if not any(part in path for part in _PLUMBING)]
    shown = telling[-FRAMES:]
    return [f"{path}:{frame.line}" + (f" in {frame.function}" if frame.function else "") for path, frame in shown]
