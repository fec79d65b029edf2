"""Compilation and CUDA graphs: what -O means by release, and the sizes that are captured.

Sources: `FlexibleArgumentParser.parse_args` (0.6.5 to 0.12.0; `-O3` was the compilation level, since 0.12.0 it is the
optimization level), vllm/config/scheduler.py 0.10.2 and vllm/engine/arg_utils.py 0.12.0 for `--cuda-graph-sizes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.vllm.moving.types import Move, Put, Text, Words
from vllm_doctor.vllm.parser_habits import habit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm.moving.case import Case

_LEVELS = "--optimization-level"
_OLD, _SIZES, _MOST = "--cuda-graph-sizes", "--cudagraph-capture-sizes", "--max-cudagraph-capture-size"


def graph_moves(case: Case) -> Iterator[tuple[Words, Move | None]]:
    """What becomes of each option about compilation levels and captured sizes."""
    for words in case.launched.options:
        if words.flag == "-O" and len(words.values) == 1 and words.values[0].isdecimal():
            yield words, _of_level(words, case)
        elif case.named(words.flag, case.old) == _LEVELS and case.of_name(_LEVELS, case.new) is None:
            yield words, _of_optimization(words, case)
        elif "." not in words.flag and (name := case.named(words.flag, case.old)) in (_OLD, _SIZES, _MOST):
            yield words, _of_sizes(words, name or "", case)


def _of_level(words: Words, case: Case) -> Move | None:
    before, now = (habit("O", number, case.program(number)) for number in (case.old, case.new))
    if before == _LEVELS or now == before:
        return None if now == before else _of_optimization(words, case)
    if now == _LEVELS:
        why = ("-O is the optimization level since 0.12.0", "自 0.12.0 起 -O 是优化级别")
        return Move((words.flag,), (Put("--compilation-config.mode", words.values),), why)
    if now is None:
        return Move((words.flag,), (), ("compilation came with 0.6.5", "编译功能自 0.6.5 起才有"), "costs")
    return None


def _of_optimization(words: Words, case: Case) -> Move:
    """Optimization levels in a release before 0.12.0: the lowest is eager, the others are what it does anyway."""
    came: Text = ("optimization levels came with 0.12.0", "优化级别自 0.12.0 起才有")
    if words.values == ("0",):
        puts = () if case.has("--enforce-eager") else (Put("--enforce-eager"),)
        return Move((words.flag,), puts, came)
    return Move((words.flag,), (), came)


def _of_sizes(words: Words, name: str, case: Case) -> Move | None:
    """One size was the largest of a series until 0.11.0, and is the only one since 0.11.1."""
    if name == _OLD and case.of_name(_SIZES, case.new):
        series = len(words.values) == 1 and case.of_name(_SIZES, case.old) is None
        why = ("since 0.11.1", "自 0.11.1 起")
        return Move((words.flag,), (Put(_MOST if series else _SIZES, words.values),), why)
    if case.of_name(name, case.new) is None:
        fits = case.of_name(_OLD, case.new) is not None and (name == _MOST or len(words.values) > 1)
        first = "0.9.0" if name == _OLD else "0.11.1"
        why = (f"{name} came with {first}", f"{name} 自 {first} 起才有")
        return Move((words.flag,), (Put(_OLD, words.values),) if fits else (), why, "same" if fits else "costs")
    return None
