"""Logs without end, lines without end, JSON that is made to hurt: what is kept is bounded."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator

import pytest

from vllm_doctor import pipeline
from vllm_doctor.log import read_log
from vllm_doctor.log.decode import HEAD, TAIL
from vllm_doctor.log.jsonlog import logged
from vllm_doctor.log.types import Log

BLOCK = 1 << 18
START = b"INFO 11-22 10:37:36 [api_server.py:1] vLLM API server version 0.11.0\n"
FAILED = (
    b"ERROR 11-22 10:37:41 [core.py:390] Traceback (most recent call last):\n"
    b'ERROR 11-22 10:37:41 [core.py:390]   File "/x/vllm/v1/engine/core.py", line 1, in f\n'
    b"ERROR 11-22 10:37:41 [core.py:390] OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): "
    b"address already in use\n"
)


def _line(size: int, filling: bytes) -> Iterator[bytes]:
    yield START + b"ERROR 11-22 10:37:40 [core.py:390] "
    block = filling * (BLOCK // len(filling))
    for _ in range(size // len(block)):
        yield block
    yield b"\n" + FAILED


def _kept(log: Log) -> int:
    """The characters of all that is kept of a log."""
    lines = [line for attempt in log.attempts for event in attempt.events for line in event.lines]
    messages = [event.message for attempt in log.attempts for event in attempt.events]
    return sum(len(line.text) + sum(len(piece.text) for piece in line.pieces) for line in lines) + sum(
        map(len, messages)
    )


def _one_long_line(size: int, filling: bytes) -> None:
    tracemalloc.start()
    log = read_log(_line(size, filling), "long")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert log.lines == 5
    assert log.bytes > size - BLOCK
    assert peak < 16 * BLOCK
    assert _kept(log) < 8 * (HEAD + TAIL)
    assert any("64 KiB" in note for note in log.notes)


@pytest.mark.parametrize("filling", [b"x", b"\x1b[1m", b"\r", b"\xff", b"[", b'{"a":', "键".encode(), b"hf_a1 "])
def test_a_line_of_many_megabytes_is_kept_at_its_two_ends(filling: bytes) -> None:
    """The blocks are made as they are read: memory holds some of them, never the line."""
    _one_long_line(16 << 20, filling)


@pytest.mark.huge
def test_a_line_of_a_gigabyte_is_kept_at_its_two_ends() -> None:
    """The same in its real size."""
    _one_long_line(1 << 30, b"x")


def test_the_cause_behind_a_long_line_is_found() -> None:
    """A long line hides nothing that follows."""
    answer = pipeline.diagnose(_line(4 << 20, b"x"))
    assert answer.root_cause
    assert answer.root_cause.id == "port-in-use"


LINES = {
    "access lines": b'INFO:     10.0.0.1:%d - "POST /v1/completions HTTP/1.1" 200 OK\n',
    "records": b"INFO 11-22 10:37:36 [core.py:1] step %d of many\n",
    "processes": b"(Worker_TP%d pid=1) INFO 11-22 10:37:36 [core.py:1] hello\n",
    "errors": b"ERROR 11-22 10:37:36 [core.py:390] ValueError: number %d\n",
    "unheaded": b"some words %d\n",
    "starts": b"INFO 11-22 10:37:36 [api_server.py:1] vLLM API server version 0.11.%d\n",
    "tracebacks": b'Traceback (most recent call last):\n  File "/x/vllm/a.py", line %d, in f\nValueError: x\n',
    "causes": b"ValueError: a%d\n\nDuring handling of the above exception, another exception occurred:\n\n",
    "containers": b"pod-%d  | INFO 11-22 10:37:36 [core.py:1] hello\n",
    "dockers": b'{"log":"INFO 11-22 10:37:36 [core.py:1] %d\\n","stream":"stderr","time":"2026-11-22T10:37:36Z"}\n',
}
MOST_EVENTS = 40_000
MOST_KEPT = 24 << 20


def _many(count: int, line: bytes) -> Iterable[bytes]:
    yield START
    for first in range(0, count, 1000):
        yield b"".join(line % number for number in range(first, first + 1000))
    yield FAILED


def _many_lines(count: int, line: bytes) -> None:
    log = read_log(_many(count, line), "many")
    assert log.lines >= count
    assert sum(len(attempt.events) for attempt in log.attempts) <= MOST_EVENTS
    assert _kept(log) <= MOST_KEPT
    assert len(log.attempts) <= 2000
    assert len(log.notes) < 100


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_of_many_lines_a_bounded_number_is_kept(line: bytes) -> None:
    """Fifty thousand of each kind; what is kept does not grow with them."""
    _many_lines(50_000, line)


@pytest.mark.huge
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_of_a_million_lines_no_more_is_kept(line: bytes) -> None:
    """The same bounds at twenty times the size."""
    _many_lines(1_000_000, line)


JSON = {
    "lists in lists": '{"log": "x", "time": ' + "[" * 30_000 + "]" * 30_000 + "}",
    "maps in maps": '{"message": "x", "level": ' + '{"a":' * 30_000 + "1" + "}" * 30_000 + "}",
    "open lists": '{"log": ' + "[" * 60_000,
    "a number of 5000 digits": '{"message": "x", "level": "INFO", "lineno": ' + "9" * 5000 + "}",
    "a huge exponent": '{"message": "x", "level": "INFO", "lineno": 1e999999999, "process": 1e400}',
    "no numbers": '{"message": "x", "level": NaN, "lineno": Infinity, "time": -Infinity}',
    "equal keys": '{"message": "x", "message": "y", "level": "INFO", "level": [], "time": {}, "time": "t"}',
    "wrong types": '{"message": "x", "level": 7, "lineno": "7", "processName": [], "process": {}, "filename": 1.5, "time": null}',
    "a message that is a record": '{"message": "{\\"message\\": \\"{}\\"}", "level": "INFO"}',
    "lone surrogates": '{"message": "\\ud800\\udc00\\udfff", "level": "INFO"}',
    "control characters": '{"message": "\\u001b[2J\\u0000\\u202e", "level": "\\u001b", "time": "\\n"}',
}


@pytest.mark.parametrize("text", JSON.values(), ids=JSON)
def test_a_json_line_costs_no_answer(text: str) -> None:
    """It is a record or a plain line, and the failure behind it is found."""
    logged(text)
    answer = pipeline.diagnose(START + text.encode() + b"\n" + FAILED)
    assert answer.root_cause
    assert answer.root_cause.id == "port-in-use"
