"""What was surely meant where vLLM's parser rejects an argument: the edits that say it, or none.

A correction is only made where the release's own parser then takes the words, and where nothing else can have
been meant: one near flag and no second, a successor that takes the same values, another spelling of a choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vllm_doctor import vllm
from vllm_doctor.facts.meant_values import values_meant
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass
from vllm_doctor.vllm.near import likeness
from vllm_doctor.vllm.spelling import dashed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.vllm import ArgumentError, Program

# fitted on misspelt flags: letters dropped, doubled, swapped or changed, parts in another form
CLEAR = 0.8
AHEAD = 0.08
_YES, _NO = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_SENSE = pattern(r"--(no|disable|enable)-")


@dataclass(frozen=True, slots=True)
class Correction:
    """One edit: `rename` a flag, `set` its value, leave it `bare`, `add` an option, `remove` one, `drop` a word."""

    verb: Literal["rename", "set", "bare", "add", "remove", "drop"]
    word: str
    to: str = ""


def corrections(error: ArgumentError, argv: Sequence[str], release: str, program: Program) -> tuple[Correction, ...]:
    """The edits that make of a rejected argument what was meant; () where that is not clear."""
    before = len(vllm.check(argv, release, program, suggest=False))
    for way in _ways(error, argv, release, program):
        after = vllm.check(_applied(argv, error.index, way), release, program, suggest=False)
        if len(after) < before:
            return way
    return ()


def _ways(
    error: ArgumentError, argv: Sequence[str], release: str, program: Program
) -> Iterator[tuple[Correction, ...]]:
    if error.fault == "unknown-option":
        yield from _flags_meant(error, argv, release, program)
    elif error.fault == "stray-word":
        yield from _switch(argv, error.index - 1, error.word, release, (Correction("drop", error.word),))
    elif error.fault == "needless-value":
        flag = error.word.partition("=")[0]
        yield from _switch([flag], 0, error.value or "", release, (), Correction("bare", flag))
    elif error.fault in ("invalid-choice", "invalid-value", "unknown-key") and error.value is not None:
        for value in values_meant(error.flag, error.value, error.valid):
            yield (Correction("set", error.word.partition("=")[0], value),)
    if error.fault in ("unknown-option", "invalid-value", "unknown-key"):
        yield from _moved(error, argv, release, program)


def _moved(
    error: ArgumentError, argv: Sequence[str], release: str, program: Program
) -> Iterator[tuple[Correction, ...]]:
    """The option as an older release took it, in the words of this one."""
    from vllm_doctor.facts.moved_options import moved_option

    found = moved_option(error, argv, release, program)
    if found is None or any(len(put.values) != 1 for put in found[1]):
        return
    old, (first, *others) = found
    more = tuple(Correction("add", put.name, put.values[0]) for put in others)
    if first.values == old.values:
        yield (Correction("rename", old.flag, first.name), *more)
    elif first.name == old.flag:
        yield (Correction("set", old.flag, first.values[0]), *more)
    else:
        yield (Correction("remove", old.flag), Correction("add", first.name, first.values[0]), *more)


def _flags_meant(
    error: ArgumentError, argv: Sequence[str], release: str, program: Program
) -> Iterator[tuple[Correction, ...]]:
    written = error.word.partition("=")[0]
    flag, dot, key = error.flag.partition(".")
    if change := vllm.renamed(flag, release):
        yield from _successor(written, change[0], flag, argv)
        return
    foreign = vllm.elsewhere(flag)
    if foreign and foreign.new:
        if not foreign.note:
            yield (Correction("rename", written, foreign.new),)
        return
    if error.elsewhere is not None:
        return
    scored = sorted(((likeness(flag, name), name) for name in error.nearest), reverse=True)
    ahead = len(scored) < 2 or scored[0][0] - scored[1][0] >= AHEAD
    if scored and scored[0][0] >= CLEAR and ahead and _sense(scored[0][1]) == _sense(flag):
        yield (Correction("rename", written, scored[0][1] + dot + key),)


def _sense(flag: str) -> str:
    """Whether a flag's name switches something on or off."""
    found = _SENSE.match(flag)
    return found[1] if found else ""


def successors(written: str, argv: Sequence[str], release: str) -> tuple[Correction, ...]:
    """The edits from a flag that a release has replaced to what took its place; () where that is not clear."""
    change = vllm.renamed(written, release)
    return next(_successor(written, change[0], dashed(written), argv), ()) if change else ()


def _successor(written: str, new: str | None, flag: str, argv: Sequence[str]) -> Iterator[tuple[Correction, ...]]:
    """The ways from a flag that is gone to what replaced it."""
    from vllm_doctor.vllm.successors import successor

    told = successor(flag)
    if told is None or new is None:
        yield (Correction("remove", written),)
    elif told.value and vllm.arity(flag, told.since) in (0, None):
        yield (Correction("remove", written), Correction("add", new, told.value))
    elif told.key:
        yield (Correction("rename", written, f"{new}.{told.key}"),)
    elif not told.note or "can be left out" in told.note:
        yield (Correction("rename", written, new),)
    elif "alone turns it on" in told.note and any(word.partition("=")[0].replace("_", "-") == new for word in argv):
        yield (Correction("remove", written),)


def _switch(
    argv: Sequence[str], at: int, value: str, release: str, more: tuple[Correction, ...], on: Correction | None = None
) -> Iterator[tuple[Correction, ...]]:
    """`--flag true` and `--flag=false` of a flag that takes no value."""
    flag = argv[at] if 0 <= at < len(argv) else ""
    if not flag.startswith("--") or vllm.arity(flag, release) != 0:
        return
    if value.lower() in _YES:
        yield (*((on,) if on else ()), *more)
    elif value.lower() in _NO:
        if vllm.default(flag, release) in (False, None):
            yield (Correction("remove", flag), *more)
        else:
            yield (*((on,) if on else ()), Correction("rename", flag, "--no-" + flag[2:]), *more)


def _applied(argv: Sequence[str], index: int, way: Sequence[Correction]) -> list[str]:
    """The arguments after the edits, near enough to ask the parser."""
    words = list(argv)
    for edit in way:
        at = next((place for place, word in enumerate(words) if word.partition("=")[0] == edit.word), None)
        if edit.verb == "add":
            words += [edit.word, edit.to]
        elif at is None:
            continue
        elif edit.verb == "drop":
            del words[index if index < len(words) and words[index] == edit.word else at]
        elif edit.verb == "rename":
            words[at] = edit.to + words[at][len(edit.word) :]
        elif edit.verb == "bare":
            words[at] = edit.word
        elif edit.verb == "set":
            glued = words[index].startswith("-") and "=" in words[index]
            words[index] = f"{edit.word}={edit.to}" if glued else edit.to
        else:
            values = 1 if "=" not in words[at] and at + 1 < len(words) and not words[at + 1].startswith("-") else 0
            takes = vllm.arity(edit.word, None) if values else 0
            del words[at : at + 1 + (0 if takes == 0 else values)]
    return words
