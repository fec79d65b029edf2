"""What the tests of migration ask: one text moved, without any model's config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.engine.migration import LaunchMigration, Migration, Migrator
from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.parser import parse_command_line

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch


def launches(text: str, file: str = "") -> tuple[Launch, ...]:
    """The launches of a file's text, or of a command."""
    if file:
        return read_launches(text, file)
    found = parse_command_line(text)
    return (found,) if found else ()


def move(
    text: str,
    to: str,
    given: str | None = None,
    file: str = "",
    *,
    pin: bool = False,
    rope: dict[str, object] | None = None,
) -> Migration:
    """A text, moved to a release."""
    migrator = Migrator(to, given, "en", lambda _: rope, pin)
    return migrator.migrate(text, file, launches(text, file), lambda new: launches(new, file))


def one(
    text: str, to: str, given: str | None = None, *, pin: bool = False, rope: dict[str, object] | None = None
) -> LaunchMigration:
    """The one launch of a command, moved."""
    return move(text, to, given, pin=pin, rope=rope).launches[0]


def moved(text: str, to: str, given: str, rope: dict[str, object] | None = None) -> str | None:
    """The command that a command becomes; None where it cannot be moved."""
    return one(text, to, given, rope=rope).migrated
