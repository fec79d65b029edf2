"""What is written in a log, without its meaning.

    bytes -read-> Line -group-> Record -fold-> Event (Record or Traceback) -cut-> Attempt

Line numbers are physical lines of the input, from 1, whatever stood around the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a logical line that stands on one physical line (containerd splits long ones)."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the program wrote it: decoded, without colours, container and process prefixes.

    `pieces` joined are `text`. `process` is the innermost speaker that a prefix names, as written
    ("EngineCore_DP0 pid=123", "Worker_TP1 pid=9", "rank0"), or "". `container` is what a container or pod
    prefix names, or "". `time` is the outermost time stamp, as written, or "".
    """

    text: str
    pieces: tuple[Piece, ...]
    process: str = ""
    container: str = ""
    time: str = ""

    @property
    def number(self) -> int:
        """The physical line on which it begins."""
        return self.pieces[0].line

    @property
    def last(self) -> int:
        """The physical line on which it ends."""
        return self.pieces[-1].line


@dataclass(frozen=True, slots=True)
class Record:
    """One call of a logger, or one unheaded line.

    `level` is upper case ("INFO", "ERROR", ...) or "" for an unheaded line; `file` and `at` are the source file
    and line in vLLM's header ("core.py", 1231; "" and 0 without one). `message` may hold several lines.
    `quotes` is true when the message carries a client's words (a request, an access line, a JSON body): what
    it says is then no event of the server. `bar` is true for the last state of a progress bar.
    """

    message: str
    lines: tuple[Line, ...]
    level: str = ""
    file: str = ""
    at: int = 0
    process: str = ""
    container: str = ""
    time: str = ""
    quotes: bool = False
    bar: bool = False

    @property
    def first_line(self) -> int:
        """The physical line on which it begins."""
        return self.lines[0].number

    @property
    def last_line(self) -> int:
        """The physical line on which it ends."""
        return self.lines[-1].last


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a traceback: `path` as written, its line (0 if none), the function ("" if cut), the code line."""

    path: str
    line: int
    function: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Traceback:
    """A Python exception as printed, outermost frame first.

    `exception` is the type as written ("torch.OutOfMemoryError"; "" when the log is cut before it), `message`
    the words after the colon, several lines kept, without the frames. `cause` is the exception that was printed
    before it in the same chain ("direct cause", "during handling"). `ranks` are the processes that printed the
    same exception (this one first); `lines` the logical lines of this traceback, `raised` those of its last
    part, the exception and its message. `level`, `file`, `at` come from the record that logged it.
    """

    exception: str
    message: str
    frames: tuple[Frame, ...]
    lines: tuple[Line, ...]
    raised: tuple[Line, ...]
    process: str = ""
    container: str = ""
    time: str = ""
    cause: Traceback | None = None
    ranks: tuple[str, ...] = ()
    level: str = ""
    file: str = ""
    at: int = 0

    quotes = False

    @property
    def first_line(self) -> int:
        """The physical line on which it begins."""
        return self.lines[0].number

    @property
    def last_line(self) -> int:
        """The physical line on which it ends."""
        return self.lines[-1].last

    def chain(self) -> Iterator[Traceback]:
        """This exception and those that it came from, innermost last."""
        link: Traceback | None = self
        while link is not None:
            yield link
            link = link.cause


Event: TypeAlias = "Record | Traceback"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One start of the server, from its first record to the next start or the end of the log.

    `events` stand in the order of the log, access lines and statistics left out. `served` is true when the
    server said that it accepts requests. It stands for `repeats` attempts in a row that failed alike, the first of
    which began on line `since` (0 where it stands for itself).
    """

    first_line: int
    last_line: int
    events: tuple[Event, ...]
    served: bool = False
    repeats: int = 1
    since: int = 0


@dataclass(frozen=True, slots=True)
class Log:
    """A whole input: its name, its size, and its attempts in order (at least one).

    `vllm` is true when any line looks like vLLM's (its logger, its modules, its command).
    """

    name: str
    lines: int
    bytes: int
    attempts: tuple[Attempt, ...]
    vllm: bool = True
    notes: tuple[str, ...] = ()
