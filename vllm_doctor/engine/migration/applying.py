"""The moves of a plan, made in a launch's text: in the place of the old option where that can be, else at the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vllm_doctor.errors import LaunchError
from vllm_doctor.finding import Change
from vllm_doctor.launch.edit import apply_to, remove_option, rename_option, set_env, set_option, unset_env
from vllm_doctor.launch.options import is_flag, options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Arity, Launch, Option
    from vllm_doctor.vllm.moving import Move, Put


def applied(launch: Launch, move: Move, arity: Arity) -> Launch:
    """The launch with one move made.

    Raises:
        LaunchError: no edit of the text does it and nothing else.
    """
    last: LaunchError | None = None
    for way in (_in_place, _anew):
        try:
            return way(launch, move, arity)
        except LaunchError as error:
            last = error
    raise last or LaunchError("the move cannot be made", launch.file)


def changes(launch: Launch, move: Move, arity: Arity) -> tuple[Change, ...]:
    """What a move changes, in the words of a fix."""
    old = {one.flag: " ".join(one.values) or None for one in options(launch, arity)}
    old |= {variable.name: variable.value for variable in launch.env}
    puts = {put.name: put for put in move.puts}
    gone = [
        Change("remove" if name.startswith("-") else "unsetenv", name, old.get(name))
        for name in move.takes
        if name not in puts
    ]
    come = [
        Change(
            "setenv" if put.variable else "set",
            put.name,
            old.get(put.name) if put.name in move.takes else None,
            " ".join(put.values) if put.values else None,
        )
        for put in move.puts
    ]
    return (*gone, *come)


def put_in(launch: Launch, puts: Sequence[Put], arity: Arity) -> Launch:
    """The launch with options and variables added.

    Raises:
        LaunchError: no edit of the text does it and nothing else.
    """
    for put in puts:
        if put.variable:
            launch = apply_to(launch, set_env(launch, put.name, put.values[0]))
        else:
            launch = apply_to(launch, set_option(launch, arity, put.name, _value(put)))
    return launch


def _anew(launch: Launch, move: Move, arity: Arity) -> Launch:
    """All that goes taken out, all that comes put at the end."""
    kept = {put.name for put in move.puts if not _retyped(launch, put, arity)}
    for name in move.takes:
        if name in kept and len(_uses(launch, name, arity)) < 2:
            continue
        if name.startswith("-"):
            launch = apply_to(launch, remove_option(launch, arity, name))
        else:
            launch = apply_to(launch, unset_env(launch, name))
    return put_in(launch, move.puts, arity)


def written_as_text(after: Launch, puts: Sequence[Put]) -> list[str]:
    """The arguments of Python that are to be a dict and could only be written as a text of one."""
    if after.program != "LLM()":
        return []
    wanted = [put for put in puts if put.values and put.values[0].startswith("{")]
    return [put.name for put in wanted if repr(json.loads(put.values[0])) not in after.text]


def _retyped(launch: Launch, put: Put, arity: Arity) -> bool:
    """Whether a number or text of Python becomes a dict: it is written anew, for in its place it would be a text."""
    old = next((one.values for one in options(launch, arity) if one.flag == put.name), ())
    return launch.program == "LLM()" and [v[:1] == "{" for v in old] != [v[:1] == "{" for v in put.values]


def _in_place(launch: Launch, move: Move, arity: Arity) -> Launch:
    """The first option that comes, in the place of the first that goes; the others as `_anew` makes them."""
    flags = [name for name in move.takes if name.startswith("-")]
    puts = [put for put in move.puts if not put.variable]
    there = {one.flag for one in options(launch, arity)}
    if not flags or not puts or puts[0].name in there:
        return _anew(launch, move, arity)
    first = min(flags, key=lambda name: next(iter(_uses(launch, name, arity))).index)
    uses = _uses(launch, first, arity)
    if len(uses) > 1 and any(one.values != puts[0].values for one in uses):
        return _anew(launch, move, arity)
    after = _replaced(launch, uses[-1], puts[0], arity)
    for name in move.takes:
        if name != first and name.startswith("-"):
            after = apply_to(after, remove_option(after, arity, name))
        elif name != first:
            after = apply_to(after, unset_env(after, name))
    return put_in(after, [put for put in move.puts if put is not puts[0]], arity)


def _uses(launch: Launch, flag: str, arity: Arity) -> list[Option]:
    found = [one for one in options(launch, arity) if one.flag == flag]
    if not found and flag.startswith("-"):
        raise LaunchError(f"{flag} does not stand there as a word", launch.file)
    return found


def _replaced(launch: Launch, option: Option, put: Put, arity: Arity) -> Launch:
    """One option written as another, its values as they are written where they stay."""
    for name, value in _ways(launch, option, put):
        if value == "drop":
            launch = apply_to(launch, set_option(launch, arity, option.flag, None))
        launch = apply_to(launch, rename_option(launch, arity, option.flag, name))
        return apply_to(launch, set_option(launch, arity, put.name, _value(put))) if value == "set" else launch
    return launch


def _ways(launch: Launch, option: Option, put: Put) -> Iterator[tuple[str, str]]:
    """The flag to write, and what is to be done about the values: `keep`, `drop` or `set` them."""
    if option.flag == "-O" and option.glued and put.values == option.values:
        equals = launch.argv[option.index].startswith("-O=")
        yield (put.name if equals else f"{put.name}=", "keep")
    if option.flag == "-O" and option.glued:
        raise LaunchError("-O is glued to its value", launch.file)
    if put.values == option.values:
        yield (put.name, "keep")
    if not put.values:
        yield (put.name, "drop" if option.values else "keep")
    behind = launch.argv[option.index + 1 : option.index + 2]
    swallows = "." in put.name or (behind and not is_flag(behind[0]))
    if not option.values and len(put.values) == 1 and behind and swallows:
        yield (f"{put.name}={put.values[0]}", "keep")
    yield (put.name, "set")


def _value(put: Put) -> str | tuple[str, ...] | None:
    if not put.values:
        return None
    return put.values[0] if len(put.values) == 1 else put.values
