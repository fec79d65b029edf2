"""The stages of a Dockerfile: the image that each begins with, its environment, and what it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.builder import without_continuations
from vllm_doctor.launch.hosted.docker_env import EnvEntry, read_env
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    import re

    from vllm_doctor.launch.hosted.instructions import Dockerfile, Instruction

_ARGUMENT = pattern(r"([A-Za-z_]\w*)(?:=(\S*))?")
_REFERENCE = pattern(r"\$(?:(\w+)|\{(\w+)(?::?-([^{}]*))?\})")


@dataclass(slots=True)
class Stage:
    """One `FROM` and what follows. `entry` and `command` may be those of the stage that it begins with.

    `runs` are its RUN, COPY and ADD instructions, each with the environment that is set before it.
    """

    image: str
    name: str = ""
    start: int = 0
    env: list[EnvEntry] = field(default_factory=list)
    entry: Instruction | None = None
    command: Instruction | None = None
    owns: bool = False
    runs: list[tuple[Instruction, tuple[EnvEntry, ...]]] = field(default_factory=list)


def stages(file: Dockerfile) -> list[Stage]:
    """The stages in their order."""
    found: list[Stage] = []
    arguments: dict[str, str] = {}
    for one in file.instructions:
        if one.keyword == "ARG" and not found:
            arguments.update({name: value for name, value in _ARGUMENT.findall(one.body.inner) if value})
        elif one.keyword == "FROM":
            found.append(_begun(one, found, arguments))
        elif found:
            _take(found[-1], one)
    return found


def _begun(one: Instruction, before: list[Stage], arguments: dict[str, str]) -> Stage:
    words = [word for word in without_continuations(one.body).inner.split() if not word.startswith("--")]
    image = _REFERENCE.sub(lambda found: _filled(found, arguments), words[0]) if words else ""
    name = words[2].lower() if len(words) == 3 and words[1].lower() == "as" else ""
    base = next((stage for stage in reversed(before) if stage.name and stage.name == image.lower()), None)
    if base is None:
        return Stage(image, name, one.start)
    return Stage(base.image, name, one.start, list(base.env), base.entry, base.command)


def _filled(found: re.Match[str], arguments: dict[str, str]) -> str:
    value = arguments.get(found[1] or found[2], found[3])
    return found[0] if value is None else value.strip("\"'")


def _take(stage: Stage, one: Instruction) -> None:
    if one.keyword == "ENV":
        stage.env += read_env(one)
    elif one.keyword == "ENTRYPOINT":
        stage.entry, stage.command = one, stage.command if stage.owns else None
        stage.owns = True
    elif one.keyword == "CMD":
        stage.command, stage.owns = one, True
    elif one.keyword in ("RUN", "COPY", "ADD"):
        stage.runs.append((one, tuple(stage.env)))
