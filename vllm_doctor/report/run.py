"""What `vllm-doctor run` says of a start that ended and of the next one: lines, one line for Kubernetes, events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vllm_doctor.masking import mask, mask_data
from vllm_doctor.report.fixes import short_fix
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.safe import encodable

if TYPE_CHECKING:
    from vllm_doctor.finding import Diagnosis, Fix
    from vllm_doctor.report.words import Language

_TERMINATION = 1000
"""Characters of a termination message; Kubernetes keeps 4096 bytes."""
_WORDS: dict[str, tuple[str, str]] = {
    "ended": ("the command ended with exit code {code}", "命令已退出，退出码 {code}"),
    "killed": ("the command was ended by {signal}", "命令被 {signal} 终止"),
    "stuck": (
        "the command was ended: it had said nothing for {seconds:g} s, and its cause is certain",
        "已终止该命令：静默 {seconds:g} 秒，且原因确定",
    ),
    "unknown": ("no diagnosis: {why}", "无法诊断：{why}"),
    "stays": ("not started again: {why}", "不再启动：{why}"),
    "again": ("start {number}: {change}{pause}", "第 {number} 次启动：{change}{pause}"),
    "same": ("start {number}: the same command again{pause}", "第 {number} 次启动：命令不变{pause}"),
    "pause": (", in {seconds:g} s", "，{seconds:g} 秒后"),
    "why": ("why: {why}", "原因：{why}"),
}


def run_line(key: str, *, encoding: str = "utf-8", language: Language = "en", **values: Any) -> str:
    """One line of ours among those of the server, ending in a newline."""
    pen = Pen.of(80, False, encoding, language)
    said = {name: pen.say(value) if isinstance(value, str) else value for name, value in values.items()}
    text = _WORDS[key][0 if pen.language == "en" else 1].format(**said)
    return f"vllm-doctor: {encodable(text, encoding)}\n"


def heal_text(
    fix: Fix | None, command: str, number: int, pause: float, *, encoding: str = "utf-8", language: Language = "en"
) -> str:
    """What is changed, why, and the command of the next start, which is the caller's masked one."""
    pen = Pen.of(80, False, encoding, language)
    index = 0 if pen.language == "en" else 1
    wait = _WORDS["pause"][index].format(seconds=pause) if pause else ""
    change = short_fix(pen, fix) if fix else ""
    text = _WORDS["again" if fix else "same"][index].format(number=number, change=change, pause=wait)
    lines = [f"vllm-doctor: {text}"]
    if fix and fix.why:
        lines.append("vllm-doctor: " + _WORDS["why"][index].format(why=pen.say(fix.why)))
    return encodable("\n".join([*lines, *pen.say_lines(command)]), encoding) + "\n"


def termination_line(diagnosis: Diagnosis | None, code: int, why: str = "") -> str:
    """The end of a start in one line, as `kubectl describe` shows it; secrets are masked."""
    root = diagnosis.root_cause if diagnosis else None
    if root is None:
        verdict = diagnosis.verdict if diagnosis else why
        text = f"exit code {code}" + (f": {verdict}" if verdict else "")
    else:
        pen = Pen.of(80, False, "utf-8", "en")
        fix = f"; {root.fixes[0].effect} fix: {short_fix(pen, root.fixes[0])}" if root.fixes else ""
        text = f"{root.id}: {root.title}{fix} (exit code {code})"
    return " ".join(mask(text).split())[:_TERMINATION]


def event_line(name: str, data: dict[str, Any]) -> bytes:
    """One event as a line of JSON; `data` holds plain data, whose secrets are masked here."""
    body = mask_data({"schema_version": 1, "event": name} | data)
    return json.dumps(body, ensure_ascii=True).encode() + b"\n"
