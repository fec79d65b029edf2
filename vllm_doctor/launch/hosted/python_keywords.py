"""`LLM(model=..., max_model_len=...)`: the keyword arguments as the options that they stand for, and their edits."""

from __future__ import annotations

import ast
import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.python_list import escaped, style_of
from vllm_doctor.launch.hosted.python_text import number_of
from vllm_doctor.launch.hosted.site import NoHost
from vllm_doctor.launch.options import is_flag
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.types import Word
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.hosted.python_text import PythonText
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits

_POSITIONAL = ("model", "tokenizer", "tokenizer_mode")
_ON_UNLESS_SAID = frozenset({"enable_prefix_caching", "enable_chunked_prefill", "async_scheduling"})
_NUMBER = pattern(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
_FLAG = pattern(r"--(no-)?([a-z][a-z0-9_-]*)")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: its name, its value, where all of it stands (`name=value`), and the call that it stands in."""

    name: str
    value: ast.expr
    span: Span


@dataclass(frozen=True, slots=True)
class _Made:
    word: Word
    argument: Argument
    whole: bool = False


def arguments_of(source: PythonText, call: ast.Call, dicts: dict[str, ast.expr]) -> list[Argument]:
    """The arguments of a call by name; `**options` is put in where the module spells it."""
    found: list[Argument] = []
    for name, value in zip(_POSITIONAL, call.args, strict=False):
        if isinstance(value, ast.Starred):
            break
        found.append(Argument(name, value, source.span(value)))
    for keyword in call.keywords:
        if keyword.arg:
            found.append(Argument(keyword.arg, keyword.value, source.span(keyword)))
        else:
            found += _spread(source, keyword.value, dicts)
    return found


def _spread(source: PythonText, value: ast.expr, dicts: dict[str, ast.expr]) -> list[Argument]:
    known = dicts.get(value.id) if isinstance(value, ast.Name) else value
    if isinstance(known, ast.Dict):
        pairs = zip(known.keys, known.values, strict=True)
        named = [(key, item) for key, item in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        return [
            Argument(str(key.value), item, Span(source.span(key).start, source.span(item).end)) for key, item in named
        ]
    if isinstance(known, ast.Call) and getattr(known.func, "id", "") == "dict":
        return [Argument(one.arg, one.value, source.span(one)) for one in known.keywords if one.arg]
    return []


class KeywordHost(NoHost):
    """The words that arguments stand for; a word is changed by changing its argument."""

    def __init__(self, source: PythonText, call: ast.Call, found: Sequence[Argument]) -> None:
        self.source, self.call, self.found = source, call, list(found)
        self.made = [made for argument in found for made in self._words(argument)]

    @property
    def words(self) -> tuple[Word, ...]:
        """The words in the order of the arguments."""
        return tuple(made.word for made in self.made)

    def _words(self, argument: Argument) -> list[_Made]:
        """An argument as an option: True is the flag alone, None and False are nothing, a dict is JSON."""
        flag = "--" + argument.name.replace("_", "-")
        value = argument.value
        head = self._word(flag, argument, argument.span)
        if isinstance(value, ast.Constant) and value.value is True:
            return [head]
        if isinstance(value, ast.Constant) and (value.value is None or value.value is False):
            said_off = value.value is False and argument.name in _ON_UNLESS_SAID
            return [self._word("--no-" + flag[2:], argument, argument.span)] if said_off else []
        if isinstance(value, (ast.List, ast.Tuple)) and value.elts:
            return [head, *(self._value(argument, item, False) for item in value.elts)]
        return [head, self._value(argument, value, True)]

    def _value(self, argument: Argument, value: ast.expr, whole: bool) -> _Made:
        span = self.source.span(value)
        written, dynamic = _said(self.source, value)
        return _Made(Word(written, span.of(self.source.text), span, dynamic), argument, whole)

    def _word(self, flag: str, argument: Argument, span: Span) -> _Made:
        name = span if span.of(self.source.text).startswith(argument.name) else Span(span.start, span.start)
        place = Span(name.start, name.start + len(argument.name)) if name.end > name.start else name
        return _Made(Word(flag, place.of(self.source.text), place), argument)

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """Another value in the manner of the old one."""
        made = self.made[index]
        if skip or isinstance(value, Raw) or made.word.raw == made.argument.name or not made.word.raw:
            return
        for written in _written(value, made.word.raw):
            yield (Edit(made.word.span, written),)

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """A new argument behind the last one, on a line of its own where the others have one."""
        flag = _FLAG.fullmatch(values[0]) if values else None
        if not flag or len(values) > 2 or any(isinstance(value, Raw) for value in values):
            return
        ways = list(_written(values[1], "")) if len(values) == 2 else ["False" if flag[1] else "True"]
        for written in ways:
            edit = self._added(f"{flag[2].replace('-', '_')}={written}")
            if edit:
                yield (edit,)

    def _added(self, argument: str) -> Edit | None:
        spans = [self.source.span(one) for one in (*self.call.args, *self.call.keywords)]
        if not spans:
            return None
        text, last = self.source.text, max(spans, key=lambda span: span.end)
        gap = text[max(text.rfind("\n", 0, last.start), 0) : last.start]
        newline = "\r\n" if text[: max(text.rfind("\n", 0, last.start), 0)].endswith("\r") else "\n"
        alone = gap.startswith("\n") and not gap.strip() and self.source.span(self.call).start < last.start - len(gap)
        return Edit(Span(last.end, last.end), f",{newline}{gap[1:]}{argument}" if alone else f", {argument}")

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """Arguments taken out with their comma and line, when all of their words are to go."""
        gone = {id(self.made[index].argument): self.made[index].argument for index in indices}
        left = [at for at, made in enumerate(self.made) if id(made.argument) in gone and at not in indices]
        inside = {self.source.span(one) for one in self.call.keywords}
        if left or any(argument.span not in inside for argument in gone.values()):
            return
        yield tuple(Edit(self._with_comma(argument.span), "") for argument in gone.values())

    def _with_comma(self, span: Span) -> Span:
        text = self.source.text
        after = _AFTER.match(text, span.end)
        line = text.rfind("\n", 0, span.start) + 1
        own_line = not text[line : span.start].strip()
        if own_line and after and after["end"] is not None:
            return Span(line, after.end())
        if after and after["comma"] and not own_line:
            return Span(span.start, span.end + len(after["comma"]) + len(after["blank"]))
        before = len(text[: span.start].rstrip())
        return Span(before - 1, span.end) if text[before - 1 : before] == "," else span


_AFTER = pattern(r"(?P<comma>[ \t]*,)?(?P<blank>[ \t]*)(?P<end>(?:#[^\r\n]*)?\r?\n)?")


def _said(source: PythonText, value: ast.expr) -> tuple[str, bool]:
    """A value as the command line would have it, and whether it is only known when the program runs."""
    if isinstance(value, ast.Constant) and not isinstance(value.value, str):
        number = isinstance(value.value, (int, float)) and not isinstance(value.value, bool)
        return (number_of(source, value) if number else str(value.value)), False
    if isinstance(value, (ast.Dict, ast.UnaryOp, ast.List, ast.Tuple)):
        try:
            known = ast.literal_eval(value)
            return (json.dumps(known) if isinstance(known, (dict, list)) else str(known)), False
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            return "${expression}", True
    pieces = source.pieces(value) or []
    return "".join(piece.value for piece in pieces), any(piece.dynamic for piece in pieces)


def _written(value: str, like: str) -> Iterator[str]:
    """Ways to write a value, the best first: as the old one was, as a number, as JSON's literal, as a string."""
    style = style_of(like)
    if style:
        inner = escaped(value, "", style[1])
        if inner is not None:
            yield style[1] + inner + style[1]
        return
    if _NUMBER.fullmatch(value):
        yield value
    if value.startswith(("{", "[")):
        with contextlib.suppress(ValueError, RecursionError):
            yield repr(json.loads(value))
    inner = escaped(value, "", '"')
    if inner is not None and not (like and is_flag(value)):
        yield f'"{inner}"'
