"""Keys of one JSON option that several moves put in, each alone: one object, with what the launch says of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm.moving.case import as_data
from vllm_doctor.vllm.table import load

if TYPE_CHECKING:
    from vllm_doctor.vllm.moving.case import Case
    from vllm_doctor.vllm.moving.types import Move


def together(moves: tuple[Move, ...], case: Case) -> tuple[Move, ...]:
    """The moves with each JSON option put in once: a second one in the same command would count alone."""
    for base in dict.fromkeys(put.name for move in moves for put in move.puts if put.name in load("keys")):
        moves = _once(moves, base, case)
    return moves


def _once(moves: tuple[Move, ...], base: str, case: Case) -> tuple[Move, ...]:
    own = next((move for move in moves if base in move.takes), None)
    puts = [(move, put) for move in moves for put in move.puts if put.name == base]
    given = case.whole(base) if own is None else None
    if len(puts) < 2 and given is None:
        return moves
    whole: dict[str, Any] = dict(given or {})
    for _, put in sorted(puts, key=lambda pair: pair[0] is not own):
        data = as_data(put.values[0]) if put.values else None
        if not isinstance(data, dict):
            return moves
        whole |= data
    keeper = own if own is not None and any(move is own for move, _ in puts) else puts[0][0]
    text = json.dumps(whole, ensure_ascii=False)
    return tuple(_with(move, base, text if move is keeper else None) for move in moves)


def _with(move: Move, base: str, text: str | None) -> Move:
    """A move with its object as this text, or without it; several of one move are one."""
    puts = list(dict.fromkeys(replace(put, values=(text or "",)) if put.name == base else put for put in move.puts))
    return replace(move, puts=tuple(put for put in puts if put.name != base or text is not None))
