"""What vLLM's parser rejected, by the words it ended with in a log, and how to say what was meant.

argparse prints `PROGRAM: error: MESSAGE` before any banner, as unheaded lines. Its messages (CPython 3.9 to 3.13,
Lib/argparse.py): unrecognized arguments, ambiguous option, expected one argument, invalid choice, invalid X
value, ignored explicit argument, the following arguments are required.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.facts.argument_errors import errors_of
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern
from vllm_doctor.vllm import ArgumentError, history, nearest
from vllm_doctor.vllm.any_release import canonical
from vllm_doctor.vllm.spelling import dashed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.types import Launch

MAX_MESSAGE = 8_000
_ERROR = pattern(
    r"(?:^|\s|/)(?:vllm(?: serve)?|api_server\.py|-m vllm\.entrypoints\.openai\.api_server|__main__\.py|\S+\.py)"
    r": error: (.*)",
    re.S,
)
_ARGUMENT = pattern(r"argument (\S+?): (.*)", re.S)
_UNKNOWN = pattern(r"unrecognized arguments: (.+)", re.S)
_AMBIGUOUS = pattern(r"ambiguous option: (\S+) could match (.+)", re.S)
_REQUIRED = pattern(r"the following arguments are required: (.+)", re.S)
_CHOICE = pattern(r"invalid choice: (.+?) \(choose from (.*?)\)?$", re.S)
_VALUE = pattern(r"invalid .+? value: '?(.*?)'?$", re.S)
_EXPLICIT = pattern(r"ignored explicit argument '?(.*?)'?$", re.S)
_EXPECTED = pattern(r"expected (?:one|at least one|at most one|\d+) arguments?")
_QUOTED = pattern(r"\b[Vv]alue '?(.+?)'? cannot be converted")
_WORDS = 60


def parser_message(event: Event) -> str | None:
    """What argparse said, when an event is its last word."""
    if not isinstance(event, Record) or event.level or event.quotes:
        return None
    found = _ERROR.search(" ".join(event.message[:MAX_MESSAGE].split()))
    return found[1] if found else None


def rejections(message: str) -> tuple[ArgumentError, ...]:
    """The errors that a message names; their `index` is that in the words of an unrecognized list, else 0."""
    if found := _UNKNOWN.match(message):
        return tuple(_unknown(found[1].partition(" Hint: ")[0].split()[:_WORDS]))
    if found := _AMBIGUOUS.match(message):
        return (
            ArgumentError(
                "ambiguous-option", 0, found[1], found[1], message, nearest=tuple(re.findall(r"--?[\w.-]+", found[2]))
            ),
        )
    if found := _REQUIRED.match(message):
        return (ArgumentError("missing-model", 0, "", found[1].split(",")[0], message),)
    found = _ARGUMENT.match(message)
    return (_of_argument(found[1], found[2]),) if found else ()


def _unknown(words: Sequence[str]) -> list[ArgumentError]:
    """The rejected options and stray words; what follows an option is its value."""
    made: list[ArgumentError] = []
    for index, word in enumerate(words):
        if re.match(r"--?[A-Za-z]", word):
            flag = dashed(word)
            made.append(ArgumentError("unknown-option", index, word, flag, f"unknown option {flag}"))
        elif not made or made[-1].fault == "stray-word" or words[index - 1] != made[-1].word:
            made.append(ArgumentError("stray-word", index, word, word, f"{word!r} belongs to no option"))
    return made


def _of_argument(names: str, said: str) -> ArgumentError:
    names = names.split("/")[0] if names.startswith("-") else names
    flag = canonical(names) or names
    if found := _CHOICE.match(said):
        valid = tuple(choice.strip().strip("'\"") for choice in found[2].split(","))
        return ArgumentError("invalid-choice", 0, flag, flag, said, found[1].strip("'\""), valid)
    if found := _EXPLICIT.match(said):
        return ArgumentError("needless-value", 0, f"{flag}={found[1]}", flag, said, found[1])
    if _EXPECTED.match(said):
        return ArgumentError("missing-value", 0, flag, flag, said)
    value = _VALUE.match(said) or _QUOTED.search(said)
    return ArgumentError("invalid-value", 0, flag, flag, said, value[1] if value else None)


def rejected(
    events: Sequence[Event], launch: Launch | None, releases: Sequence[str]
) -> tuple[tuple[str, ...], tuple[ArgumentError, ...]] | None:
    """The arguments that were parsed, and what is wrong with them, the rejected ones first; None without a rejection.

    With a launch its arguments, and whatever else they hold that every release rejects; without one the words
    that the log names.
    """
    message = next((said for event in reversed(events) if (said := parser_message(event))), None)
    named = rejections(message) if message else ()
    if not named:
        return None
    if launch is None:
        return _alone(message or "", named, releases)
    placed = [error for one in named if (error := _placed(one, launch.argv, releases))]
    taken = {error.index for error in placed}
    others = [error for error in errors_of(launch, releases) if error.index not in taken]
    worded = {error.index: error for error in errors_of(launch, releases) if error.index in taken}
    return launch.argv, tuple([worded.get(error.index, error) for error in placed] + others)


def _alone(
    message: str, named: Sequence[ArgumentError], releases: Sequence[str]
) -> tuple[tuple[str, ...], tuple[ArgumentError, ...]]:
    if found := _UNKNOWN.match(message):
        words = tuple(found[1].split()[:_WORDS])
        return ("model", *words), tuple(_suggested(error, error.index + 1, releases) for error in named)
    error = named[0]
    if error.fault in ("invalid-choice", "invalid-value") and error.value is not None:
        return ("model", error.flag, error.value), (_moved(error, 2),)
    return ("model", error.word), (_moved(error, 1),)


def _placed(error: ArgumentError, argv: Sequence[str], releases: Sequence[str]) -> ArgumentError | None:
    """The error at its place in the arguments; None where they do not hold the word."""
    if error.fault == "missing-model":
        return _moved(error, len(argv))
    for index, word in enumerate(argv):
        name = word.partition("=")[0]
        if error.fault in ("unknown-option", "stray-word", "ambiguous-option") and word == error.word:
            return _suggested(error, index, releases)
        if name.startswith("-") and (canonical(name) or dashed(name)) == error.flag:
            spaced = error.fault in ("invalid-choice", "invalid-value") and "=" not in word and index + 1 < len(argv)
            return _moved(error, index + spaced, word)
    return None


def _moved(error: ArgumentError, index: int, word: str | None = None) -> ArgumentError:
    return replace(error, index=index, word=word or error.word)


def _suggested(error: ArgumentError, index: int, releases: Sequence[str]) -> ArgumentError:
    """An unknown option with the flags that may have been meant, and where it is known."""
    if error.fault != "unknown-option" or not releases:
        return _moved(error, index)
    near = nearest(error.flag, releases[-1])
    return replace(error, index=index, nearest=near, elsewhere=history(error.flag))
