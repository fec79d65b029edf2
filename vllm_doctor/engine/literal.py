"""The longest text that a pattern cannot match without: what a log is searched for before any pattern runs."""

from __future__ import annotations

import re
from typing import Any

from vllm_doctor.engine.pattern_tree import tree_of

LEAST = 8
SHORT = 3
"""Characters of a text that is worth being looked for beside the literal."""

_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def literal_of(pattern: str) -> str:
    """The longest run of characters that every match of a pattern holds, "" where there is none.

    Read off the pattern's parse tree (the standard library's): alternatives, optional parts, classes and
    case-insensitive parts give nothing.

    Raises:
        re.error: the pattern is none.
    """
    tree = tree_of(pattern)
    if tree.state.flags & re.IGNORECASE:
        return ""
    runs: list[str] = [""]
    _walk(tree, runs)
    return max((run.strip() for run in runs), key=len)


def all_of(pattern: str) -> tuple[str, ...]:
    """Texts of which every match of a pattern holds each: looking for them costs less than compiling the pattern.

    None of a pattern that only `regex` reads.
    """
    try:
        tree = tree_of(pattern)
    except re.error:
        return ()
    if tree.state.flags & re.IGNORECASE:
        return ()
    runs: list[str] = [""]
    _walk(tree, runs)
    return tuple(dict.fromkeys(run for run in runs if len(run) >= SHORT))


def any_of(pattern: str) -> tuple[str, ...]:
    """Texts of which every match of a pattern holds at least one: those of its alternatives; () where there are none.

    Raises:
        re.error: the pattern is none.
    """
    tree = tree_of(pattern)
    return () if tree.state.flags & re.IGNORECASE else _best(tree)


def _best(tree: Any) -> tuple[str, ...]:
    """The alternatives of a sequence whose shortest is longest; a run of its own characters is one such."""
    runs: list[str] = [""]
    _walk(tree, runs)
    choices: list[tuple[str, ...]] = [(run.strip(),) for run in runs]
    for operation, argument in tree:
        name = str(operation)
        if name == "BRANCH":
            branches = [_best(branch) for branch in argument[1]]
            choices.append(tuple(text for branch in branches for text in branch) if all(branches) else ())
        elif name == "SUBPATTERN" and not argument[1]:
            choices.append(_best(argument[3]))
        elif name in _REPEATS and argument[0] >= 1:
            choices.append(_best(argument[2]))
    best = max(choices, key=lambda texts: min(map(len, texts), default=0))
    return best if all(len(text) >= LEAST for text in best) else ()


def _walk(tree: Any, runs: list[str]) -> None:
    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            runs[-1] += chr(argument)
        elif name == "SUBPATTERN" and not argument[1]:
            _walk(argument[3], runs)
        elif name in _REPEATS and argument[0] >= 1:
            _walk(argument[2], runs)
            runs.append("")
        elif name == "AT" or name in ("ASSERT", "ASSERT_NOT"):
            continue
        else:
            runs.append("")
