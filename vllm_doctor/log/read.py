"""A whole input, read once: bytes -> Line -> Record -> Event -> Attempt."""

from __future__ import annotations

from itertools import chain
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
    from collections.abc import Iterable, Iterator

_ARCHIVES = (b"\x1f\x8b", b"BZ", b"\xfd7", b"\x28\xb5")


def read_log(blocks: Iterable[bytes], name: str) -> Log:
    """Read a log that comes in blocks of bytes; memory is bounded whatever its size.

    Any bytes give a `Log`; what was not kept, turned round or guessed is in its `notes`. An archive is unpacked.

    Raises:
        InputError: it is an archive that cannot be unpacked here.
    """
    source = Source()
    blocks = _opened(iter(blocks), source, name)
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
            source.skim.said(event, cutter.serving)
    attempts = cutter.finish(source.lines)
    if source.turned:
        attempts = as_written(attempts, source.turned)
    return Log(name, source.lines, source.bytes, attempts, ours or source.server, (*source.notes, *cutter.notes))


def _opened(blocks: Iterator[bytes], source: Source, name: str) -> Iterator[bytes]:
    """The blocks, unpacked where they begin as an archive does."""
    head = b""
    for block in blocks:
        head += block
        if len(head) > 1:
            break
    blocks = chain((head,), blocks)
    if not head.startswith(_ARCHIVES):
        return blocks
    from vllm_doctor.log.unpack import unpacked

    return unpacked(blocks, source, name)
