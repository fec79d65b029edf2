"""What `migrate` answers; field names are the JSON keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.finding import Change


@dataclass(frozen=True, slots=True)
class Step:
    """Changes that belong together, and why; with "costs" something of what the launch did is lost."""

    changes: tuple[Change, ...]
    why: str
    effect: Literal["same", "costs"] = "same"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What cannot be moved by itself: an option, a variable, a place in the file; and why, in one line."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class ChangedDefault:
    """A default that the other release has otherwise, and what keeps the old one; `pinned` where that was added."""

    name: str
    old: str
    new: str
    why: str
    pin: str | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class LaunchMigration:
    """One launch and what it is in the other release.

    `vllm_version` is the release that it is taken to be written for, by `version_source`: "given", "image", the
    file of a project that asks for it, or "options" where the releases that know all of them (`vllm_versions`) were
    asked. `migrated` is the new command:
    the same where nothing needs a change, None where something cannot be moved, which `obstacles` tell.
    """

    program: str
    model: str | None
    argv: tuple[str, ...]
    env: dict[str, str | None]
    image: str | None
    file: str
    line: int
    vllm_version: str
    vllm_versions: tuple[str, ...]
    version_source: str
    target_version: str
    steps: tuple[Step, ...] = ()
    defaults: tuple[ChangedDefault, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    migrated: str | None = None
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """The answer of `migrate` for one file or command; `fixed` is the whole text, moved, where anything changed."""

    file: str
    launches: tuple[LaunchMigration, ...]
    text: str
    fixed: str | None = None
    notes: tuple[str, ...] = ()
