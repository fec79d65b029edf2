"""Which of the matches is THE cause: the only file that ranks.

Within one attempt: an exception outranks a warning, a certain signature a likely one, and the first in the log
its echoes. What a rule excludes is a symptom of it. A start that was completed outvotes whatever went before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.engine.match import Match, is_error
from vllm_doctor.facts.phase import Phases
from vllm_doctor.log.types import Attempt, Event, Record, Traceback
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.finding import Role, Verdict

_CONFIDENCE = {"certain": 0, "likely": 1, "possible": 2}
# what a shell, glibc or faulthandler say of a process that a signal ended
_LAST_WORDS = (
    "Illegal instruction",
    "Segmentation fault",
    "Bus error",
    "core dumped",
    "Fatal Python error:",
    "*** SIG",
)
# uvicorn's words when it was told to stop (uvicorn/server.py), and vLLM's (entrypoints/serve: 0.23.0 to 0.33.0)
_UVICORN_STOP = ("Shutting down", "Waiting for application shutdown", "Finished server process")
_GOODBYE = (*_UVICORN_STOP, "shutdown triggered")


@dataclass(frozen=True)
class Decision:
    """The verdict on one attempt, its root cause, and what else was found, in the order of reporting."""

    verdict: Verdict
    root: Match | None = None
    others: tuple[tuple[Match, Role], ...] = ()
    failure: Event | None = None
    """For `unknown-failure`: the innermost event that no rule knows."""
    echo: bool = False
    """Whether `failure` is only what follows from one, which a symptom's rule knows."""


def decide(attempt: Attempt, matches: Sequence[Match]) -> Decision:
    """Rank the matches of one attempt."""
    phases = Phases(attempt.events)
    ends = _goodbye(attempt)
    alive = [match for match in matches if not ends or not match.event or match.first_line < ends]
    served = _serving_line(attempt, phases)
    up = phases.began("listening") or served
    causes = _best_of_each([match for match in alive if match.rule.kind == "cause" and _can_be(match, up, served)])
    minor = [match for match in alive if match.rule.kind != "cause"]
    symptoms = _best_of_each(minor)
    standing = [match for match in causes if not any(_excludes(other, match) for other in causes)]
    # rules that exclude each other in a ring would leave none: then the ranking alone decides
    ranked = sorted(standing or causes, key=_rank)
    failure = _failure(attempt, up, served, ends, minor)
    if not ranked:
        verdict = _verdict_without_cause(served or _stopped(attempt, ends), failure)
        return Decision(
            verdict, None, tuple((match, _minor(match)) for match in symptoms), failure, _is_known(failure, minor)
        )
    root = ranked[0]
    roles = [(match, _role(match, ranked)) for match in sorted(causes, key=_rank) if match is not root]
    others = sorted(roles, key=lambda pair: pair[1] != "cause") + [(match, _minor(match)) for match in symptoms]
    return Decision("failed" if root.rule.severity == "error" else "warned", root, tuple(others))


def _rank(match: Match) -> tuple[int, int, int]:
    return (_weakness(match.event), _CONFIDENCE[match.signature.confidence], match.first_line)


def _weakness(event: Event | None) -> int:
    """0 for what ends a process (an exception, an error, an unheaded line), 1 for a warning, 2 for mere talk."""
    if event is None or is_error(event) or not event.level:
        return 0
    return 1 if event.level == "WARNING" else 2


def _best_of_each(matches: Sequence[Match]) -> list[Match]:
    best: dict[str, Match] = {}
    for match in sorted(matches, key=_rank):
        best.setdefault(match.rule.shown, match)
    return sorted(best.values(), key=lambda match: match.first_line)


def _excludes(strong: Match, weak: Match) -> bool:
    if strong.rule.shown == weak.rule.shown:
        return False
    names = {weak.rule.id, weak.rule.shown}
    return bool(names & set(strong.rule.excludes)) or bool(
        {strong.rule.id, strong.rule.shown} & set(weak.rule.excluded_by)
    )


def _role(match: Match, standing: Sequence[Match]) -> Role:
    if match.rule.severity == "note":
        return "note"
    return "cause" if match in standing else "symptom"


def _minor(match: Match) -> Role:
    return "symptom" if match.rule.kind == "symptom" else "note"


def _can_be(match: Match, up: int, served: int) -> bool:
    """Whether a cause can have ended this attempt: what came before the engine was `up` was overcome, and once the
    server `served` only what can strike then.
    """
    if up and match.event is not None and match.first_line < up:
        return False
    return match.rule.runtime or not served


def _serving_line(attempt: Attempt, phases: Phases) -> int:
    """The line from which the server served, 0 when it never did."""
    line = phases.began("serving")
    return line or (attempt.first_line if attempt.served else 0)


def _goodbye(attempt: Attempt) -> int:
    """The line on which the server was told to stop, when nothing had failed before; else 0."""
    for event in attempt.events:
        if is_error(event) and event.level != "WARNING" and not event.quotes and not _is_ignored(event):
            return 0
        if isinstance(event, Record) and not event.quotes and any(words in event.message for words in _GOODBYE):
            return event.first_line
    return 0


def _is_fatal(event: Event) -> bool:
    """Whether an event ends a process: an error, or the shell's or the loader's last words on it."""
    if event.quotes or _is_ignored(event):
        return False
    last_words = isinstance(event, Record) and not event.level and any(words in event.message for words in _LAST_WORDS)
    return is_error(event) or last_words


def _is_ignored(event: Event) -> bool:
    """Whether the dynamic loader said an error and went on (glibc elf/rtld.c, LD_PRELOAD)."""
    said = event.message
    return isinstance(event, Record) and said.startswith("ld.so: object ") and said.rstrip().endswith(": ignored.")


def _failure(attempt: Attempt, up: int, served: int, ends: int, symptoms: Sequence[Match]) -> Event | None:
    """The innermost event that ended the attempt, as far as that shows without a rule.

    A served attempt is only dead when a symptom says so: requests fail every day.
    """
    errors = [event for event in attempt.events if _is_fatal(event) and up <= event.first_line < (ends or 1 << 62)]
    deadly = [match for match in symptoms if match.rule.severity == "error" and not _weakness(match.event)]
    if served and not deadly:
        return None
    exceptions = [event for event in errors if isinstance(event, Traceback) and event.level != "WARNING"]
    for group in (exceptions, errors):
        fresh = [event for event in group if not _is_known(event, symptoms)]
        if fresh:
            return fresh[0]
    return errors[0] if errors else deadly[0].event if deadly else None


def _is_known(failure: Event | None, symptoms: Sequence[Match]) -> bool:
    return failure is not None and any(match.event is failure for match in symptoms)


def _stopped(attempt: Attempt, ends: int) -> bool:
    """Whether the wanted stop was uvicorn's, which only a server says that had started."""
    return any(event.first_line == ends and event.message.startswith(_UVICORN_STOP) for event in attempt.events)


def _verdict_without_cause(served: bool | int, failure: Event | None) -> Verdict:
    if failure is not None:
        return "unknown-failure"
    return "healthy" if served else "incomplete"
