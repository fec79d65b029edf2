"""What a release's real parser would refuse about a command's arguments."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern
from vllm_doctor.vllm import config_values, options, reading, values, versions
from vllm_doctor.vllm.matching import Given, Matched, Matcher, unknowable
from vllm_doctor.vllm.near import nearest_of
from vllm_doctor.vllm.parser_habits import habit
from vllm_doctor.vllm.spelling import dashed
from vllm_doctor.vllm.types import ArgumentError, Fault, OptionInfo, Program
from vllm_doctor.vllm.words import Item, Prepared, dynamic, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
_OTHERS = pattern(r"(?:[A-Za-z]+ ){1,6}(?:arguments|args|options|flags|parameters)", re.IGNORECASE)
"""A page's words for options that it leaves to its reader: `other vLLM arguments`."""
_HELP_SEARCHES = ("0.9.0", "0.9.0.1", "0.9.1", "0.9.2", "0.10.0", "0.10.1", "0.10.1.1", "0.10.2")
"""show_filtered_argument_or_group_from_help in vllm/entrypoints/utils.py; later the parser itself does it."""


@lru_cache(maxsize=160)
def matcher(number: int, program: Program) -> Matcher:
    """What matches words for one parser; kept, for a release is asked often."""
    searches = program == "vllm serve" and versions.releases()[number] in _HELP_SEARCHES
    return Matcher(options.arities_at(number, program), habit("model", number, program), searches)


def check(
    argv: Sequence[str], release: str, program: Program = "vllm serve", *, suggest: bool = True
) -> tuple[ArgumentError, ...]:
    """Everything for which a release's parser would refuse the arguments, in their order; empty if it takes them.

    `argv` is what follows `vllm serve` (or the module). Words with variables (`$NAME`, `${X}`, `$(...)`, `$@`,
    templates) are unknown values and never an error. Where a `--config` file is named, what it may bring is not called
    missing. A release newer than the table, or one that cannot be read, refuses nothing. Before 0.5.2 there is no
    `vllm serve`: the module's parser answers. Without `suggest` no likely flags are looked for, which is faster.
    """
    number = versions.number(release)
    if number is None or not versions.known(release) or "--omni" in argv:  # vllm-omni brings its own parser
        return ()
    errors = _errors(argv, number, options.program_at(number, program), suggest=suggest)
    return tuple(sorted(errors, key=lambda error: error.index))


def takes(argv: Sequence[str], number: int, program: Program) -> bool:
    """Whether the parser of a release number of the table takes the arguments."""
    return next(_errors(argv, number, options.program_at(number, program), suggest=False), None) is None


def _errors(argv: Sequence[str], number: int, program: Program, *, suggest: bool) -> Iterator[ArgumentError]:
    prepared = prepare(argv, number, program)
    matched = matcher(number, program).match(prepared.items)
    yield from prepared.errors
    for given in matched.given:
        name = options.flags_of(number, program)[given.spelling]
        yield from _values(given, options.info(name, number, program), number, program)
    yield from _misfits(matched, number, program)
    if matched.helped:  # what is left over is not told before the help
        return
    yield from _strays(matched)
    for item in matched.unknown:
        if not dynamic(item.text.partition("=")[0]):  # --no-such=$X is unknown, --$X may be known
            yield _unknown(item, number, program, suggest)
    if _model_missing(matched, prepared, number, program):
        yield ArgumentError("missing-model", len(argv), "", "model_tag", "the model is missing")


def _misfits(matched: Matched, number: int, program: Program) -> Iterator[ArgumentError]:
    """Errors of words as such: ambiguous, without a value, with one too many."""
    for item, several in matched.ambiguous:
        message = f"{item.text} could be {', '.join(several)}"
        yield ArgumentError(
            "ambiguous-option", item.index, item.text, item.text.split("=")[0], message, nearest=several
        )
    for given in matched.lacking:
        flag = options.flags_of(number, program)[given.spelling]
        message = f"{given.item.text}: expected {_expected(options.info(flag, number, program))}"
        yield ArgumentError("missing-value", given.item.index, given.item.text, flag, message)
    for given in matched.needless:
        flag = options.flags_of(number, program)[given.spelling]
        message = f"{given.spelling} takes no value"
        yield ArgumentError("needless-value", given.item.index, given.item.text, flag, message, given.values[0].text)


def _strays(matched: Matched) -> Iterator[ArgumentError]:
    """Stray words; those behind an unknown or ambiguous option, or behind a variable, may be its values."""
    variables = [item for item in (matched.model, *matched.stray) if item is not None and unknowable(item)]
    ambiguous = [item for item, _ in matched.ambiguous]
    excused = {item.index for item in (*matched.unknown, *ambiguous, *variables)}
    stray = sorted(matched.stray, key=lambda one: one.index)
    if _OTHERS.fullmatch(" ".join(item.text for item in stray)):
        return
    for item in stray:
        if item.index - 1 in excused:
            excused.add(item.index)
        elif not unknowable(item):
            yield ArgumentError("stray-word", item.index, item.text, item.text, f"{item.text!r} belongs to no option")


def _model_missing(matched: Matched, prepared: Prepared, number: int, program: Program) -> bool:
    needed = habit("model", number, program) == 1
    return needed and matched.model is None and not prepared.config


def _expected(info: OptionInfo) -> str:
    count = info.nargs if isinstance(info.nargs, int) else 1
    if info.nargs == "+":
        return "at least one value"
    return "one value" if count == 1 else f"{count} values"


def _unknown(item: Item, number: int, program: Program, suggest: bool) -> ArgumentError:
    flag = dashed(item.text) if item.text.startswith("--") else item.text.partition("=")[0]
    release = versions.releases()[number]
    where = options.history(flag)
    message = f"vLLM {release} has no option {flag}"
    near = nearest_of(flag, number, program) if suggest else ()
    return ArgumentError("unknown-option", item.index, item.text, flag, message, nearest=near, elsewhere=where)


def _values(given: Given, info: OptionInfo, number: int, program: Program) -> Iterator[ArgumentError]:
    for item in given.values:
        if item.data is not None:
            yield from _keys(item, info, number, program)
        elif not unknowable(item):
            yield from _value(given, item, info, number, program)


def _keys(item: Item, info: OptionInfo, number: int, program: Program) -> Iterator[ArgumentError]:
    """Errors of a value that dotted keys make."""
    if info.kind.lstrip("?") == "config":
        for wrong in config_values.wrong_object(info.flag, item.data or {}, number):
            yield _of_key(item, item.text, info, wrong, None)
        return
    try:
        reading.text_value('{"key": 1}', info, number, program)
    except values.RefusedError as error:
        message = f"{info.flag} takes no dotted keys: an object {error}"
        yield ArgumentError("invalid-value", item.index, item.text, info.flag, message)


def _of_key(item: Item, word: str, info: OptionInfo, wrong: config_values.Wrong, value: str | None) -> ArgumentError:
    fault: Fault = "unknown-key" if wrong.unknown_key else "invalid-value"
    message = f"the value of {info.flag} {wrong.reason}"
    return ArgumentError(fault, item.index, word, info.flag, message, value, wrong.valid)


def _value(given: Given, item: Item, info: OptionInfo, number: int, program: Program) -> Iterator[ArgumentError]:
    text = item.text
    word = given.item.text
    if info.kind.lstrip("?") == "config":
        for wrong in config_values.wrong(info.flag, text, number):
            yield _of_key(item, word, info, wrong, text)
        return
    try:
        reading.text_value(text, info, number, program)
    except reading.NoChoiceError as error:
        valid = tuple(str(choice) for choice in info.choices or ())
        message = f"{info.flag}: {text!r} {error}"
        yield ArgumentError("invalid-choice", item.index, word, info.flag, message, text, valid)
    except values.RefusedError as error:
        message = f"{info.flag}: {text!r} {error}"
        yield ArgumentError("invalid-value", item.index, word, info.flag, message, text)
