"""The commands by name; each is imported when it is run, or when its options must be known."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import click

NAMES = ("diagnose", "check", "fit", "migrate", "run", "report", "explain", "rules")


class Commands(Mapping[str, "click.Command"]):
    """What each name runs: the function of that name, in the file of that name."""

    def __getitem__(self, name: str) -> click.Command:
        if name not in NAMES:
            raise KeyError(name)
        command: click.Command = getattr(import_module(f"vllm_doctor.cli.{name}"), name)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


COMMANDS = Commands()


def valued(words: Sequence[str]) -> frozenset[str]:
    """The options that take a value, of any command that the words may mean; none where no word is an option."""
    if not any(word.startswith("-") and word not in ("-", "--") for word in words):
        return frozenset()
    import click

    names = words[:1] if words[0] in NAMES else NAMES
    params = [item for name in names for item in COMMANDS[name].params]
    return frozenset(
        name for item in params if isinstance(item, click.Option) and not item.is_flag for name in item.opts
    )
