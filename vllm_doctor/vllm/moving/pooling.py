"""`--task` until 0.12.0, `--runner` and `--convert` since 0.10.1.

Source: `_task_to_convert` and its messages in vllm/config/model.py (0.10.1 to 0.12.0). A converted model that already
pools stays as it is (`as_seq_cls_model`, vllm/model_executor/models/adapters.py), so that `--convert classify` is safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.vllm.moving.types import Move, Put, Stuck, Text
from vllm_doctor.vllm.words import dynamic

if TYPE_CHECKING:
    from vllm_doctor.vllm.moving.case import Case
    from vllm_doctor.vllm.moving.types import Words

_RUNNERS = {
    "generate": "generate",
    "transcription": "generate",
    "draft": "draft",
    "embed": "pooling",
    "embedding": "pooling",
    "classify": "pooling",
    "score": "pooling",
    "reward": "pooling",
}
_CONVERTS = {"classify": "classify"}
"""Where the converter cannot be told by the model's architecture; it is `auto` otherwise."""


def pooling_move(case: Case) -> Move | Stuck | None:
    """What becomes of --task, or of --runner and --convert; None where they stay."""
    task = case.given("--task")
    if task is not None and case.of_name("--runner", case.new):
        return _of_task(task, case)
    runner, convert = case.given("--runner"), case.given("--convert")
    if (runner or convert) and case.of_name("--runner", case.new) is None:
        return _as_task([one for one in (runner, convert) if one], case)
    return None


def _of_task(task: Words, case: Case) -> Move | Stuck:
    value = task.values[0] if task.values else "auto"
    if dynamic(value):
        return Stuck(task.flag, ("a variable: --runner takes other values", "值是变量，而 --runner 的取值不同"))
    runner = _RUNNERS.get(value)
    if runner is None:
        return Move((task.flag,), (), ("auto is the default", "auto 即默认"))
    puts = [Put("--runner", (runner,))] if not case.has("--runner") else []
    if value in _CONVERTS and not case.has("--convert"):
        puts.append(Put("--convert", (_CONVERTS[value],)))
    return Move((task.flag,), tuple(puts), ("since 0.10.1", "自 0.10.1 起"))


def _as_task(words: list[Words], case: Case) -> Move:
    takes = tuple(one.flag for one in words)
    values = {case.named(one.flag, case.old): one.values[0] for one in words if one.values}
    runner, convert = values.get("--runner", "auto"), values.get("--convert", "auto")
    came: Text = ("--runner came with 0.10.1", "--runner 自 0.10.1 起才有")
    wanted = convert if convert not in ("auto", "none") else {"pooling": "embed"}.get(runner, runner)
    for task in (wanted, *(("embedding",) if wanted == "embed" else ())):
        if task != "auto" and case.accepts("--task", task):
            return Move(takes, (Put("--task", (task,)),), came)
    plain = wanted in ("auto", "generate")
    told = ("" if plain else "; the architecture tells there", "" if plain else "；由模型架构决定")
    return Move(takes, (), (came[0] + told[0], came[1] + told[1]), "same" if plain else "costs")
