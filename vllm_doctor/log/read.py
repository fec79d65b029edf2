"""A whole input, read once: bytes -> Line -> Record -> Event -> Attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.log.attempts import Cutter
from vllm_doctor.log.decode import Source, physical_lines
from vllm_doctor.log.fold import events
from vllm_doctor.log.group import records
from vllm_doctor.log.looks import looks_like_vllm
from vllm_doctor.log.order import as_written, in_order
from vllm_doctor.log.types import Log
from vllm_doctor.log.unwrap import logical_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_log(blocks: Iterable[bytes], name: str) -> Log:
    """Read a log that comes in blocks of bytes; memory is bounded whatever its size.

    Any bytes give a `Log`; what was not kept, turned round or guessed is in its `notes`.
    """
    source = Source()
    cutter = Cutter()
    ours = False
    lines = logical_lines(in_order(physical_lines(blocks, source), source), source)
    for event in events(records(lines, source)):
        ours = ours or looks_like_vllm(event)
        starts = cutter.starts
        cutter.add(event)
        if source.skim is not None:
            if cutter.starts > starts:
                source.skim.renew()
            source.skim.said(event)
    attempts = cutter.finish(source.lines)
    if source.turned:
        attempts = as_written(attempts, source.turned)
    return Log(name, source.lines, source.bytes, attempts, ours or source.server, (*source.notes, *cutter.notes))
