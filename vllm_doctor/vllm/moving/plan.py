"""All moves of a launch from one release to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.moving.case import Case
from vllm_doctor.vllm.moving.graphs import graph_moves
from vllm_doctor.vllm.moving.guided import guided_move
from vllm_doctor.vllm.moving.objects import object_moves
from vllm_doctor.vllm.moving.pooling import pooling_move
from vllm_doctor.vllm.moving.rope import rope_move
from vllm_doctor.vllm.moving.single import option_move
from vllm_doctor.vllm.moving.speculative import speculative_move
from vllm_doctor.vllm.moving.together import together
from vllm_doctor.vllm.moving.types import Move, Plan, Stuck
from vllm_doctor.vllm.moving.variables import variable_moves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm.moving.types import Launched, Words


def plan(launched: Launched, old: str, new: str) -> Plan:
    """What a launch that is written for release `old` must change to say the same to release `new`.

    Both are releases of the table, or read as the newest one before them; the plan is empty where they are the same
    one, or where one cannot be read. An option that `old` does not know itself is not judged.
    """
    before, after = versions.number(old), versions.number(new)
    if before is None or after is None or before == after:
        return Plan()
    case = Case(launched, before, after)
    found: list[Move | Stuck] = [*_joint(case)]
    seen = {name for one in found for name in _names(one)}
    for words, one in (*graph_moves(case), *object_moves(case)):
        if words.flag not in seen:
            seen.add(words.flag)
            found += [one] if one else []
    for words in case.launched.options:
        if words.flag not in seen and not _repeats(words, case):
            seen.add(words.flag)
            one = option_move(words, case)
            found += [one] if one else []
    found += variable_moves(case)
    moves = together(tuple(one for one in found if isinstance(one, Move)), case)
    return Plan(moves, tuple(one for one in found if isinstance(one, Stuck)))


def _joint(case: Case) -> Iterator[Move | Stuck]:
    """Moves that several options make together."""
    for one in (speculative_move(case), pooling_move(case), rope_move(case), guided_move(case)):
        if one is not None:
            yield one


def _names(one: Move | Stuck) -> tuple[str, ...]:
    return one.takes if isinstance(one, Move) else (one.name, *one.beside)


def _repeats(words: Words, case: Case) -> bool:
    """Whether the same flag comes later once more: the last one counts, and is the one to be looked at."""
    last = next(one for one in reversed(case.launched.options) if one.flag == words.flag)
    return last is not words
