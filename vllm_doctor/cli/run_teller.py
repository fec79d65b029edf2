"""What happens to a command that is run, told: on standard error, to files, and as events on a descriptor."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import InputError
from vllm_doctor.report.run import event_line, heal_text, run_line, termination_line
from vllm_doctor.run.heal import Heal, Refusal
from vllm_doctor.run.supervise import Ended, Served, Started

if TYPE_CHECKING:
    from pathlib import Path

    from vllm_doctor.run.supervise import Event, Plan


class Teller:
    """Draws events as they come. What cannot be told anywhere is left out: the server matters more."""

    def __init__(self, plan: Plan, said: dict[str, Any]) -> None:
        """Take the wishes of the command line.

        Raises:
            InputError: the descriptor for events is not open.
        """
        self._plan, self._said = plan, said
        self._number = 0
        self._shown = {"encoding": sys.stderr.encoding or "ascii", "language": said["lang"]}
        if said["events"] is not None:
            try:
                os.set_inheritable(said["events"], said["events"] in (1, 2))
            except OSError as error:
                raise InputError("this descriptor is not open", f"--events {said['events']}") from error

    def __call__(self, event: Event) -> None:
        """Tell of one event."""
        if isinstance(event, Started):
            self._number = event.number
            self._event("start", {"number": event.number, "pid": event.pid, "command": event.command.shown()})
        elif isinstance(event, Served):
            self._event("served", {})
        elif isinstance(event, Ended):
            self._ended(event)
        elif isinstance(event, Heal):
            self._heal(event)
        elif isinstance(event, Refusal) and event.why:
            self._say(run_line("stays", why=event.why, **self._shown))
            self._event("stay", {"why": event.why})

    def _ended(self, event: Ended) -> None:
        from vllm_doctor.finding import as_json

        failed = event.diagnosis is not None or bool(event.error)
        if failed:
            self._say(self._how(event))
        if event.diagnosis:
            from vllm_doctor.cli.terminal import error_look
            from vllm_doctor.report.terminal import diagnosis_text

            self._say("\n" + diagnosis_text(event.diagnosis, **error_look(), language=self._said["lang"]) + "\n")
        elif event.error:
            self._say(run_line("unknown", why=event.error, **self._shown))
        self._event("end", {"code": event.code, "diagnosis": as_json(event.diagnosis), "error": event.error})
        if failed:
            self._files(event)

    def _how(self, event: Ended) -> str:
        if event.stuck:
            return run_line("stuck", seconds=self._plan.kill_stuck, **self._shown)
        if event.killed_by:
            return run_line("killed", signal=signal.Signals(event.killed_by).name, **self._shown)
        return run_line("ended", code=event.code, **self._shown)

    def _files(self, event: Ended) -> None:
        if self._said["termination_log"]:
            line = termination_line(event.diagnosis, event.code, event.error)
            self._write(self._said["termination_log"], line + "\n")
        if self._said["report"] and event.diagnosis:
            from vllm_doctor.report.bug_form import bug_form

            self._write(self._said["report"], bug_form(event.diagnosis, language=self._said["lang"]))

    def _write(self, path: Path, text: str) -> None:
        """Write a file in its place: a termination log is a mount, which nothing can be renamed over."""
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            self._say(f"vllm-doctor: {path}: cannot be written: {error.strerror or error}\n")

    def _heal(self, event: Heal) -> None:
        from vllm_doctor.finding import as_json

        command = event.command.shown()
        self._say(heal_text(event.fix, command, self._number + 1, event.pause, **self._shown))
        self._event("heal", {"command": command, "fix": as_json(event.fix), "pause": event.pause})

    def _event(self, name: str, data: dict[str, Any]) -> None:
        if self._said["events"] is not None:
            with suppress(OSError):
                os.write(self._said["events"], event_line(name, data))

    def _say(self, text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()
