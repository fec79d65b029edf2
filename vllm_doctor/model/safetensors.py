"""Safetensors headers: names, types and sizes of tensors, without one byte of weights."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.model.fields import MAX_INTEGER
from vllm_doctor.model.jsonfile import is_inside, parse_object
from vllm_doctor.model.shape import Tensors
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_HEADER = 32 * 1024 * 1024
"""The format itself allows 100 MB; the largest published shards have about 2 MiB."""
MAX_SHARDS = 2000

_LAYER = pattern(r"(?:^|\.)layers\.(\d{1,4})\.")
_UNUSED = pattern(r"rotary_emb\.inv_freq|(?:^|\.)mtp\.|\.eagle_")


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a header: its name, stored type and size in bytes."""

    name: str
    type: str
    bytes: int


def read_header(path: Path, root: Path) -> list[Tensor]:
    """The tensors that a safetensors file lists.

    Raises:
        InputError: not a regular file inside `root`, or no safetensors header.
    """
    if not is_inside(path, root):
        raise InputError("is not a regular file inside the model's folder", path.name)
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if not 2 <= size <= MAX_HEADER:
                raise InputError("has no safetensors header (is it a Git LFS pointer?)", path.name)
            raw = file.read(size)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or 'unknown error'})", path.name) from error
    return parse_header(raw, path.name)


def parse_header(raw: bytes, where: str) -> list[Tensor]:
    """The tensors in the JSON of a header."""
    return [
        _tensor(name, entry, where)
        for name, entry in parse_object(raw, where).items()
        if name != "__metadata__"
    ]


def _tensor(name: str, entry: object, where: str) -> Tensor:
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    kind = entry.get("dtype") if isinstance(entry, dict) else None
    if not isinstance(offsets, list) or len(offsets) != 2 or not isinstance(kind, str):
        raise InputError("has a broken safetensors header", where)
    start, end = offsets
    whole = isinstance(start, int) and isinstance(end, int)
    if not whole or not 0 <= start <= end <= 64 * MAX_INTEGER:
        raise InputError("has a broken safetensors header", where)
    return Tensor(name, kind[:16], end - start)


def add_up(tensors: Iterable[Tensor], layers: int, tied: bool) -> Tensors:
    """The sums of a model's tensors, without those that vLLM does not load.

    Layers past the last hidden one are draft layers (DeepSeek's multi-token prediction); an output layer
    beside a tied embedding is a copy.
    """
    sums: Counter[str] = Counter()
    skipped = 0
    copy = False
    for tensor in tensors:
        number = _LAYER.search(tensor.name)
        is_copy = tied and tensor.name.endswith("lm_head.weight")
        copy = copy or is_copy
        if is_copy or _UNUSED.search(tensor.name) or (number and layers and int(number.group(1)) >= layers):
            skipped += tensor.bytes
        else:
            sums[tensor.type] += tensor.bytes
    return Tensors(dict(sums), skipped, copy)
