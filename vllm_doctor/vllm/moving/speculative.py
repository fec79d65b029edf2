"""Speculative decoding: single flags until 0.8.2, one JSON object since, short flags beside it since 0.22.0.

Sources: vllm/engine/arg_utils.py 0.8.2 and 0.8.3 (`create_speculative_config`), vllm/config.py SpeculativeConfig.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm.config_values import keys
from vllm_doctor.vllm.moving.case import as_data, as_word
from vllm_doctor.vllm.moving.types import Move, Put, Stuck, Text
from vllm_doctor.vllm.successors import predecessors, successor
from vllm_doctor.vllm.words import dynamic

if TYPE_CHECKING:
    from vllm_doctor.vllm.moving.case import Case
    from vllm_doctor.vllm.moving.types import Words

CONFIG = "--speculative-config"
_SHORT = {"--spec-method": "method", "--spec-model": "model", "--spec-tokens": "num_speculative_tokens"}
_NGRAM = "[ngram]"
_OF_MODEL = ("draft_model", "eagle", "medusa", "mlp_speculator")
"""Methods that the old flags had: the draft model itself told which."""


def speculative_move(case: Case) -> Move | Stuck | None:
    """The one move of all that a launch says about speculative decoding; None where it stays."""
    singles = {one.flag: one for one in case.launched.options if _key(one, case)}
    if singles and case.of_name(CONFIG, case.new):
        return _as_config(singles, case)
    whole = case.given(CONFIG)
    short = [one for one in case.launched.options if case.named(one.flag, case.old) in _SHORT]
    if short and case.of_name("--spec-method", case.new) is None:
        return _short_as_config(short, case) if case.of_name(CONFIG, case.new) else _gone(short, case)
    if whole is not None and case.of_name(CONFIG, case.new) is None:
        return _as_singles(whole, case)
    return None


def _key(words: Words, case: Case) -> str | None:
    """The key that one of the old single flags became, where it needs to move."""
    told = successor(case.meant(words.flag))
    return told.key if told is not None and told.new == CONFIG else None


def _as_config(singles: dict[str, Words], case: Case) -> Move | Stuck:
    data: dict[str, Any] = {}
    for one in singles.values():
        value = one.values[0] if one.values else "true"
        if dynamic(value):
            why = ("a variable cannot stand in the JSON that it becomes", "变量不能写进它变成的 JSON")
            return Stuck(one.flag, why, tuple(singles))
        data[_key(one, case) or ""] = _typed(value)
    takes = tuple(singles)
    if "model" not in data:
        return Move(takes, (), ("without --speculative-model they did nothing", "没有 --speculative-model 时不起作用"))
    if data["model"] == _NGRAM:
        data = {"method": "ngram"} | {key: value for key, value in data.items() if key != "model"}
    there = keys(CONFIG, case.new)
    lost = [key for key in data if key not in there]
    kept = {key: value for key, value in data.items() if key in there}
    gone = (f"; {', '.join(lost)} is gone", f"；{', '.join(lost)} 已移除") if lost else ("", "")
    why = (f"one JSON object since 0.8.3{gone[0]}", f"自 0.8.3 起为一个 JSON 对象{gone[1]}")
    return Move(takes, (Put(CONFIG, (json.dumps(kept),)),), why)


def _typed(value: str) -> Any:
    lowered = value.lower()
    return lowered == "true" if lowered in ("true", "false") else as_data(value)


def _short_as_config(short: list[Words], case: Case) -> Move | Stuck:
    if case.has(CONFIG) or any(dynamic(value) for one in short for value in one.values):
        return Stuck(short[0].flag, (f"write it into {CONFIG}", f"请写进 {CONFIG}"))
    data = {_SHORT[case.named(one.flag, case.old) or ""]: as_data(one.values[0]) for one in short if one.values}
    why: Text = ("the short flags came with 0.22.0", "短选项自 0.22.0 起才有")
    return Move(tuple(one.flag for one in short), (Put(CONFIG, (json.dumps(data),)),), why)


def _as_singles(whole: Words, case: Case) -> Move | Stuck:
    data = as_data(whole.values[0]) if whole.values else None
    if not isinstance(data, dict) or case.of_name("--speculative-model", case.new) is None:
        return _gone([whole], case)
    if data.get("method") == "ngram":
        data = {"model": _NGRAM} | data
    method = data.pop("method", None)
    if "model" not in data or method not in (None, "ngram", *_OF_MODEL):
        return _gone([whole], case)
    puts, lost = [], []
    for key, value in data.items():
        put = _single(key, value, case)
        puts += [put] if put else []
        lost += [] if put else [key]
    gone = (f"; {', '.join(lost)} is not there", f"；没有 {', '.join(lost)}") if lost else ("", "")
    why = (f"one JSON object came with 0.8.3{gone[0]}", f"JSON 对象自 0.8.3 起才有{gone[1]}")
    return Move((whole.flag,), tuple(puts), why, "costs" if lost else "same")


def _single(key: str, value: Any, case: Case) -> Put | None:
    for told in predecessors(f"{CONFIG}.{key}"):
        info = case.info(told.old, case.new)
        if info is None:
            continue
        put = Put(told.old, () if info.nargs == 0 else (as_word(value),))
        if value is not False and case.accepts(put.name, *put.values):
            return put
    return None


def _gone(words: list[Words], case: Case) -> Move:
    release = case.release(case.new)
    why = (
        f"{release} does not speculate so; the answers are the same, slower",
        f"{release} 没有这种投机解码；回答不变，只是较慢",
    )
    return Move(tuple(one.flag for one in words), (), why, "costs")
