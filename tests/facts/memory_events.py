"""Records and tracebacks of GPU memory, made of the words that vLLM and torch print."""

from __future__ import annotations

from vllm_doctor.facts import Fact, Facts
from vllm_doctor.facts.collect import of_event
from vllm_doctor.facts.types import merge
from vllm_doctor.log.types import Event, Frame, Line, Piece, Record, Traceback

CUDA = (
    "CUDA out of memory. Tried to allocate 320.00 MiB. GPU 0 has a total capacity of 21.99 GiB of which 19.38 MiB"
    " is free. Including non-PyTorch memory, this process has 21.96 GiB memory in use. Of the allocated memory"
    " 21.67 GiB is allocated by PyTorch, and 17.92 MiB is reserved by PyTorch but unallocated."
)


def line(text: str, number: int = 1) -> Line:
    return Line(text, (Piece(number, text),))


def record(message: str, file: str = "", number: int = 1) -> Record:
    return Record(message, (line(message, number),), "ERROR" if file else "", file)


def raised(
    *frames: str,
    message: str = CUDA,
    exception: str = "torch.OutOfMemoryError",
    cause: Traceback | None = None,
) -> Traceback:
    """A traceback; a frame is written `path:function`."""
    made = tuple(Frame(*_frame(frame)) for frame in frames)
    lines = (line("Traceback (most recent call last):"), line(f"{exception}: {message}", 2))
    return Traceback(exception, message, made, lines, lines[1:], cause=cause)


def _frame(frame: str) -> tuple[str, int, str]:
    path, _, function = frame.rpartition(":")
    return f"/usr/local/lib/python3.12/dist-packages/{path}", 1, function


def facts_of(*events: Event, **known: object) -> Facts:
    """The facts of events, and others by name with `__` for the dot."""
    more = [Fact(name.replace("__", "."), value) for name, value in known.items()]  # type: ignore[arg-type]
    return Facts(merge(fact for event in events for fact in of_event(event))).having(more)
