"""Environment variables: those that became options, that are called otherwise, and that nobody reads any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.moving.formats import called
from vllm_doctor.vllm.moving.single import with_key
from vllm_doctor.vllm.moving.types import Move, Put, Stuck, Text
from vllm_doctor.vllm.registries import names
from vllm_doctor.vllm.successors import successor, target
from vllm_doctor.vllm.words import dynamic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm.moving.case import Case
    from vllm_doctor.vllm.types import Renamed

_ENGINE = "VLLM_USE_V1"
_ATTENTION = "VLLM_ATTENTION_BACKEND"
_CHOSEN: Text = ("the backend is gone; one is chosen by itself", "该后端已移除；现在自动选择")


def variable_moves(case: Case) -> Iterator[Move | Stuck]:
    """What becomes of each variable of vLLM's that the new release does not read, or calls deprecated."""
    for name, value in case.launched.env.items():
        if not case.reads(name, case.old):
            continue
        told = successor(name)
        if case.reads(name, case.new):
            if name == _ATTENTION and value is not None:
                yield from _backend(value, case)
            if not _superseded(told, case):
                continue
        yield _moved(name, value, told, case)


def _superseded(told: Renamed | None, case: Case) -> bool:
    """Whether a variable that is still read has its option already: the one goes when the other is there."""
    since = versions.number(told.since) if told and told.new else None
    return case.forward and since is not None and since <= case.new


def _backend(value: str, case: Case) -> Iterator[Move]:
    """An attention backend under the name that the new release has for it."""
    release = case.release(case.new)
    known = names("attention-backends", release)
    option = case.named("--attention-backend", case.new) is not None and case.forward
    if option or dynamic(value) or value in known:
        return
    for other in called("--attention-backend", value):
        if other in known:
            why = (f"as {release} calls it", f"{release} 的名称")
            yield Move((_ATTENTION,), (Put(_ATTENTION, (other,)),), why)
            return
    yield Move((_ATTENTION,), (), _CHOSEN, "costs")


def _moved(name: str, value: str | None, told: Renamed | None, case: Case) -> Move | Stuck:
    since = versions.number(told.since) if told else None
    if told is None or since is None or not case.forward or since > case.new:
        return _unread(name, value, case)
    if told.new is None:
        return Move((name,), (), told.was, "costs" if told.effect == "costs" else "same")  # type: ignore[arg-type]
    if value is None:
        return Stuck(name, (f"its value is not known here: give {target(told)}", f"值未知：请改用 {target(told)}"))
    return _as_option(name, value, told, case)


def _as_option(name: str, value: str, told: Renamed, case: Case) -> Move | Stuck:
    why = (f"since {told.since}", f"自 {told.since} 起")
    new = told.new or ""
    if not new.startswith("-"):
        return Move((name,), (Put(new, (value,)),), why)
    if case.has(target(told) or ""):
        return Move((name,), (), (f"{target(told)} says it", f"已有 {target(told)}"))
    mapped = dict(told.values)
    if mapped and value in mapped and mapped[value] is None:
        return Move((name,), (), ("that is the default", "这就是默认"))
    for text in (mapped.get(value) or value, *called(new, value)):
        put = with_key(new, told.key, (text,), case)
        if put is not None and case.accepts(put.name, *put.values):
            more = tuple(Put(flag, (word,)) for flag, word in told.also if not case.has(flag))
            return Move((name,), (*more, put), why)
    if name == _ATTENTION:
        return Move((name,), (), _CHOSEN, "costs")
    return Stuck(name, (f"{target(told)} does not take {value}", f"{target(told)} 不接受 {value}"))


def _unread(name: str, value: str | None, case: Case) -> Move:
    release = case.release(case.new)
    if name == _ENGINE:
        why = ("V0 is the only engine there", "该版本只有 V0 引擎")
        return Move((name,), (), why, "same" if value == "0" else "costs")
    return Move((name,), (), (f"{release} does not read it", f"{release} 不读取它"))
