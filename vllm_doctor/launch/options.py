"""The arguments of a launch split into options and their values, as argparse does it.

A word that begins with a dash is a flag, unless it is a lone dash, a negative number, or has a blank before
any `=` (argparse takes those for values). After `--` nothing is a flag. How many words follow a flag is what
`arity` says. For a flag that it does not know (None), the next word is taken as its value when it is no flag:
most of vLLM's options take one value, and a wrong guess then costs a positional that vLLM has only in front.
A dotted key (`--compilation-config.mode 3`) always takes one value, whatever it looks like
(vllm/utils/argparse_utils.py, 0.32.0). `$@` and `${X[@]}` may hold options of their own and are never taken
for a value that is not required.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.source import Source
from vllm_doctor.launch.types import Arity, Launch, Option, Word
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NEGATIVE = pattern(r"-(?:\d+|\d*\.\d+)")
_MANY = pattern(r"\$(?:[@*]|\{[@*]\}|\{\w+\[[@*]\].*\})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Head:
    """The flag of a word: its canonical and written form, and where a glued value begins (-1: none)."""

    flag: str
    written: str
    glue: int


def options(launch: Launch, arity: Arity) -> tuple[Option, ...]:
    """The options of a launch in their order; the module says how words are told apart."""
    return tuple(item for item in _split(launch.words, arity) if isinstance(item, Option))


def positional(launch: Launch, arity: Arity) -> tuple[Word, ...]:
    """The words that are neither a flag nor a flag's value."""
    return tuple(item for item in _split(launch.words, arity) if isinstance(item, Word))


def find(launch: Launch, arity: Arity, *flags: str) -> Option | None:
    """The option that counts: the last of those spelled as one of `flags` (`_` and `-` are the same)."""
    wanted = {canonical(flag) for flag in flags}
    return next((item for item in reversed(options(launch, arity)) if item.flag in wanted), None)


def canonical(flag: str) -> str:
    """The dashed spelling: `--max_model_len` is `--max-model-len`; keys after a dot stay as they are."""
    if not flag.startswith("--"):
        return flag
    head, dot, rest = flag.partition(".")
    return head.replace("_", "-") + dot + rest


def is_flag(word: str) -> bool:
    """Whether argparse takes a word for an option rather than a value."""
    if len(word) < 2 or word[0] != "-" or word == "--" or _NEGATIVE.fullmatch(word):
        return False
    return " " not in word.partition("=")[0]


def head_of(word: str, arity: Arity) -> _Head:
    """The flag that a word spells, and whether its value is glued to it."""
    written, glue, _ = word.partition("=")
    if "." in written:
        return _Head(canonical(written), written, len(written) + 1 if glue else -1)
    if word.startswith("-O") and len(word) > 2:
        return _Head("-O", "-O", 2 + word.startswith("-O="))
    if arity(canonical(written)) is None and not word.startswith("--") and len(word) > 2 and word[2] != "=":
        short = arity(word[:2])
        if short is not None and short != 0:
            return _Head(word[:2], word[:2], 2)
    return _Head(canonical(written), written, len(written) + 1 if glue else -1)


def _split(words: tuple[Word, ...], arity: Arity) -> Iterator[Option | Word]:
    at = 0
    while at < len(words):
        word = words[at]
        if word.value == "--":
            yield from words[at + 1 :]
            return
        if not is_flag(word.value):
            yield word
            at += 1
            continue
        head = head_of(word.value, arity)
        count = 0 if head.glue >= 0 else _count(words, at + 1, head.flag, arity)
        yield _option(words, at, head, count)
        at += 1 + count


def _count(words: tuple[Word, ...], at: int, flag: str, arity: Arity) -> int:
    """How many of the words from `at` on are the values of `flag`."""
    if "." in flag:
        return min(1, len(words) - at)
    wanted = arity(flag)
    if isinstance(wanted, int):
        most = wanted
        optional = False
    else:
        most = 1 if wanted in (None, "?") else len(words)
        optional = True
    count = 0
    while count < most and at + count < len(words):
        word = words[at + count]
        if word.value == "--" or is_flag(word.value) or (optional and word.dynamic and _MANY.fullmatch(word.value)):
            break
        count += 1
    return count


def _option(words: tuple[Word, ...], at: int, head: _Head, count: int) -> Option:
    word = words[at]
    if head.glue >= 0:
        return Option(
            head.flag,
            head.written,
            (word.value[head.glue :],),
            word.span,
            glued_span(word, head.glue),
            True,
            at,
        )
    values = words[at + 1 : at + 1 + count]
    value_span = _cover(values)
    span = _cover([word, *values]) or word.span
    return Option(head.flag, head.written, tuple(value.value for value in values), span, value_span, False, at)


def _cover(words: Iterable[Word]) -> Span | None:
    """From the first word to the last, where they stand in this order; else the first alone."""
    spans = [word.span for word in words]
    if not spans:
        return None
    ordered = all(one.end <= two.start for one, two in pairwise(spans))
    return Span(spans[0].start, spans[-1].end) if ordered else spans[0]


def glued_span(word: Word, skip: int) -> Span:
    """Where the value of `--flag=value` stands, with its quotes unless they begin before the flag."""
    if word.raw[:skip] == word.value[:skip]:
        return Span(word.span.start + skip, word.span.end)
    source = Source(word.raw, word.raw, range(len(word.raw)), range(1, len(word.raw) + 1))
    token = lex(word.raw)[0]
    inner = source.within(token, skip)
    if token.raw != word.raw or not inner.starts:
        return word.span
    return Span(word.span.start + inner.starts[0], word.span.start + inner.ends[-1])
