"""The header that a logger puts before its message: vLLM's, and those of the programs around it."""

from __future__ import annotations

from typing import NamedTuple

from vllm_doctor.patterns import pattern

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_INITIALS = {"D": "DEBUG", "I": "INFO", "W": "WARNING", "E": "ERROR", "F": "CRITICAL", "C": "CRITICAL"}
_SAME = {"WARN": "WARNING", "FATAL": "CRITICAL", "TRACE": "DEBUG", "SEVERE": "CRITICAL", "ERR": "ERROR"}

VLLM = pattern(
    r"(DEBUG|INFO|WARNING|ERROR|CRITICAL) ((?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,6})?) "
    r"\[?([\w./<>-]{1,200}?):(\d{1,6})\] ?"
)
"""vllm/logger.py: brackets since 0.8.0, a path instead of a name where VLLM_LOGGING_LEVEL is DEBUG."""
_GLOG = pattern(r"\[?([IWEF])(\d{3,4}) (\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?: +\d{1,10})? +([\w./-]{1,200}):(\d{1,6})\] ?")
_TORCH = pattern(r"\[([IWEF]) ([\w./-]{1,200}):(\d{1,6})\] ?")
_RAY = pattern(
    r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) ([DIWEFC]) \d{1,10} \d{1,10}\] (?:\([\w-]{1,40}\) )?"
    r"([\w./-]{1,200}):(\d{1,6}): ?"
)
_UVICORN = pattern(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL|TRACE): {1,9}")
_DATED = pattern(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d{3}) ")
_LEVEL = pattern(r"(?<![\w.])(DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE)(?![\w.])[\]) ]*[|:-]*(?: |$)")
_LOGURU = pattern(r"[\w.<>]{1,200}:[\w.<>]{1,100}:\d{1,6} - ")


class Header(NamedTuple):
    """What a header says, and `end`, where the message begins. `ours` is true for vLLM's own form."""

    level: str
    time: str
    file: str
    at: int
    end: int
    ours: bool


def header(text: str, timed: bool = False) -> Header | None:
    """The header at the start of a line, None where there is none.

    `timed` says that a time stamp stood before: then a level may stand after a few words
    (`name - ERROR - text`, `name 123 ERROR text`), as Python's logging prints it.
    """
    if not text:
        return None
    first = text[0]
    if first in "DIWECT":
        found = VLLM.match(text)
        if found:
            return Header(found[1], found[2], found[3], int(found[4]), found.end(), True)
        found = _UVICORN.match(text)
        if found:
            return Header(_SAME.get(found[1], found[1]), "", "", 0, found.end(), False)
        found = _DATED.match(text)
        if found:
            return Header(found[1], found[2], "", 0, found.end(), False)
    if first in "[IWEF":
        found = _GLOG.match(text)
        if found:
            time = f"{found[2][:-2]}-{found[2][-2:]} {found[3]}"
            return Header(_INITIALS[found[1]], time, found[4], int(found[5]), found.end(), False)
    found_bracket = _bracketed(text) if first == "[" else None
    if found_bracket:
        return found_bracket
    return _after_time(text) if timed else None


def _bracketed(text: str) -> Header | None:
    found = _TORCH.match(text)
    if found:
        return Header(_INITIALS[found[1]], "", found[2], int(found[3]), found.end(), False)
    found = _RAY.match(text)
    if found:
        return Header(_INITIALS[found[2]], found[1], found[3], int(found[4]), found.end(), False)
    return None


def _after_time(text: str) -> Header | None:
    found = _LEVEL.search(text, 0, 120)
    if not found or not _is_logger(text[: found.start()]):
        return None
    end = found.end()
    place = _LOGURU.match(text, end)
    return Header(_SAME.get(found[1], found[1]), "", "", 0, place.end() if place else end, False)


def _is_logger(front: str) -> bool:
    """Whether the words before a level are a logger's name, a process, a place; not a sentence."""
    words = front.split()
    plain = sum(word.isalpha() for word in words)
    return len(words) <= 4 and plain <= 1 and not any(char in front for char in "\"'`{") and "NCCL" not in front
