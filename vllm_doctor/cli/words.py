"""Which command is meant: the first word that is no option picks it, else it is `diagnose`."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError

_MOST_NAMES = 2000

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def arranged(words: Sequence[str], commands: Collection[str], valued: Collection[str]) -> list[str]:
    """The words with the command first, whatever options stand before it.

    `valued` are the options that take a value; what follows `--` is never a command.

    Raises:
        InputError: the first word is neither a command nor a file, and looks like one that was meant.
    """
    index = first_word(words, valued)
    if index is None:
        return ["diagnose", *words]
    first = words[index]
    if first in commands:
        return [first, *words[:index], *words[index + 1 :]]
    if first != "-" and not _exists(first):
        raise InputError("this is neither a command nor a file", first, _hint(first, commands))
    return ["diagnose", *words]


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def first_word(words: Sequence[str], valued: Collection[str]) -> int | None:
    """Where the first word stands that is neither an option nor an option's value; None without one."""
    skip = False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            return None
        elif word.startswith("-") and word != "-":
            skip = word in valued
        else:
            return index
    return None


def _hint(word: str, commands: Collection[str]) -> str:
    """The nearest command and the nearest file; a command of vLLM's belongs to `check`."""
    from difflib import get_close_matches

    if " " in word and ("vllm" in word or "docker" in word):
        return f"To review a command before its launch: vllm-doctor check '{word[:40]}…'"
    path = Path(word)
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), _MOST_NAMES)]
    except (OSError, ValueError):
        names = []
    files = [str(path.parent / name) for name in get_close_matches(path.name, names, 1)]
    near = get_close_matches(word, list(commands), 1) + files
    return f"Did you mean {' or '.join(near)}?" if near else "Commands: " + ", ".join(sorted(commands)) + "."
