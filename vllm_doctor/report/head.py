"""The first lines of a diagnosis: which log, how long, which vLLM on what; and the attempts in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.report import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.finding import AttemptSummary, Deployment, Diagnosis, Source
    from vllm_doctor.report.pen import Pen

_ATTEMPTS_SHOWN = 6


def head_lines(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    """`crash.log · 148 lines · vLLM 0.24.0 (V1) · 1 GPU, 139.80 GiB · model`, broken at dots if too long."""
    deployment = diagnosis.deployment
    parts = [*_sources(pen, diagnosis.sources), release_text(pen, deployment), gpus_text(pen, deployment)]
    parts.append(pen.say(deployment.model or ""))
    return joined(pen, [part for part in parts if part])


def joined(pen: Pen, parts: Sequence[str]) -> list[str]:
    """Drawn parts with dots between them, a new line where the width ends."""
    dot = f" {pen.sign('·')} "
    lines: list[str] = []
    for part in parts:
        if lines and layout.columns(lines[-1] + dot + part) <= pen.width:
            lines[-1] += dot + part
        else:
            lines.append(("  " if lines else "") + part)
    return [
        pen.paint(pen.cut(line, pen.width), "strong" if number == 0 else "")
        for number, line in enumerate(lines)
    ]


def attempt_lines(pen: Pen, attempts: Sequence[AttemptSummary]) -> list[str]:
    """One line for each start in the log, where there is more than one; the middle of many is left out."""
    if len(attempts) < 2 and not any(attempt.repeats > 1 for attempt in attempts):
        return []
    if len(attempts) <= _ATTEMPTS_SHOWN:
        return [_attempt(pen, attempt) for attempt in attempts]
    first, last = attempts[: _ATTEMPTS_SHOWN // 2], attempts[-(_ATTEMPTS_SHOWN // 2) :]
    hidden = sum(attempt.repeats for attempt in attempts[len(first) : -len(last)])
    more = f"  {pen.sign('…')} {pen.word('attempts.more', n=hidden)}"
    return [*(_attempt(pen, one) for one in first), more, *(_attempt(pen, one) for one in last)]


def source_name(pen: Pen, name: str) -> str:
    """A source's name as it is drawn; `-` is the standard input."""
    return pen.word("stdin") if name in ("-", "<stdin>", "") else pen.say(name)


def _sources(pen: Pen, sources: Sequence[Source]) -> list[str]:
    lines = pen.count("lines", sum(source.lines for source in sources))
    if len(sources) > 3:
        return [pen.word("logs", n=len(sources)), lines]
    return [*(source_name(pen, source.name) for source in sources), lines]


def release_text(pen: Pen, deployment: Deployment) -> str:
    """The release that was seen, or the range of those that agree with the log, and the engine."""
    versions = deployment.vllm_versions
    if deployment.vllm_version:
        release = pen.say(deployment.vllm_version)
    elif versions and versions[0] != versions[-1]:
        release = pen.say(versions[0]) + pen.sign("–") + pen.say(versions[-1])
    elif versions:
        release = pen.say(versions[0])
    else:
        return pen.word("release.unknown")
    engine = f" ({pen.say(deployment.engine)})" if deployment.engine else ""
    return pen.word("release", release=release) + engine


def gpus_text(pen: Pen, deployment: Deployment) -> str:
    """How many GPUs of which kind, and the memory of one; "" when nothing is known."""
    parts = []
    if deployment.gpu and deployment.gpu_count:
        parts.append(f"{deployment.gpu_count} {pen.sign('×')} {pen.say(deployment.gpu)}")
    elif deployment.gpu:
        parts.append(pen.say(deployment.gpu))
    elif deployment.gpu_count:
        parts.append(pen.count("gpus", deployment.gpu_count))
    if deployment.gpu_total_gib:
        parts.append(f"{deployment.gpu_total_gib:.2f} GiB")
    return ", ".join(parts)


def _attempt(pen: Pen, attempt: AttemptSummary) -> str:
    text = pen.word(
        "attempt",
        first=attempt.first_line,
        last=attempt.last_line,
        verdict=pen.word(f"verdict.{attempt.verdict}"),
    )
    cause = f": {pen.say(attempt.root_cause)}" if attempt.root_cause else ""
    repeats = f" {pen.sign('×')}{attempt.repeats}" if attempt.repeats > 1 else ""
    return "  " + pen.cut(text + cause + repeats, pen.width - 2)
