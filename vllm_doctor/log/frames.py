"""The parts of a printed Python traceback, line by line."""

from __future__ import annotations

from vllm_doctor.log.types import Frame
from vllm_doctor.patterns import pattern

HEAD = "Traceback (most recent call last):"
_FRAME = pattern(r'\s{0,40}File "([^"\n]{1,4096})(?:"(?:, line (\d{1,9}))?(?:, in (.*))?)?')
_NAMED = pattern(r"((?:[A-Za-z_]\w*\.){0,20}[A-Za-z_]\w*)(\([\w.]{1,100}\))?(?::(?=\s|$)|$)")
_SUFFIXES = ("Error", "Exception", "Interrupt", "Exit", "Failure", "Group", "Timeout", "Iteration")
_BARE = pattern(
    r"(?:[A-Za-z_]\w*\.){0,20}(?:[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Failure|ExceptionGroup)|Exception|[A-Z]\w*)"
    r"(?:\([\w.]{1,100}\))?(?=:(?:\s|$)|$)"
)
_CHAINS = (
    "The above exception was the direct cause of the following exception",
    "During handling of the above exception, another exception occurred",
)
_DATE = pattern(r"\[?\d{4}-\d\d-\d\d[ T]")
_GROUP = pattern(r"\s*\+-?\+?-{3,}")
_MARGIN = pattern(r"\s{0,40}(?:\| ?|\+ (?=Exception Group ))")
_OTHERS = (
    "Process ",
    "$ ",
    "# ",
    "+ ",
    "frame #",
    "nanobind: ",
    "Exception in ",
    "Exception ignored in",
    "EngineCore failed",
    "EngineCore hit",
    "EngineCore encountered",
    "WorkerProc ",
    "handle: <",
    "Exception raised from",
    "Fatal Python error",
    "[rank",
    "Loading ",
    "Capturing ",
    "[W",
    "[E",
    "--- Logging error",
    "*** ",
    "root@",
    "WARNING",
    "ERROR",
    "usage: ",
    "  warnings.warn(",
    "Engine process failed",
)


def frame(text: str) -> Frame | None:
    """`  File "path", line 1, in name`, also cut off after the path."""
    if 'File "' not in text[:60]:
        return None
    found = _FRAME.match(text)
    if not found:
        return None
    return Frame(found[1], int(found[2] or 0), (found[3] or "").strip())


def is_head(text: str) -> bool:
    """The line that begins a traceback."""
    return text.startswith(HEAD)


def is_marker(text: str) -> bool:
    """`^^^^^` and `~~~^^^` under a line of code."""
    return ("^" in text or "~" in text) and not text.strip(" \t^~")


def is_chain(text: str) -> bool:
    """The words between two exceptions of a chain."""
    return text.startswith(_CHAINS)


def raised(text: str) -> tuple[str, str] | None:
    """Type and message of an exception's line after frames; any dotted or capital name is a type."""
    found = _NAMED.match(text)
    if not found:
        return None
    last = found[1].rpartition(".")[2]
    named = last.endswith(_SUFFIXES) or (("." in found[1] or found[0].endswith(":")) and last[0].isupper())
    if not named and not (found[0].endswith(":") and "." in found[1]):
        return None
    return found[1] + (found[2] or ""), text[found.end() :].strip()


def bare(text: str) -> tuple[str, str] | None:
    """Type and message of a line that is an exception on its own: only types that are named as such."""
    if not text[:1].isalpha() or ("rror" not in text and "Ex" not in text and "xc" not in text and "Int" not in text):
        return None
    found = _BARE.match(text)
    if not found:
        return None
    name = found[0].partition("(")[0]
    last = name.rpartition(".")[2]
    known = last.endswith(("Error", "Exception", "Interrupt", "Exit", "Failure", "ExceptionGroup"))
    if last == "Error" and "." not in name:
        return None
    if not known and not any(part in name for part in (".exc.", ".errors.", ".exceptions.")):
        return None
    return found[0], text[found.end() + 1 :].strip()


def unmargined(text: str) -> str:
    """A line of an exception group without the `| ` and `+ ` that it draws."""
    found = _MARGIN.match(text)
    return text[found.end() :] if found else text


def is_group_rule(text: str) -> bool:
    """The lines between the parts of an exception group: `+-+---------------- 1 ----------------`."""
    return text.lstrip().startswith("+-") and _GROUP.match(text) is not None


def is_other(text: str) -> bool:
    """A line that cannot go on with an exception's message: something else begins."""
    if text.startswith(_OTHERS) or is_head(text) or is_chain(text):
        return True
    if 'File "' in text[:60] and frame(text) is not None:
        return True
    return ("Warning: " in text and text[0] in "/[<") or _DATE.match(text) is not None
