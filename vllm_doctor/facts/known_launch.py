"""The launch behind a log: given by the user, shown in the log by a shell, or rebuilt from the arguments it echoes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from vllm_doctor.facts.argv import argv_of
from vllm_doctor.facts.echo import arguments
from vllm_doctor.facts.shell_line import command_in
from vllm_doctor.launch.build import build, from_log_command
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.values import dataclass
from vllm_doctor.vllm import arity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.types import Launch
    from vllm_doctor.log.types import Event

CommandSource: TypeAlias = Literal["given", "shell", "non-default args", "Namespace"]


@dataclass(frozen=True)
class KnownLaunch:
    """A launch and how it is known; `dropped` says what of a log's command was left out of it."""

    launch: Launch
    source: CommandSource
    dropped: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["given", "rebuilt"]:
        """Whether a command made from it is the user's own text or a rebuilt one."""
        return "given" if self.source in ("given", "shell") else "rebuilt"


def known_launch(events: Sequence[Event], release: str | None, given: Launch | None) -> KnownLaunch | None:
    """The launch of one attempt; the user's word first, then the shell's, then vLLM's echo."""
    if given is not None:
        return KnownLaunch(given, "given")
    return _shown(events) or _echoed(events, release)


def _shown(events: Sequence[Event]) -> KnownLaunch | None:
    text = command_in(events)
    launch, dropped = from_log_command(text, arity) if text else (None, ())
    return KnownLaunch(launch, "shell", tuple(dropped)) if launch else None


def _echoed(events: Sequence[Event], release: str | None) -> KnownLaunch | None:
    found = {source: args for event in events if (echo := arguments(event)) for source, args in [echo]}
    echoes: tuple[CommandSource, ...] = ("non-default args", "Namespace")
    for source in echoes:
        args = found.get(source)
        model = (args.get("model_tag") or args.get("model")) if args else None
        if not args or not model or str(model).startswith("-"):
            continue
        program = "vllm serve" if "model_tag" in args else "api_server"
        argv, left_out = argv_of(args, release, program)
        launch = parse_command_line(build(program, argv, {}))
        if launch:
            dropped = tuple(f"{name} could not be written as an option" for name in left_out)
            return KnownLaunch(launch, source, dropped)
    return None
