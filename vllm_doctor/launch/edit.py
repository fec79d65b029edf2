"""Edits of a launch that keep every other byte of its text.

Each function returns the edits for `vllm_doctor.text.apply`, or () where there is nothing to change. Before
it returns, the edited text is read again: the launch must say just what was asked, its other words, its
environment and all other launches of the text must be as before; else a `LaunchError` is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.diff import changed
from vllm_doctor.launch.lexer import closed
from vllm_doctor.launch.options import canonical, options, positional
from vllm_doctor.launch.requote import Raw, Value
from vllm_doctor.launch.writers import Place, Writer, writer_of
from vllm_doctor.text import Edit, Span, apply
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Arity, Launch, Option
    from vllm_doctor.launch.writer import Edits

__all__ = [
    "Raw",
    "apply_to",
    "changed",
    "remove_option",
    "remove_word",
    "rename_option",
    "set_env",
    "set_option",
    "unset_env",
]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the launch must say after an edit; `env` None: what it says now; `unset`: not this variable."""

    argv: tuple[Value, ...]
    env: dict[str, Value | None] | None = None
    unset: str | None = None


def set_option(
    launch: Launch,
    arity: Arity,
    flag: str,
    value: Value | Sequence[Value] | None,
    aliases: Sequence[str] = (),
    *,
    apart: bool = False,
) -> Edits:
    """Give an option a value: in the user's own spelling and quotes where it is there, else added at the end.

    `value` None stands for a flag without a value; several values are a sequence. Of several occurrences the
    last is changed, which is the one that counts. Values are quoted unless they are `Raw`. `apart` writes
    `--flag=value` as two words.

    Raises:
        LaunchError: no edit of the text does this and nothing else.
    """
    values = _values(value)
    named = {canonical(name) for name in (flag, *aliases)}
    option = next((one for one in reversed(options(launch, arity)) if one.flag in named), None)
    if option and _says(launch, option, values) and not (apart and option.glued):
        return ()
    writer = writer_of(launch)
    words: tuple[Value, ...] = launch.argv
    if not option:
        if "--" in words:
            raise LaunchError(f"{flag} cannot be added behind --", launch.file, "Put it before the --.")
        return _first(writer, launch, writer.append([flag, *values]), _Wanted((*words, flag, *values)))
    at, count = option.index, len(option.values)
    head, tail = words[: at + 1], words[at + 1 + count :]
    if option.glued and len(values) == 1 and not apart:
        skip = len(words[at]) - len(option.values[0])
        made = _joined(words[at][:skip], values[0])
        ways = writer.replace(at, skip, values[0])
        return _first(writer, launch, ways, _Wanted((*words[:at], made, *words[at + 1 :])))
    if option.glued:
        ways = _glued_to_several(writer, at, option.written, values)
        return _first(writer, launch, ways, _Wanted((*words[:at], option.written, *values, *words[at + 1 :])))
    return _first(writer, launch, _revalued(writer, option, values), _Wanted((*head, *values, *tail)))


def _glued_to_several(writer: Writer, at: int, written: str, values: Sequence[Value]) -> Iterator[Edits]:
    for start in writer.replace(at, 0, written):
        for rest in writer.insert(at, values) if values else [()]:
            yield (*start, *rest)


def _revalued(writer: Writer, option: Option, values: Sequence[Value]) -> Iterator[Edits]:
    """Replace the values that stand, put in those that are more, take out those that are too many."""
    at, count = option.index + 1, len(option.values)
    shared = min(count, len(values))
    firsts = [list(writer.replace(at + i, 0, values[i])) for i in range(shared) if values[i] != option.values[i]]
    rests: list[Edits] = [()]
    if len(values) > count:
        rests = list(writer.insert(at + count - 1, values[count:]))
    elif count > len(values):
        rests = list(writer.delete(range(at + shared, at + count)))
    ways = max((len(way) for way in firsts), default=1)
    for turn in range(ways):
        start = tuple(edit for way in firsts for edit in way[min(turn, len(way) - 1)])
        for rest in rests:
            yield (*start, *rest)


def remove_option(
    launch: Launch, arity: Arity, flag: str, aliases: Sequence[str] = (), *, spare_last: bool = False
) -> Edits:
    """Take out every occurrence of an option (or all but the last), with its values and the blank before it.

    Raises:
        LaunchError: no edit of the text does this and nothing else.
    """
    named = {canonical(name) for name in (flag, *aliases)}
    gone: set[int] = set()
    there = [option for option in options(launch, arity) if option.flag in named]
    for option in there[:-1] if spare_last else there:
        last = option.index + (0 if option.glued else len(option.values))
        gone.update(range(option.index, last + 1))
    if not gone:
        return ()
    writer = writer_of(launch)
    kept = tuple(value for index, value in enumerate(launch.argv) if index not in gone)
    return _first(writer, launch, writer.delete(sorted(gone)), _Wanted(kept))


def rename_option(launch: Launch, arity: Arity, flag: str, to: str) -> Edits:
    """Write another flag in place of one, wherever it stands; its values and their quotes stay as they are.

    Raises:
        LaunchError: no edit of the text does this and nothing else.
    """
    named = [one for one in options(launch, arity) if one.flag == canonical(flag) and one.written != to]
    if not named:
        return ()
    writer = writer_of(launch)
    words: list[Value] = list(launch.argv)
    edits: list[Edit] = []
    for option in named:
        word = launch.words[option.index]
        words[option.index] = to + word.value[len(option.written) :]
        at = word.span.start + word.raw.find(option.written)
        if at >= word.span.start:
            edits.append(Edit(Span(at, at + len(option.written)), to))
            continue
        anew = next(writer.replace(option.index, 0, words[option.index]), None)
        if anew is None:
            raise LaunchError(f"{flag} is written in pieces", launch.file, "Make the change by hand.")
        edits += anew
    return _first(writer, launch, iter([tuple(edits)]), _Wanted(tuple(words)))


def remove_word(launch: Launch, arity: Arity, word: str) -> Edits:
    """Take out every occurrence of a word that belongs to no option, but for the first such word, the model.

    Raises:
        LaunchError: no edit of the text does this and nothing else.
    """
    spare = {one.span for one in positional(launch, arity)[1:] if one.value == word}
    gone = [index for index, one in enumerate(launch.words) if one.span in spare and one.value == word]
    if not gone:
        return ()
    writer = writer_of(launch)
    kept = tuple(value for index, value in enumerate(launch.argv) if index not in gone)
    return _first(writer, launch, writer.delete(gone), _Wanted(kept))


def set_env(launch: Launch, name: str, value: Value) -> Edits:
    """Set an environment variable: where it is set now, else before the program or with a container's `-e`.

    A variable that other launches of the text share, or that the text itself reads, is not changed where it
    is exported; it is set anew before this program.

    Raises:
        LaunchError: no edit of the text does this and nothing else.
    """
    env = _env(launch)
    if not isinstance(value, Raw) and env.get(name) == value:
        return ()
    writer = writer_of(launch)
    return _first(writer, launch, writer.set_env(name, value), _Wanted(launch.argv, {**env, name: value}))


def unset_env(launch: Launch, name: str) -> Edits:
    """Keep an environment variable from the program: taken out where it is set, else with `env -u`.

    In a container see `ShellWriter.unset_env`.

    Raises:
        LaunchError: no edit of the text does this and nothing else.
    """
    writer = writer_of(launch)
    env = _env(launch)
    if name in env and env[name] is None and launch.kind == "docker":
        return ()
    wanted = _Wanted(launch.argv, {key: value for key, value in env.items() if key != name}, name)
    return _first(writer, launch, writer.unset_env(name), wanted)


def apply_to(launch: Launch, edits: Sequence[Edit]) -> Launch:
    """The same launch in the edited text.

    Raises:
        LaunchError: it is no longer there, or another launch came or went.
    """
    writer = writer_of(launch)
    after = _reread(writer, launch, edits)
    if after is None:
        raise LaunchError("the launch is no longer there after the edit", launch.file)
    return after[writer.index]


def _reread(writer: Writer, launch: Launch, edits: Sequence[Edit]) -> list[Launch] | None:
    """The launches of the edited text; None where one came, went or was left with an open quote."""
    text = apply(launch.text, edits)
    before, after = writer.reread(launch.text), writer.reread(text)
    if len(after) != len(before) or not writer.intact(text, after):
        return None
    kept = all(_kept(one, two) for one, two in zip(before, after, strict=True))
    return [site.launch for site in after] if kept else None


def _kept(before: Place, after: Place) -> bool:
    one, two = before.launch, after.launch
    same = (one.program, one.image, one.kind) == (two.program, two.image, two.kind)
    return same and (closed(after.script) or not closed(before.script))


def _first(writer: Writer, launch: Launch, ways: Iterator[Edits], wanted: _Wanted) -> Edits:
    """The first way that leaves the launch as wanted and everything else as it was."""
    before = [site.launch for site in writer.reread(launch.text)]
    for edits in ways:
        after = _reread(writer, launch, edits)
        if after is None or not _matches(after[writer.index], launch, wanted):
            continue
        others = [index for index in range(len(before)) if index != writer.index]
        if all(_same(before[index], after[index]) for index in others):
            return edits
    raise LaunchError(
        "this launch cannot be edited without changing something else",
        f"{launch.file}:{launch.line}" if launch.file else "",
        "Make the change by hand.",
    )


def _matches(after: Launch, before: Launch, wanted: _Wanted) -> bool:
    if len(after.argv) != len(wanted.argv) or not all(map(_alike, after.argv, wanted.argv)):
        return False
    found = _env(after)
    env = _env(before) if wanted.env is None else wanted.env
    if wanted.unset is not None and found.get(wanted.unset) is None:
        found.pop(wanted.unset, None)
    return found.keys() == env.keys() and all(
        found[name] == value or isinstance(value, Raw) for name, value in env.items()
    )


def _alike(found: str, wanted: Value) -> bool:
    """Whether a word is the one wanted; raw shell text is not evaluated here and may read otherwise."""
    return found == wanted or isinstance(wanted, Raw)


def _same(one: Launch, two: Launch) -> bool:
    return one.argv == two.argv and _env(one) == _env(two) and one.container == two.container


def _env(launch: Launch) -> dict[str, Value | None]:
    return {variable.name: variable.value for variable in launch.env}


def _values(value: Value | Sequence[Value] | None) -> tuple[Value, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _joined(head: str, value: Value) -> Value:
    return Raw(head + value) if isinstance(value, Raw) else head + value


def _says(launch: Launch, option: Option, values: Sequence[Value]) -> bool:
    """Whether an option has these values already, and not by a variable that only looks like them."""
    words = launch.words[option.index : option.index + 1 + (0 if option.glued else len(option.values))]
    if any(isinstance(value, Raw) for value in values):
        return tuple(word.raw for word in words[1:]) == tuple(values)
    return option.values == tuple(values) and not any(word.dynamic for word in words)
