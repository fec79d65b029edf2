"""One option by itself: kept, spelled otherwise, given to its successor or its predecessor, or dropped."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.config_values import keys
from vllm_doctor.vllm.moving.case import as_data
from vllm_doctor.vllm.moving.formats import called, other_words
from vllm_doctor.vllm.moving.types import Move, Put, Stuck, Text, Words
from vllm_doctor.vllm.options import history
from vllm_doctor.vllm.successors import predecessors, successor, target
from vllm_doctor.vllm.words import dynamic

if TYPE_CHECKING:
    from vllm_doctor.vllm.moving.case import Case
    from vllm_doctor.vllm.types import OptionInfo, Renamed

_PROTECTS = ("--allowed-media-domains", "--disable-fastapi-docs", "--ssl-ciphers", "--disable-uvicorn-access-log")
"""Options without which a server shows or reaches more: none of them is dropped unasked."""
_SECRET = ("--api-key", "--hf-token")
_BEFORE: dict[str, Text] = {
    "--enable-log-requests": ("requests are logged there unless told otherwise", "该版本默认记录请求"),
    "--reasoning-parser": ("the reasoning stays in the text of the answer", "思考内容会留在回答文本中"),
    "--tool-call-parser": ("no tools are called", "不会调用工具"),
    "--enable-auto-tool-choice": ("no tools are called", "不会调用工具"),
    "--generation-config": ("the model's own sampling defaults are not read there", "该版本不读取模型自带的采样默认值"),
    "--max-cudagraph-capture-size": ("the sizes of CUDA graphs are chosen there", "CUDA 图的大小由该版本决定"),
}
"""What an older release does without an option that it does not have yet."""


def option_move(words: Words, case: Case) -> Move | Stuck | None:
    """What becomes of an option; None where it stays as it is."""
    before = case.info(words.flag, case.old)
    if before is None:
        known = _where_known(words.flag, case)
        return option_move(words, replace(case, old=known)) if known is not None else None
    if before.flag == "--model":
        return None
    taken = case.accepts(words.flag, *words.values)
    if taken and not _superseded(words.flag, case):
        return None
    after = case.of_name(before.flag, case.new)
    if after is not None and not taken:
        move = _respelled(words, before, after, case)
        if move is not None:
            return move
    move_or_stuck = _replaced(words, before, case)
    if move_or_stuck is not None or taken:
        return move_or_stuck
    if after is not None and len(words.values) == 1 and words.values[0] == str(before.default):
        return Move((words.flag,), (), ("it was the default", "这是原来的默认值"))
    if after is not None:
        value = "" if before.flag in _SECRET else " " + " ".join(words.values)
        release = case.release(case.new)
        return Stuck(words.flag, (f"{release} does not take the value{value}", f"{release} 不接受值{value}"))
    return _dropped(words, before, case)


def _where_known(flag: str, case: Case) -> int | None:
    """The release nearest to the new one that knows a flag which the old one does not know itself."""
    seen = history(flag)
    numbers = [versions.number(end) for span in seen.spans for end in span] if seen else []
    known = [one for one in numbers if one is not None and case.info(flag, one) is not None]
    return min(known, key=lambda one: abs(one - case.new), default=None)


def _superseded(flag: str, case: Case) -> bool:
    """Whether the new release still takes a flag but calls it deprecated, and has what replaces it."""
    info, told = case.info(flag, case.new), successor(flag)
    if not case.forward or info is None or info.deprecated is None or told is None or not told.new:
        return False
    return not told.differs and case.named(told.new, case.new) is not None


def _respelled(words: Words, before: OptionInfo, after: OptionInfo, case: Case) -> Move | None:
    release = case.release(case.new)
    for way in other_words(words, before, after):
        if way is None:
            return Move((words.flag,), (), ("off is the default there", "该版本默认关闭"))
        if way != (words.flag, *words.values) and case.accepts(*way):
            why = (f"as {release} spells it", f"{release} 的写法")
            return Move((words.flag,), (Put(way[0], way[1:]),), why)
    return None


def _replaced(words: Words, before: OptionInfo, case: Case) -> Move | Stuck | None:
    """The option as its successor, or as the one that it replaced itself."""
    names = (words.flag,) if "." in words.flag else (words.flag, before.flag)
    if case.forward:
        told = next((found for found in map(successor, names) if found), None)
        return _by_successor(words, before, told, case) if told and _there(told, case) else None
    for told in next((found for found in map(predecessors, names) if found), ()):
        put = None if told.differs else _as_before(words, told, case)
        if put is not None:
            why = (f"{words.flag} came with {told.since}", f"{words.flag} 自 {told.since} 起才有")
            return Move((words.flag,), (put,), why)
    return None


def _there(told: Renamed, case: Case) -> bool:
    since = versions.number(told.since)
    return since is not None and since <= case.new


def _by_successor(words: Words, before: OptionInfo, told: Renamed, case: Case) -> Move | Stuck | None:
    off = words.flag in before.negative
    gone = Move((words.flag,), (), _was(told), "costs" if told.effect == "costs" and not off else "same")
    if told.new is None or told.differs or (told.value and off):
        return gone
    values = (told.value,) if told.value and before.nargs == 0 else words.values
    if case.launched.offline and told.new.startswith("--no-"):
        return gone  # Python has no word for off where that is the default
    if case.named(told.new, case.new) is None:
        return _further(words, told, values, case) or gone
    why = (f"since {told.since}", f"自 {told.since} 起")
    if case.has(told.new) and successor(words.flag) is not None and told.new != words.flag:
        return Move((words.flag,), (), (f"{told.new} says it", f"已有 {told.new}"))
    others = called(told.new, values[0]) if len(values) == 1 else ()
    for value in (values, *((one,) for one in others)):
        put = with_key(told.new, told.key, value, case)
        if put is not None and (case.accepts(put.name, *put.values) or _known_key(told, case)):
            return Move((words.flag,), (put,), why)
    return None


def _known_key(told: Renamed, case: Case) -> bool:
    """Whether the new release has a key: it may refuse it alone, and take it where another key stands beside it."""
    base, _, key = (target(told) or "").partition(".")
    return key in keys(base, case.new)


def _further(words: Words, told: Renamed, values: tuple[str, ...], case: Case) -> Move | None:
    """The successor's successor, where the first one is gone too."""
    later = successor(told.new or "")
    if later is None or later.new is None or later.differs or case.named(later.new, case.new) is None:
        return None if later is None else Move((words.flag,), (), _was(later))
    put = with_key(later.new, later.key, values, case)
    return Move((words.flag,), (put,), (f"since {later.since}", f"自 {later.since} 起")) if put else None


def with_key(flag: str, key: str | None, values: tuple[str, ...], case: Case) -> Put | None:
    """An option with a value, or with one key of its JSON: dotted where the new release reads that, else an object that
    the plan puts together with what else is said of the option.
    """
    base, _, inner = flag.partition(".")
    key = key or inner or None
    if key is None:
        return Put(flag, values)
    if len(values) != 1:
        return None
    if case.dotted() and case.given(base) is None:
        return Put(f"{base}.{key}", values)
    return None if dynamic(values[0]) else Put(base, (json.dumps({key: as_data(values[0])}),))


def _as_before(words: Words, told: Renamed, case: Case) -> Put | None:
    """The option or variable that a newer one replaced, in a release that has it."""
    values = words.values
    if told.values:
        back = [old for old, new in told.values if (new,) == values]
        values = tuple(back[:1])
        if not values:
            return None
    if not told.old.startswith("-"):
        return Put(told.old, values) if len(values) == 1 and case.reads(told.old, case.new) else None
    info = case.info(told.old, case.new)
    if info is None or told.key:
        return None
    if told.value and info.nargs == 0:
        return Put(told.old) if values == (told.value,) else None
    return Put(told.old, values) if case.accepts(told.old, *values) else None


def _was(told: Renamed) -> Text:
    return (f"{told.was[0]} (gone in {told.since})", f"{told.was[1]}（{told.since} 起移除）")


def _dropped(words: Words, before: OptionInfo, case: Case) -> Move | Stuck:
    """An option that the new release has no word for."""
    release, seen = case.release(case.new), history(before.flag)
    if not case.forward:
        first = seen.first if seen else case.release(case.old)
        if before.flag in _PROTECTS and words.flag not in before.negative:
            return Stuck(words.flag, (f"it protects, and came with {first}", f"它有保护作用，{first} 才有"))
        told = _BEFORE.get(before.flag)
        default = words.flag in before.negative or before.flag == "--enable-log-requests"
        tail = (f"; {told[0]}", f"；{told[1]}") if told else ("", "")
        why = (f"came with {first}{tail[0]}", f"{first} 才有{tail[1]}")
        return Move((words.flag,), (), why, "same" if default else "costs")
    return Move((words.flag,), (), (f"{release} no longer has it", f"{release} 已不再有"), "costs")
