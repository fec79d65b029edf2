"""The loop: start, watch, diagnose, heal; what happens is told as events, and drawn by whoever listens."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from vllm_doctor.errors import DoctorError, InputError
from vllm_doctor.run.capture import Capture
from vllm_doctor.run.child import Child
from vllm_doctor.run.heal import Heal, Refusal, Wishes, choose
from vllm_doctor.run.health import asks_health, healthy
from vllm_doctor.run.watch import Watch

if TYPE_CHECKING:
    from vllm_doctor.finding import Diagnosis
    from vllm_doctor.pipeline import Options
    from vllm_doctor.run.command import Command

NOT_STARTED, NOT_EXECUTABLE, NOT_FOUND = 125, 126, 127
"""Exit codes of our own, as env(1), timeout(1) and docker have them."""
GRACE = 4.0
_HEALTH_EVERY = 2.0


@dataclass(frozen=True)
class Started:
    """A start: `number` counts from 1."""

    command: Command
    pid: int
    number: int


@dataclass(frozen=True)
class Served:
    """The server said that it has started."""


@dataclass(frozen=True)
class Ended:
    """A start has ended. `diagnosis` is None where nothing failed, where it was asked to end, or where `error` says."""

    code: int
    killed_by: int
    stuck: bool
    diagnosis: Diagnosis | None = None
    error: str = ""


Event: TypeAlias = "Started | Served | Ended | Heal | Refusal"
Listener: TypeAlias = Callable[[Event], None]


@dataclass(frozen=True)
class Plan:
    """What to run, and what may be done about it. `kill_stuck` is seconds of silence, None for never."""

    command: Command
    options: Options
    wishes: Wishes = field(default_factory=Wishes)
    kill_stuck: float | None = None
    grace: float = GRACE


def supervise(plan: Plan, tell: Listener) -> int:
    """Run a command to its end, and again with a mended one as far as is wished; returns the exit code.

    Raises:
        DoctorError: the command is empty.
    """
    watch = Watch(secrets.token_hex(8), plan.grace)
    command = plan.command
    tried: list[Command] = []
    while True:
        tried.append(command)
        ended, served = _once(replace(plan, command=command), watch, len(tried), tell)
        tell(ended)
        if ended.code == 0 or watch.stopped or ended.code in (NOT_EXECUTABLE, NOT_FOUND):
            return ended.code
        after = choose(ended.diagnosis, command, tried, plan.wishes, served=served)
        tell(after)
        if isinstance(after, Refusal):
            return ended.code
        watch.pause(after.pause)
        if watch.stopped:
            return 128 + watch.stopped
        command = after.command


def _once(plan: Plan, watch: Watch, number: int, tell: Listener) -> tuple[Ended, bool]:
    """One start, to its end; also whether the server had started."""
    capture = Capture()
    try:
        child = Child(plan.command, watch.mark, capture)
    except OSError as error:
        code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
        return Ended(code, 0, False, None, f"{plan.command.argv[0]}: {error.strerror or error}"), False
    tell(Started(plan.command, child.pid, number))
    eye = _Eye(plan, child, tell)
    watch.run(child, eye.look)
    eye.look()
    code = child.code if child.code is not None else NOT_STARTED
    if eye.stuck and code == 0:
        code = 128 + signal.SIGTERM  # a start that we had to end has not ended well
    ended = Ended(code, child.killed_by, eye.stuck)
    if code == 0 or watch.stopped:
        return ended, eye.served
    if child.killed_by and not eye.stuck:
        capture.say(f"vllm-doctor: the process exited with code {code}")
    diagnosis, error_said = diagnosed(capture, plan)
    return replace(ended, diagnosis=diagnosis, error=error_said), eye.served


def diagnosed(capture: Capture, plan: Plan) -> tuple[Diagnosis | None, str]:
    """The diagnosis of what was printed, or None and why there is none; nothing escapes, for the exit code counts."""
    from vllm_doctor import pipeline

    command = plan.command.text if plan.command.launch else None
    try:
        answer = pipeline.diagnose(
            capture.blocks(), options=replace(plan.options, command=command), names=["the output"]
        )
    except InputError as error:
        return None, error.what
    except DoctorError as error:
        return None, str(error)
    except Exception as error:
        return None, f"this is a bug of vllm-doctor: {type(error).__name__}: {error}"
    if capture.left_out:
        note = f"{capture.left_out} bytes in the middle of the output were not kept"
        answer = replace(answer, notes=(*answer.notes, note))
    return answer, ""


class _Eye:
    """What is looked at while a child runs: whether it has started, and whether it is stuck."""

    def __init__(self, plan: Plan, child: Child, tell: Listener) -> None:
        self.served = False
        self.stuck = False
        self._plan, self._child, self._tell = plan, child, tell
        self._port = asks_health(plan.command.launch)
        self._asked = time.monotonic()
        self._judged = 0.0

    def look(self) -> bool:
        """Note a start; True when the child is to be ended."""
        if not self.served and (self._child.capture.started or self._answers()):
            self.served = True
            self._tell(Served())
        limit = self._plan.kill_stuck
        if limit is None or self.served or self.stuck or self._child.code is not None:
            return False
        if self._child.silence() < limit or self._child.pump.heard == self._judged:
            return False
        self._judged = self._child.pump.heard
        self.stuck = self._is_fatal()
        return self.stuck

    def _answers(self) -> bool:
        now = time.monotonic()
        if self._port is None or self._child.code is not None or now - self._asked < _HEALTH_EVERY:
            return False
        self._asked = now
        return healthy(self._port)

    def _is_fatal(self) -> bool:
        """Whether what was printed so far names a cause for certain, and one that does not pass."""
        diagnosis, _ = diagnosed(self._child.capture, self._plan)
        root = diagnosis.root_cause if diagnosis and diagnosis.verdict == "failed" else None
        return bool(root and root.severity == "error" and root.confidence == "certain" and not root.transient)
