"""Archives of a log, unpacked while they are read: gzip, bzip2, xz and zstd, told by their first bytes."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vllm_doctor.log.decode import Source

BLOCK = 1 << 18
WINDOW = 64 << 20
"""Bytes that an archive may want to look back on: those that want more (zstd --ultra --long) are not read."""
MOST_TIMES = 1000
"""A log of the same few lines comes near that size; what unpacks to more is no log."""
ALLOWED = 1 << 30
"""Bytes that any archive may unpack to, however small it is."""
_XZ_OWN = 4 << 20
_LEVELS = tuple(b"%d" % level for level in range(1, 10))
_MAGICS = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)


def unpacked(blocks: Iterable[bytes], source: Source, name: str) -> Iterator[bytes]:
    """The blocks of an input, unpacked when they are an archive; of a broken archive what could be read.

    Memory is bounded by the archive's window, 64 MiB at most. `name` is the input's, for errors.

    Raises:
        InputError: nothing here unpacks this kind, or it wants a larger window.
    """
    rest, head = iter(blocks), b""
    for block in rest:
        head += block
        if len(head) >= 6:
            break
    kind = next((kind for magic, kind in _MAGICS if head.startswith(magic)), "")
    if not kind or (kind == "bzip2" and head[3:4] not in _LEVELS):
        return chain((head,) if head else (), rest)
    return _Unpacker(kind, source, name).blocks(chain((head,), rest))


class _Unpacker:
    """Members of an archive, one after the other."""

    def __init__(self, kind: str, source: Source, name: str) -> None:
        self.kind = kind
        self.source = source
        self.name = name
        self.new, self.errors = _reader(kind, name)
        self.taken = self.given = self.before = 0

    @property
    def over(self) -> bool:
        """Whether it unpacks to more than a log does."""
        return self.given > max(ALLOWED, MOST_TIMES * self.taken)

    def blocks(self, packed: Iterable[bytes]) -> Iterator[bytes]:
        self.source.note(f"read as {self.kind}")
        member, fresh = self.new(), True
        for block in packed:
            self.taken += len(block)
            data = block
            while data:
                try:
                    yield from self._of_member(member, data)
                except self.errors as error:
                    self._broken(error, fresh and self.given == self.before)
                    return
                if not member.eof:
                    fresh = False
                    break
                data, member, fresh, self.before = member.unused_data.lstrip(b"\0"), self.new(), True, self.given
            if self.over:
                self.source.note(f"the archive unpacks to more than {MOST_TIMES} times its size and was not read on")
                return
        if not fresh:
            self.source.note("the archive is cut off; what is there was read")

    def _of_member(self, member: Any, data: bytes) -> Iterator[bytes]:
        while True:
            made = member.decompress(data, BLOCK)
            self.given += len(made)
            if made:
                yield made
            data = b""
            if member.eof or self.over or (member.needs_input and len(made) < BLOCK):
                return

    def _broken(self, error: Exception, fresh: bool) -> None:
        """Say what was wrong; rubbish after a whole member is usual."""
        if "memory" in str(error).lower() and not self.given:
            do = f"Unpack it and pipe it in: {self.kind} -dc FILE | vllm-doctor."
            raise InputError(f"this {self.kind} archive wants a window of more than 64 MiB", self.name, do) from error
        if fresh and self.given:
            self.source.note(f"what follows the {self.kind} archive was left out")
        else:
            self.source.note(f"the archive is broken after {self.given:,} bytes; what was before was read")


class _Gzip:
    """zlib's reader with the manners of the others."""

    def __init__(self) -> None:
        import zlib

        self._inner = zlib.decompressobj(wbits=31)
        self.needs_input = True

    def decompress(self, data: bytes, most: int) -> bytes:
        """At most so many bytes of what `data` and what was left of the last call unpack to."""
        made = self._inner.decompress(self._inner.unconsumed_tail + data, most)
        self.needs_input = not self._inner.unconsumed_tail and len(made) < most
        return made

    @property
    def eof(self) -> bool:
        """Whether the member ended."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """What stands behind the member."""
        return self._inner.unused_data


def _reader(kind: str, name: str) -> tuple[Callable[[], Any], tuple[type[Exception], ...]]:
    """What makes a reader of one member, and what it raises where the data is broken."""
    if kind == "gzip":
        import zlib

        return _Gzip, (zlib.error,)
    if kind == "bzip2":
        import bz2

        return bz2.BZ2Decompressor, (OSError, ValueError)
    if kind == "xz":
        import lzma

        return lambda: lzma.LZMADecompressor(memlimit=WINDOW + _XZ_OWN), (lzma.LZMAError,)
    zstd = _zstd(name)
    options = {zstd.DecompressionParameter.window_log_max: WINDOW.bit_length() - 1}
    return lambda: zstd.ZstdDecompressor(options=options), (zstd.ZstdError,)


def _zstd(name: str) -> Any:
    from importlib import import_module

    for module in ("compression.zstd", "backports.zstd"):
        try:
            return import_module(module)
        except ImportError:
            continue
    do = "Install it with pip install 'vllm-launch-doctor[zstd]', or unpack it: zstd -dc FILE | vllm-doctor."
    raise InputError("this is a zstd archive, which this Python cannot unpack", name, do)
