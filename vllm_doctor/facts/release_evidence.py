"""Which releases a log can come from, where no banner says so: the parser's last words come before any banner.

Taken as evidence: the usage line of `vllm` and of `vllm serve`, the options that a full usage lists, what the
parser rejected and the choices that it named, and the form of the record headers. Where pieces contradict each other
(a fork, a plugin) the weaker ones are dropped, the last in this order first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.rejected import parser_message, rejections
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern
from vllm_doctor.vllm import ArgumentError, Program, releases_where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# vllm/scripts.py, vllm/entrypoints/cli/main.py: the commands, and the release that brought each
_COMMANDS = {
    "serve": "0.5.2",
    "complete": "0.5.2",
    "chat": "0.5.2",
    "bench": "0.8.0",
    "collect-env": "0.8.5",
    "run-batch": "0.9.1",
    "launch": "0.18.0",
    "preload": "0.31.0",
    "snapshot": "0.31.0",
    "download-kernels": "0.32.0",
}
_USAGE = pattern(r"usage: vllm \[-h\]( \[-v\])? \{([a-z,-]+)\}")
_SERVE = pattern(r"usage: vllm serve ([<[])model_tag[>\]] \[options\]")
_LISTED = pattern(r"\[(--[a-z][\w-]*)")
_LONGEST = 40_000
# since when `vllm` has -v, `vllm serve` writes [model_tag], and records have brackets
_VERSION_FLAG, _BRACKETS, _HEADER = "0.6.5", "0.8.3", "0.8.0"


def releases_seen(events: Sequence[Event]) -> tuple[str, ...] | None:
    """All releases of the table that agree with what an attempt shows, oldest first; None where nothing tells."""
    agreed: tuple[str, ...] | None = None
    for some in _pieces(events):
        both = some if agreed is None else tuple(release for release in agreed if release in some)
        agreed = both or agreed
    return None if agreed is None or len(agreed) == len(vllm.releases()) else agreed


def _pieces(events: Sequence[Event]) -> Iterator[tuple[str, ...]]:
    """What each piece of evidence leaves, the strongest first; an empty piece tells nothing."""
    message = next((said for event in reversed(events) if (said := parser_message(event))), None)
    if message:
        usage = _usage(events)
        ways = (_by_usage(usage), _by_choices(message), _by_options(usage), _by_rejection(message, _program(events)))
        yield from filter(None, ways)
    if some := _by_header(events):
        yield some


def _usage(events: Sequence[Event]) -> str:
    """The usage text before the parser's last words, blanks folded."""
    lines: list[str] = []
    for event in events:
        if not isinstance(event, Record) or event.level or event.quotes:
            lines.clear()
        elif parser_message(event):
            break
        else:
            lines.append(event.message)
    text = " ".join(" ".join(lines)[-_LONGEST:].split())
    return text[text.rfind("usage: ") :] if "usage: " in text else text


def _program(events: Sequence[Event]) -> Program:
    said = " ".join(event.message for event in events if isinstance(event, Record) and ": error: " in event.message)
    return "api_server" if "api_server.py: error" in said or "openai.api_server: error" in said else "vllm serve"


def _since(first: str, before: str | None = None) -> tuple[str, ...]:
    every = vllm.releases()
    return every[every.index(first) : every.index(before) if before else None]


def _by_usage(usage: str) -> tuple[str, ...]:
    if found := _USAGE.search(usage):
        shown = set(found[2].split(","))
        if shown - set(_COMMANDS):
            return ()
        fits = releases_where(
            lambda release: {name for name, since in _COMMANDS.items() if release in _since(since)} == shown
        )
        with_flag = _since(_VERSION_FLAG)
        return tuple(release for release in fits if (release in with_flag) == bool(found[1]))
    if found := _SERVE.search(usage):
        return _since(_BRACKETS) if found[1] == "[" else _since("0.5.2", _BRACKETS)
    return ()


@lru_cache(maxsize=4)
def _by_options(usage: str) -> tuple[str, ...]:
    """The releases that have every option which a full usage lists."""
    listed = {flag for flag in _LISTED.findall(usage) if vllm.history(flag)}
    return (
        releases_where(lambda release: all(vllm.option(flag, release, "api_server") for flag in listed))
        if len(listed) > 2
        else ()
    )


def _by_rejection(message: str, program: Program) -> tuple[str, ...]:
    """The releases that lack every option that was called unknown, or refuse the value that was refused."""
    named = rejections(message)
    flags = [error.flag for error in named if error.fault == "unknown-option" and vllm.history(error.flag)]
    if flags:
        return releases_where(lambda release: all(vllm.option(flag, release, program) is None for flag in flags))
    known = [
        error
        for error in named
        if error.fault in ("invalid-choice", "invalid-value", "missing-value", "needless-value")
    ]
    return (
        releases_where(lambda release: all(vllm.option(error.flag, release, program) for error in known))
        if known
        else ()
    )


def _by_choices(message: str) -> tuple[str, ...]:
    """The releases whose option has just the choices that the parser named."""
    error = next((one for one in rejections(message) if one.fault == "invalid-choice"), None)
    return releases_where(lambda release: _same_choices(error, release)) if error else ()


def _same_choices(error: ArgumentError, release: str) -> bool:
    there = vllm.choices(error.flag, release)
    return there is not None and {str(choice) for choice in there} == set(error.valid)


def _by_header(events: Sequence[Event]) -> tuple[str, ...]:
    """`file.py:12]` until 0.7.3, `[file.py:12]` since 0.8.0 (vllm/logger.py)."""
    for event in events:
        if isinstance(event, Record) and event.level and event.file and event.at:
            mark = f"{event.file}:{event.at}]"
            text = event.lines[0].text
            if mark in text:
                return _since(_HEADER) if f"[{mark}" in text else _since(vllm.releases()[0], _HEADER)
    return ()
