"""Bytes -> physical lines of text: encodings, line ends, lines without end.

Physical lines end at `\n` alone; `\r` inside a line is a progress bar's. What cannot be decoded
becomes U+FFFD.
"""

from __future__ import annotations

import codecs
from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.log.ansi import plain
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vllm_doctor.log.skim import Skim

HEAD = TAIL = 32 * 1024
"""Bytes kept at either end of a line that is longer than both together."""
SMALL = 1 << 20
"""Bytes that are read line by line; of what comes after them only what is not known yet."""
_SNIFFED = 4096
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(slots=True)
class Source:
    """What is counted while an input is read.

    `cuts` tells, for each line that was too long, how many characters at its end follow the cut.
    `chatter` counts the lines that were dropped; `server` says that some of them were an API server's.
    `turned` is the number of lines of a log that was read from its end to its start, 0 for others.
    `skim` knows what need not be read, once the input is long. `empty` is the last physical line that was dropped
    whole, `bar` the last that was a progress bar.
    """

    lines: int = 0
    bytes: int = 0
    notes: list[str] = field(default_factory=list)
    cuts: dict[int, int] = field(default_factory=dict)
    chatter: int = 0
    server: bool = False
    turned: int = 0
    skim: Skim | None = None
    empty: int = 0
    bar: int = 0

    def note(self, text: str) -> None:
        """Keep a remark about the input, once."""
        if text not in self.notes:
            self.notes.append(text)


def physical_lines(blocks: Iterable[bytes], source: Source) -> Iterator[tuple[int, str]]:
    """The lines of an input with their numbers, from 1, decoded and without colours.

    Memory is bounded by the block size: of a line longer than 64 KiB the two ends are kept.
    """
    pending, trimmed = b"", False
    for block in _as_utf8(_counted(blocks, source), source):
        end = block.rfind(b"\n")
        if end < 0:
            pending += block
            if len(pending) > 4 * (HEAD + TAIL):
                pending, trimmed = pending[:HEAD] + pending[-TAIL:], True
            continue
        yield from _split(pending + block[:end], source, trimmed)
        pending, trimmed = block[end + 1 :], False
    if pending:
        yield from _split(pending, source, trimmed)


def _split(data: bytes, source: Source, trimmed: bool) -> Iterator[tuple[int, str]]:
    if source.skim is None and source.bytes > SMALL:
        from vllm_doctor.log.skim import Skim

        source.skim = Skim()
    if source.skim is not None:
        yield from _skimmed(data, source, source.skim, trimmed)
        return
    number = source.lines
    for text in plain(_text(data)).split("\n"):
        number += 1
        if trimmed or len(text) > HEAD + TAIL:
            text, trimmed = _cut(text, number, source), False
        source.lines = number
        yield number, text


def _skimmed(data: bytes, source: Source, skim: Skim, trimmed: bool) -> Iterator[tuple[int, str]]:
    first = source.lines + 1
    for number, line in skim.lines(data, source.lines, trimmed):
        text = plain(_text(line))
        if (trimmed and number == first) or len(text) > HEAD + TAIL:
            text = _cut(text, number, source)
        yield number, text
    source.lines += skim.size


def _cut(text: str, number: int, source: Source) -> str:
    tail = min(TAIL, len(text) // 2)
    if len(source.cuts) < 10_000:
        source.cuts[number] = tail
    source.note("lines longer than 64 KiB were cut in their middle")
    return text[:HEAD][: len(text) - tail] + text[len(text) - tail :]


def _counted(blocks: Iterable[bytes], source: Source) -> Iterator[bytes]:
    for block in blocks:
        source.bytes += len(block)
        yield bytes(block)


def _as_utf8(blocks: Iterator[bytes], source: Source) -> Iterator[bytes]:
    first = b""
    for block in blocks:
        first += block
        if len(first) >= _SNIFFED:
            break
    encoding, skip = sniff(first)
    first = first[skip:]
    if encoding == "utf-8":
        yield first
        yield from blocks
        return
    source.note(f"read as {encoding.upper()}")
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def sniff(head: bytes) -> tuple[str, int]:
    """The encoding of an input that begins with `head`, and how many bytes its mark takes.

    UTF-16 is told by its mark, or by zero bytes in every second place (PowerShell's `>`, `Out-File`).
    """
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    sample = head[: _SNIFFED & ~1]
    if len(sample) >= 16:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if odd > 0.4 * len(sample) / 2 and even < 0.05 * len(sample) / 2:
            return "utf-16-le", 0
        if even > 0.4 * len(sample) / 2 and odd < 0.05 * len(sample) / 2:
            return "utf-16-be", 0
    return "utf-8", 0


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "\n".join(_line_text(line) for line in data.split(b"\n"))


def _line_text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        text = line.decode("gb18030")
    except UnicodeDecodeError:
        return line.decode(errors="replace")
    return text if _is_chinese(text) else line.decode(errors="replace")


def _is_chinese(text: str) -> bool:
    """Whether what is not ASCII is Chinese: GB18030 decodes nearly every byte to something."""
    wide = [char for char in text if char > "\x7f"]
    common = sum("\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or char >= "\uff00" for char in wide)
    return len(wide) > 1 and common >= 0.9 * len(wide)
