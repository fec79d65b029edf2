"""Edits of a rule made ready for one launch: placeholders filled, one edit for each flag that a figure names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.engine.conditions import fill
from vllm_doctor.engine.rule_parts import PLACEHOLDER
from vllm_doctor.finding import Change
from vllm_doctor.launch.edit import apply_to, remove_option, remove_word, rename_option, set_option
from vllm_doctor.launch.options import find, options, positional
from vllm_doctor.vllm.any_release import spellings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vllm_doctor.engine.rule_parts import EditSpec
    from vllm_doctor.launch.types import Arity, Launch


def filled(edits: Sequence[EditSpec], values: Mapping[str, str]) -> list[EditSpec] | None:
    """The edits with their placeholders filled.

    A name that is a placeholder stands for as many edits as its figure has words, none for an empty one; `to`
    then has as many words, or is one value. None where they are not as many.
    """
    made: list[EditSpec] = []
    for edit in edits:
        name = fill(edit.name, values)
        to = None if edit.to is None else fill(edit.to, values)
        names = name.split() if PLACEHOLDER.fullmatch(edit.name) else [name]
        if len(names) == 1 or to is None:
            made += [replace(edit, name=one, to=to) for one in names]
        elif len(tos := to.split()) == len(names):
            made += [replace(edit, name=one, to=other) for one, other in zip(names, tos, strict=True)]
        else:
            return None
    return made


def apply_rename(launch: Launch, edit: EditSpec, arity: Arity) -> tuple[tuple[Change, ...], Launch]:
    """The launch with a flag called otherwise, its values kept; no changes where it does not stand there."""
    option = find(launch, arity, edit.name)
    if option is None or edit.to is None:
        return (), launch
    value = " ".join(option.values) or None
    changes = (Change("remove", option.written, value), Change("set", edit.to, None, value))
    return changes, apply_to(launch, rename_option(launch, arity, edit.name, edit.to))


def apply_once(launch: Launch, edit: EditSpec, arity: Arity) -> tuple[tuple[Change, ...], Launch]:
    """The launch with an option given once, as it is given last; no changes where it stands once."""
    names = spellings(edit.name)
    lost = [option for option in options(launch, arity) if option.flag in names][:-1]
    if not lost:
        return (), launch
    edits = remove_option(launch, arity, edit.name, aliases=names, spare_last=True)
    changes = (Change("remove", option.written, " ".join(option.values) or None) for option in lost)
    return tuple(changes), apply_to(launch, edits)


def apply_apart(launch: Launch, edit: EditSpec, arity: Arity) -> tuple[tuple[Change, ...], Launch]:
    """The launch with `--flag=value` written as two words; no changes where it is not glued."""
    option = find(launch, arity, edit.name)
    if option is None or not option.glued:
        return (), launch
    edits = set_option(launch, arity, edit.name, option.values, apart=True)
    return (Change("set", option.written, None, option.values[0]),), apply_to(launch, edits)


def apply_drop(launch: Launch, edit: EditSpec, arity: Arity) -> tuple[tuple[Change, ...], Launch]:
    """The launch without a word that belongs to no option."""
    if not any(word.value == edit.name for word in positional(launch, arity)[1:]):
        return (), launch
    return (Change("remove", edit.name),), apply_to(launch, remove_word(launch, arity, edit.name))


def apply_mend(launch: Launch, edit: EditSpec, arity: Arity) -> tuple[tuple[Change, ...], Launch]:
    """The launch with its text mended where it is broken in this way: it says the same, and vLLM receives it."""
    from vllm_doctor.launch.broken.flaws import mended

    return (), mended(launch, edit.name)


def apply_give(launch: Launch, edit: EditSpec, _: Arity) -> tuple[tuple[Change, ...], Launch]:
    """The launch whose container is given something; `launch.around.edit.GIVEN` says what that may be."""
    from vllm_doctor.launch.around.edit import given

    change = Change("give", edit.name, launch.container.get(edit.name), edit.to)
    return (change,), given(launch, edit.name, edit.to or "")


WAYS: dict[str, Callable[[Launch, EditSpec, Arity], tuple[tuple[Change, ...], Launch]]] = {
    "rename": apply_rename,
    "once": apply_once,
    "apart": apply_apart,
    "drop": apply_drop,
    "mend": apply_mend,
    "give": apply_give,
}
"""How the edits are made that have a verb of their own."""


def touched(edit: EditSpec) -> set[str]:
    """The names that an edit may change, as `launch.diff.changed` calls them."""
    if edit.verb in ("drop", "mend"):
        return {"model", *(("program", *spellings("--model")) if edit.verb == "mend" else ())}
    if "env" in edit.verb:
        return {edit.name}
    if edit.verb == "give":
        return {"container"}
    return {*spellings(edit.name), *(spellings(edit.to or "") if edit.verb == "rename" else ())}


def told(edit: EditSpec) -> tuple[Change, ...]:
    """What an edit would change, where no launch is known."""
    if edit.verb == "mend":
        return ()
    if edit.verb == "rename":
        return (Change("remove", edit.name), Change("set", edit.to or ""))
    verb = {"drop": "remove", "once": "remove", "apart": "set"}.get(edit.verb, edit.verb)
    return (Change(verb, edit.name, None, edit.to),)  # type: ignore[arg-type]
