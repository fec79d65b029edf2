"""Guided decoding with options behind a colon (`xgrammar:disable-any-whitespace`, 0.8.0 to 0.8.4), later of their own.

Sources: vllm/engine/arg_utils.py 0.8.0, vllm/sampling_params.py 0.8.4 (`backend_options`), vllm/config.py 0.9.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.vllm.config_values import keys
from vllm_doctor.vllm.moving.single import with_key
from vllm_doctor.vllm.moving.types import Move, Put
from vllm_doctor.vllm.words import dynamic

if TYPE_CHECKING:
    from vllm_doctor.vllm.moving.case import Case

_BACKEND, _CONFIG = "--guided-decoding-backend", "--structured-outputs-config"
_OPTIONS = {
    "no-fallback": "disable_fallback",
    "disable-any-whitespace": "disable_any_whitespace",
    "no-additional-properties": "disable_additional_properties",
}


def guided_move(case: Case) -> Move | None:
    """What becomes of a backend with options; None where it has none, or the new release still takes them."""
    words = case.given(_BACKEND)
    if words is None or len(words.values) != 1 or dynamic(words.values[0]):
        return None
    backend, colon, rest = words.values[0].partition(":")
    later = case.of_name(_CONFIG, case.new) is not None
    if not colon or (case.accepts(_BACKEND, words.values[0]) and not later):
        return None
    wanted = [_OPTIONS[one] for one in rest.split(",") if one in _OPTIONS]
    puts = [with_key(_CONFIG, "backend", (backend,), case) if later else Put(_BACKEND, (backend,))]
    puts += [_put(key, later, case) for key in wanted]
    made = tuple(put for put in puts if put is not None)
    lost = len(made) < 1 + len(rest.split(","))
    why = ("each option by itself since 0.8.5", "自 0.8.5 起各为单独的选项")
    return Move((words.flag,), made, why, "costs" if lost else "same")


def _put(key: str, later: bool, case: Case) -> Put | None:
    """One of the options in the new release; None where it has gone."""
    if later:
        return with_key(_CONFIG, key, ("true",), case) if key in keys(_CONFIG, case.new) else None
    flag = "--guided-decoding-" + key.replace("_", "-")
    return Put(flag) if case.of_name(flag, case.new) is not None else None
