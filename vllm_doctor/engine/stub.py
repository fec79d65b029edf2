"""A rule stub for a failure that no rule knows: all that can be read off the log, the rest for a person to write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.engine.context import words
from vllm_doctor.engine.literal import LEAST, literal_of
from vllm_doctor.engine.match import fold
from vllm_doctor.engine.over_lines import hidden_lines
from vllm_doctor.errors import InputError
from vllm_doctor.log.types import Event, Frame, Line, Record, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vllm_doctor.engine.analysis import Analysis

PREFIX = "mine/"
TODO = "TODO"
_MESSAGE = 240
_LINE = 1000
_RAISED = 3
_SLUG = 60
_ID = pattern(r"[a-z0-9][a-z0-9-]*\Z")
# a file of the package vllm, wherever it is installed or checked out; not one of an environment of that name
_OURS = pattern(r"(?:^|/(?:site|dist)-packages/|/(?!.*/(?:site|dist)-packages/|.*/lib/python))vllm/")
_ENDS = ("Error", "Exception")
# what differs from run to run, and the pattern that stands for it; quotes stay around what was quoted
_VARIABLE = pattern(
    r"""(?P<quoted> (?P<quote>['"`]) (?:(?!(?P=quote)).){1,200} (?P=quote) (?!\w) )
      | (?P<masked> \S{0,40}\*\*\*\S{0,40} )
      | (?P<path> (?:[a-z][a-z0-9+.-]{1,20}://|[A-Za-z]:\\|(?<![\w.)])~?/)[^\s,;:'"()]{1,400} )
      | (?P<hex> 0x[0-9a-fA-F]+ | \b[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4,}){1,8}\b )
      | (?P<number> [0-9]+(?:[.,:][0-9]+)* )""",
    re.VERBOSE,
)
_STANDS_FOR = {"masked": r"\S{1,400}", "path": r"\S{1,400}", "hex": "[0-9a-fA-Fx-]{1,80}", "number": "[0-9.,:]{1,40}"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the failure shows: the type, the pattern of its message, a frame, and the lines that prove it."""

    exception: str
    message: str
    frame: Frame | None
    lines: tuple[Line, ...]


def rule_stub(analysis: Analysis, mask: Callable[[str], str], name: str = "") -> str:
    """The YAML of a rule that sees this failure; sentences that a person must write begin with TODO.

    `mask` takes secrets out of a text. `name` is the rule's id without its prefix; left out, the exception gives it.

    Raises:
        InputError: a rule knows the failure, there is none, or it says too little to be told from others.
    """
    failure = analysis.decision.failure
    if analysis.decision.verdict != "unknown-failure" or failure is None:
        root = analysis.decision.root
        do = f"It is {root.rule.shown}: see vllm-doctor explain {root.rule.id}." if root else "Give a log that failed."
        raise InputError("no failure that is unknown is in this log", do=do)
    if analysis.decision.echo:
        raise InputError("only what follows from a failure is in this log, not the failure", do="Give the whole log.")
    seen = _seen(failure, mask)
    id_ = name or _slug(seen)
    if not _ID.match(id_):
        raise InputError(
            f"{id_!r} is no name of a rule", do="Name the file in lower-case words joined by dashes: no-license.yaml."
        )
    return "\n".join(_written(PREFIX + id_, seen, analysis, failure, mask)) + "\n"


def safe_pattern(message: str) -> str:
    """A pattern for a message's first words: what differs from run to run stands open, all else is fixed."""
    parts, at = [], 0
    for found in _VARIABLE.finditer(message):
        kind = next(kind for kind in ("quoted", *_STANDS_FOR) if found[kind])
        parts.append(_escaped(message[at : found.start()]))
        quote = found["quote"]
        parts.append(f"{quote}[^{quote}]{{1,400}}{quote}" if kind == "quoted" else _STANDS_FOR[kind])
        at = found.end()
    return "".join([*parts, _escaped(message[at:])])


def _escaped(text: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)


def _seen(failure: Event, mask: Callable[[str], str]) -> _Seen:
    if isinstance(failure, Record):
        seen = _Seen("", _message(failure.message, mask), None, failure.lines[:_RAISED])
    else:
        link = list(failure.chain())[-1]
        frame = _reached(link)
        exception = link.exception.partition("(")[0]
        seen = _Seen(exception.rpartition(".")[2], _message(words(link.message), mask), frame, _proof(link, frame))
    if len(literal_of(seen.message)) >= LEAST:
        return seen
    if not (seen.exception and seen.frame):
        raise InputError("the failure says too little to be told from others", do="Give the log with its traceback.")
    return _Seen(seen.exception, "", seen.frame, seen.lines)


def _message(text: str, mask: Callable[[str], str]) -> str:
    """The pattern of a message's first words, cut between two of them."""
    first = fold(mask(text).partition("\n")[0])
    if len(first) > _MESSAGE:
        first = first[:_MESSAGE].rpartition(" ")[0]
    return safe_pattern(first)


def _reached(link: Traceback) -> Frame | None:
    """The innermost frame of vLLM's, else the innermost with a name: where the user can look."""
    named = [frame for frame in link.frames if frame.function.isidentifier()]
    ours = [frame for frame in named if _OURS.search(frame.path.replace("\\", "/"))]
    return next(reversed(ours or named), None)


def _suffix(frame: Frame) -> str:
    """A frame as a rule names it: the last two parts of its path, and the function."""
    parts = [part for part in frame.path.replace("\\", "/").split("/") if part]
    return f"{'/'.join(parts[-2:])}:{frame.function}"


def _proof(link: Traceback, frame: Frame | None) -> tuple[Line, ...]:
    """The traceback's head, the frame with its code, and the exception: one line after the other."""
    lines = list(link.lines)
    kept = lines[:1] if "Traceback (most" in lines[0].text else []
    if frame is not None:
        told = f'File "{frame.path}", line {frame.line}'
        at = next((index for index, line in enumerate(lines) if told in line.text), None)
        kept += [] if at is None else [line for line in lines[at : at + 2] if line not in link.raised]
    return (*kept, *link.raised[:_RAISED])


def _slug(seen: _Seen) -> str:
    """An id: the exception's words and the function that raised it, or a record's first fixed words."""
    stem = seen.exception
    for end in _ENDS:
        stem = stem.removesuffix(end) or stem
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", stem)
    told = f"{split}-{seen.frame.function}" if seen.frame else split or literal_of(seen.message)
    return re.sub(r"[^a-z0-9]+", "-", told.lower()).strip("-")[:_SLUG].strip("-") or "failure"


def _written(id_: str, seen: _Seen, analysis: Analysis, failure: Event, mask: Callable[[str], str]) -> Iterator[str]:
    yield from (f"id: {id_}", "kind: cause", f"cause: {id_}", f"title: {TODO} what happened in one line", "signatures:")
    yield "  - id: seen"
    if seen.exception:
        yield f"    exception: {seen.exception}"
    if seen.message:
        yield f"    message: {_quoted(seen.message)}"
    if seen.frame:
        yield f"    frames: [{_quoted(_suffix(seen.frame))}]"
    if isinstance(failure, Record) and failure.level:
        yield f"    level: {failure.level}"
    yield "explanation:"
    yield f"  - {TODO} what happened and why, in two to four short sentences."
    yield f"options: [{TODO} what would help; or write `fixes` with edits and steps]"
    yield f"references: [{_quoted(_reference(seen, analysis))}]"
    yield from ("examples:", "  - log: |2", *_block(seen.lines, analysis, mask), "    signature: seen")
    yield from ("near_misses:", "  - log: |2", *_block(_near_miss(analysis, failure, seen), analysis, mask))


def _reference(seen: _Seen, analysis: Analysis) -> str:
    place = f"{_suffix(seen.frame).partition(':')[0]}:{seen.frame.line}" if seen.frame else seen.exception or "the log"
    return place + (f" (vLLM {analysis.release})" if analysis.release else "")


def _near_miss(analysis: Analysis, failure: Event, seen: _Seen) -> tuple[Line, ...]:
    """A line of the same log on which the rule stays silent: the nearest before the failure, else any other."""
    own = {line.number for link in _links(failure) for line in link.lines}
    fits = re.compile(seen.message) if seen.message else None
    others = [event for event in analysis.attempt.events if not event.quotes and event.first_line not in own]
    silent = [event for event in others if event.message.strip() and not (fits and fits.search(fold(event.message)))]
    records = [event for event in silent if isinstance(event, Record)]
    before = [event for event in records if event.first_line < failure.first_line]
    if before or records:
        return (before[-1] if before else records[0]).lines[:1]
    raised = [
        event.raised[:1] for event in silent if isinstance(event, Traceback) and event.exception != seen.exception
    ]
    outer = [(line,) for line in failure.lines if isinstance(failure, Traceback) and line not in seen.lines]
    if not (raised or outer):
        raise InputError(
            "the log shows nothing but the failure", do="Give the whole log: a rule is also told by what is fine."
        )
    return (raised or outer)[0]


def _links(failure: Event) -> list[Event]:
    return list(failure.chain()) if isinstance(failure, Traceback) else [failure]


def _block(lines: tuple[Line, ...], analysis: Analysis, mask: Callable[[str], str]) -> list[str]:
    """Lines of a literal block of YAML."""
    hidden = hidden_lines(analysis.attempt.events, [piece.line for line in lines for piece in line.pieces])
    texts = [" ".join(hidden.get(piece.line, "") for piece in line.pieces).strip() or mask(line.text) for line in lines]
    return ["      " + "".join(char for char in text[:_LINE] if char.isprintable()) for text in texts]


def _quoted(text: str) -> str:
    return "'" + "".join(char for char in text if char.isprintable()).replace("'", "''") + "'"
