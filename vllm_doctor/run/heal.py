"""Whether a dead server is started again, and how: the first fix that is allowed, or none and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from vllm_doctor.finding import Diagnosis, Finding, Fix
    from vllm_doctor.run.command import Command


@dataclass(frozen=True)
class Wishes:
    """What may be changed: at most `times` starts more, fixes that cost (`unsafe`), those that expose by name."""

    times: int = 0
    unsafe: bool = False
    allow: tuple[str, ...] = ()
    pause: float = 10.0
    """Seconds before the start after a cause that passes; twice as many at each further one."""


@dataclass(frozen=True)
class Heal:
    """The next start: its command, the fix that made it (None where only the time passed), and a pause before it."""

    command: Command
    fix: Fix | None
    pause: float = 0.0


@dataclass(frozen=True)
class Refusal:
    """Why it is not started again, as one sentence without its full stop."""

    why: str


def choose(
    diagnosis: Diagnosis | None, command: Command, tried: Collection[Command], wishes: Wishes, *, served: bool
) -> Heal | Refusal:
    """What follows a death. `tried` are all commands started so far; `served` says that the server had started.

    A server that served is never changed: whoever restarts it must learn of it. A cause that passes is met by the
    same command after a pause; nothing else is started twice.
    """
    starts = len(tried) - 1
    if starts >= wishes.times:
        return Refusal("it was started as often as --heal allows" if wishes.times else "")
    root = diagnosis.root_cause if diagnosis else None
    if root is None:
        return Refusal("its cause is not known")
    if served:
        return Refusal("it had started, and what ends a running server is not healed by another command")
    pause = wishes.pause * 2**starts if root.transient else 0.0
    for fix in root.fixes:
        if _may(fix, wishes) and (made := _made(fix, command)) and made not in tried:
            return Heal(made, fix, pause)
    if root.transient and not _closed(root, wishes):
        return Heal(command, None, pause)
    return Refusal(_why_not(root, command, tried, wishes))


def _may(fix: Fix, wishes: Wishes) -> bool:
    if fix.effect == "exposes":
        return fix.allow is not None and fix.allow in wishes.allow
    return fix.effect == "same" or wishes.unsafe


def _closed(root: Finding, wishes: Wishes) -> bool:
    """Whether something that was closed on purpose (the network) is the matter: time opens nothing."""
    return any(fix.effect == "exposes" and not _may(fix, wishes) for fix in root.fixes)


def _made(fix: Fix, command: Command) -> Command | None:
    """The command that a fix makes; None where it needs more than a restart."""
    if fix.steps or fix.command is None or fix.command_kind != "given":
        return None
    return command.with_launch(fix.command)


def _why_not(root: Finding, command: Command, tried: Collection[Command], wishes: Wishes) -> str:
    """Why none of the fixes was taken."""
    if root.fixes and command.launch is None:
        return "no vLLM launch stands in the command, so no fix can be made in it"
    able = [(fix, made) for fix in root.fixes if (made := _made(fix, command))]
    if any(made in tried for fix, made in able if _may(fix, wishes)):
        return "the command that would help was started already"
    refused = [fix for fix, _ in able if not _may(fix, wishes)]
    if refused and refused[0].effect == "costs":
        return "the fix costs something, and --unsafe was not given"
    if refused:
        return f"the fix exposes something, and --allow {refused[0].allow} was not given"
    return "no restart helps: something else must be done first"
