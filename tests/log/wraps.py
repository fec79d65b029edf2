"""The same log as other tools print it."""

import json
from collections.abc import Callable

from vllm_doctor.log.types import Attempt, Event, Log, Traceback


def _stamp(index: int) -> str:
    return f"2026-03-01T04:{index // 60 % 60:02d}:{index % 60:02d}.{index:09d}Z"


def _cri(lines: list[str]) -> list[str]:
    out = []
    for index, line in enumerate(lines):
        if index % 5 == 4 and len(line) > 60:
            out += [
                f"{_stamp(index)} stderr P {line[:23]}",
                f"{_stamp(index)} stderr P {line[23:41]}",
                f"{_stamp(index)} stderr F {line[41:]}",
            ]
        else:
            out.append(f"{_stamp(index)} stderr F {line}")
    return out


def _json(lines: list[str]) -> list[str]:
    return [
        json.dumps({"log": line + "\n", "stream": "stderr", "time": _stamp(index)}) for index, line in enumerate(lines)
    ]


def _each(form: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [form.format(line) for line in lines]


def _timed(form: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [form.format(_stamp(index), line) for index, line in enumerate(lines)]


WRAPS: dict[str, Callable[[list[str]], list[str]]] = {
    "compose": _each("vllm-server-1  | {}"),
    "compose-named": _each("vllm  | {}"),
    "swarm": _each("llm_vllm.1.k3j4@node-7    | {}"),
    "cri": _cri,
    "json": _json,
    "kubectl-timestamps": _timed("{} {}"),
    "kubectl-prefix": _each("[pod/vllm-0/server] {}"),
    "kubectl-both": _timed("[pod/vllm-0/server] {} {}"),
    "stern": _each("vllm-6c9f-x7z server {}"),
    "srun": _each("0: {}"),
    "torchrun": _each("[default0]:{}"),
    "mpirun": _each("[1,0]<stderr>:{}"),
    "journal": _each("Nov 24 10:00:00 gpu-7 vllm[123]: {}"),
    "syslog": _each("<30>Nov  4 10:00:00 gpu-7 docker/vllm[123]: {}"),
    "journal-iso": _each("2026-11-24T10:00:00+00:00 gpu-7 vllm[123]: {}"),
    "bracket-time": _each("[2024-09-06T02:14:07Z] {}"),
    "fastchat": _each("2024-08-21 11:05:42 | ERROR | stderr | {}"),
    "piped-time": _each("2025-04-30 09:14:28.456 | {}"),
    "actor": _each("(MapWorker(MapBatches(E)) pid=1311, ip=10.53.20.118) {}"),
    "box": lambda lines: [f"│ {line:<150}│" for line in lines],
    "colour": _each("\x1b[1;36m{}\x1b[0m"),
    "colour-printed": _each("#033[2m#033[36m{}#033[0m"),
    "stack": lambda lines: _each("vllm-server-1  | {}")(_cri(lines)),
    "deep": lambda lines: _json(_each("vllm-1  | {}")(_cri(lines))),
    "noise": lambda lines: [
        *(f'INFO:     10.1.{n}.7:{40000 + n} - "GET /metrics HTTP/1.1" 200 OK' for n in range(90)),
        *lines,
    ],
}
"""Names of wrappers, and what each makes of the lines of a log."""


def shown(event: Event) -> tuple[object, ...]:
    """An event without its place and speakers' containers: what must not change with a wrapper."""
    if isinstance(event, Traceback):
        return (
            event.exception,
            event.message,
            event.frames,
            event.level,
            event.file,
            event.at,
            shown(event.cause) if event.cause else None,
        )
    return (event.message, event.level, event.file, event.at, event.quotes)


def events(log: Log) -> list[list[tuple[object, ...]]]:
    """The events of each attempt, to compare."""
    return [[shown(event) for event in attempt.events] for attempt in log.attempts]


def only(log: Log) -> Attempt:
    """The attempt of a log that must have one."""
    (attempt,) = log.attempts
    return attempt
