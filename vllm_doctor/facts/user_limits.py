"""Limits of the operating system, as vLLM and libraries tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare, reader
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

FILES = declare("ulimit.files", "int", "how many files the process may open", "first")
PROCESSES = declare("ulimit.processes", "int", "how many processes and threads the user may have", "first")
KIND = declare("ulimit.kind", "text", "which limit, in the words of the message")
UID = declare("user.uid", "id", "the user id that has no entry", "first")
GAP = declare("user.gap", "text", "what is not known of the user, in the words of the message")
TOOL = declare("compiler.tool", "text", "the program or file that is missing", "first")
PTXAS_ARCH = declare("compiler.arch", "text", "the architecture that a compiler does not know", "first")

# vllm/utils set_ulimit (0.6.6 on): a warning, no failure
_FILES = pattern(r"Found ulimit of (\d{1,9}) and failed to automatically increase")
# OpenBLAS driver/others/blas_server.c
_PROCESSES = pattern(r"RLIMIT_NPROC (\d{1,9}) current")


@reader("Found ulimit of", "RLIMIT_NPROC")
def read_limits(event: Event) -> Iterator[Fact]:
    """The limits that a warning names."""
    if found := _FILES.search(event.message):
        yield Fact(FILES, int(found[1]), event.lines[0])
    if found := _PROCESSES.search(event.message):
        yield Fact(PROCESSES, int(found[1]), event.lines[0])
