"""JSON around a line: docker's json-file, container platforms, vLLM with python-json-logger.

An object is a logger's record only when it has a text and something that loggers add (a time, a level, a
stream). An OpenAI error body is not one: it is what a client was told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

_TEXTS = ("log", "message", "msg", "textPayload", "MESSAGE", "line", "content")
_TIMES = ("time", "timestamp", "ts", "@timestamp", "asctime", "date", "_timestamp", "__REALTIME_TIMESTAMP")
_LEVELS = ("level", "levelname", "severity", "log_level", "loglevel")
_OTHERS = ("stream", "logger", "name", "logger_name", "kubernetes", "PRIORITY", "container_name")


class Logged(NamedTuple):
    """What a JSON record says. `whole` is false for a piece that docker cut at 16 KiB."""

    text: str
    time: str
    level: str
    process: str
    container: str
    file: str
    at: int
    whole: bool


def logged(text: str) -> Logged | None:
    """The record in a line that is one JSON object, or an item of a list of them; None when it is no logger's."""
    try:
        data = json.loads(text.rstrip(" \t,"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or _is_error(data):
        return None
    message = _message(data)
    if message is None or not any(key in data for key in (*_TIMES, *_LEVELS, *_OTHERS)):
        return None
    whole = not ("log" in data and "stream" in data and len(message) > 16_000 and not message.endswith("\n"))
    trace = data.get("exc_info") or data.get("exc_text") or data.get("stack_trace")
    if isinstance(trace, str) and trace.strip():
        message = f"{message.rstrip()}\n{trace}"
    line = data.get("lineno")
    return Logged(
        message.replace("\r\n", "\n"),
        _first(data, _TIMES),
        _level(data),
        _process(data),
        _container(data),
        _first(data, ("filename", "pathname", "file")).rpartition("/")[2],
        line if isinstance(line, int) else 0,
        whole,
    )


def _is_error(data: Mapping[str, Any]) -> bool:
    body = data.get("object") == "error" or isinstance(data.get("error"), Mapping)
    return body or ("type" in data and "code" in data and not _first(data, _LEVELS))


def _message(data: Mapping[str, Any]) -> str | None:
    for key in _TEXTS:
        if isinstance(data.get(key), str):
            return str(data[key])
    inner = data.get("jsonPayload") or data.get("content") or data.get("attributes")
    return _message(inner) if isinstance(inner, Mapping) else None


def _first(data: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return next((str(data[key]) for key in keys if isinstance(data.get(key), (str, int, float))), "")


def _level(data: Mapping[str, Any]) -> str:
    level = _first(data, _LEVELS).upper()
    return {"WARN": "WARNING", "FATAL": "CRITICAL", "ERR": "ERROR"}.get(level, level if level.isalpha() else "")


def _process(data: Mapping[str, Any]) -> str:
    name, pid = data.get("processName"), data.get("process")
    if not isinstance(name, str):
        return ""
    return f"{name} pid={pid}" if isinstance(pid, int) else name


def _container(data: Mapping[str, Any]) -> str:
    for where in (data, data.get("kubernetes"), data.get("labels")):
        if isinstance(where, Mapping):
            pod = _first(where, ("pod_name", "pod", "container_name", "CONTAINER_NAME"))
            name = _first(where, ("container_name", "container"))
            if pod:
                return f"{pod}/{name}" if name and name != pod else pod
    return ""
