"""The overrides of a model's rotary embedding: flags until 0.11.0, keys of `--hf-overrides`, by the release's shape.

transformers 4 has `rope_scaling` and `rope_theta` beside each other. transformers 5, which vLLM takes since 0.19.1 and
needs since 0.24.0 (requirements/common.txt), has both in `rope_parameters`: what is put there replaces all of it, and
a `rope_theta` on its own is not read. 0.19.1 to 0.23.0 run with either, so there both places are written.
Sources: patch_rope_parameters in vllm/transformers_utils/config.py (0.12.0 to 0.33.0), vllm/engine/arg_utils.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.moving.case import as_data
from vllm_doctor.vllm.moving.types import Move, Put, Stuck, Text
from vllm_doctor.vllm.words import dynamic

if TYPE_CHECKING:
    from vllm_doctor.vllm.moving.case import Case
    from vllm_doctor.vllm.moving.types import Words

_HF = "--hf-overrides"
_FLAGS = ("--rope-scaling", "--rope-theta")
_KEYS = ("rope_scaling", "rope_theta", "rope_parameters")
_EITHER, _FIVE = "0.19.1", "0.24.0"
_MODERN_TYPE = "0.5.4"
"""Before it `rope_scaling` was read by its key "type" alone (vllm/model_executor/layers/rotary_embedding.py, 0.5.3)."""


def rope_move(case: Case) -> Move | Stuck | None:
    """What becomes of the rope overrides of a launch; None where they stay."""
    words = [one for one in case.launched.options if case.meant(one.flag) in _FLAGS]
    whole = [one for one in case.launched.options if case.named(one.flag, case.old) == _HF]
    overrides = case.value("hf_overrides") if whole else {}
    if not isinstance(overrides, dict):
        return _unreadable(words, case)
    inside = {key: overrides[key] for key in _KEYS if key in overrides}
    if not words and not inside:
        return None
    if any(dynamic(value) for one in words for value in one.values):
        return _unreadable(words, case)
    scaling, theta = _meant(words, inside, case)
    flags = case.of_name("--rope-scaling", case.new) is not None
    if (words and flags and not inside) or (not words and _shape(case.old) == _shape(case.new) and not _lost(case)):
        return None
    rest = {key: value for key, value in overrides.items() if key not in _KEYS}
    return _written(words + whole, scaling, theta, rest, case)


def _unreadable(words: list[Words], case: Case) -> Stuck | None:
    if not words or case.of_name("--rope-scaling", case.new) is not None:
        return None
    return Stuck(
        words[0].flag, ("write it into --hf-overrides", "请写进 --hf-overrides"), tuple(one.flag for one in words)
    )


def _lost(case: Case) -> bool:
    """Whether the new release has no --hf-overrides."""
    return case.of_name(_HF, case.new) is None


def _shape(number: int) -> int:
    return sum(number >= (versions.number(first) or 0) for first in (_EITHER, _FIVE))


def _meant(words: list[Words], inside: dict[str, Any], case: Case) -> tuple[dict[str, Any] | None, Any]:
    """The scaling and the theta that a launch asks for."""
    plain = {case.meant(one.flag): as_data(one.values[0]) for one in words if one.values and "." not in one.flag}
    scaling = case.value("rope_scaling") or plain.get("--rope-scaling") or inside.get("rope_parameters")
    scaling = inside.get("rope_scaling", scaling)
    scaling = dict(scaling) if isinstance(scaling, dict) else None
    theta = inside.get("rope_theta", plain.get("--rope-theta"))
    if scaling and "rope_theta" in scaling:
        theta = scaling.pop("rope_theta")
    return scaling or None, float(theta) if isinstance(theta, int) else theta


def _written(
    words: list[Words], scaling: dict[str, Any] | None, theta: Any, rest: dict[str, Any], case: Case
) -> Move | Stuck:
    takes = tuple(dict.fromkeys(one.flag for one in words))
    if _lost(case):
        return _as_flags(takes, scaling, theta, rest, case)
    shape = _shape(case.new)
    if shape == 0:
        made = ({"rope_scaling": scaling} if scaling else {}) | ({"rope_theta": theta} if theta is not None else {})
        return Move(takes, (Put(_HF, (json.dumps(rest | made),)),), _why(case))
    whole = _whole(scaling, theta, case)
    if whole is None:
        return Stuck(takes[0], _needs("rope_theta" if theta is None else "rope scaling"), takes)
    made = {"rope_parameters": whole} if shape == 2 else {"rope_scaling": whole, "rope_theta": whole["rope_theta"]}
    return Move(takes, (Put(_HF, (json.dumps(rest | made),)),), _why(case))


def _whole(scaling: dict[str, Any] | None, theta: Any, case: Case) -> dict[str, Any] | None:
    """All of `rope_parameters`, what was not asked for taken from the model; None where the model is not known."""
    known = case.launched.rope
    if theta is None:
        theta = (known or {}).get("rope_theta")
    if scaling is None:
        if known is None:
            return None
        scaling = {key: value for key, value in known.items() if key != "rope_theta"} or {"rope_type": "default"}
    return None if theta is None else {**scaling, "rope_theta": theta}


def _as_flags(
    takes: tuple[str, ...], scaling: dict[str, Any] | None, theta: Any, rest: dict[str, Any], case: Case
) -> Move | Stuck:
    if rest:
        release = case.release(case.new)
        return Stuck(_HF, (f"{release} overrides no other keys than rope's", f"{release} 只能覆盖 rope 的键"))
    if scaling and "rope_type" in scaling and case.new < (versions.number(_MODERN_TYPE) or 0):
        scaling = {("type" if key == "rope_type" else key): value for key, value in scaling.items()}
    puts = [Put("--rope-scaling", (json.dumps(scaling),))] if scaling else []
    puts += [Put("--rope-theta", (json.dumps(theta),))] if theta is not None else []
    if any(case.of_name(put.name, case.new) is None for put in puts):
        release = case.release(case.new)
        return Stuck(takes[0], (f"{release} cannot override it", f"{release} 无法覆盖它"))
    return Move(takes, tuple(puts), ("--hf-overrides came with 0.6.4", "--hf-overrides 自 0.6.4 起才有"))


def _why(case: Case) -> Text:
    if case.of_name("--rope-scaling", case.old) is not None and case.forward:
        return ("since 0.11.1", "自 0.11.1 起")
    release = case.release(case.new)
    return (f"in the shape that {release} reads", f"{release} 读取的形式")


def _needs(what: str) -> Text:
    return (
        f"the model's own {what} must stand beside it in --hf-overrides: give --model-dir",
        f"--hf-overrides 中还须写出模型自己的 {what}：请给 --model-dir",
    )
