"""GPUs: how much memory vLLM sees on one, and what its chip can do.

`gpus.json` holds the table. Its `source` says how much a figure is worth: `measured` stands in a log of this
project, `reported` is known from public logs and was not
measured here, `nominal` is the advertised size less what the driver of such cards
usually keeps (1 to 3 %). Memory differs by up to 2 % between drivers and with ECC; `note` says so.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from vllm_doctor.errors import InputError
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

Origin: TypeAlias = Literal["measured", "reported", "nominal", "given"]

_DATA = Path(__file__).with_name("gpus.json")
_SIZE = pattern(r"(\d{1,4}(?:\.\d{1,3})?)\s*(?:gib|gb|g|gbs)?", re.IGNORECASE)
_COUNTED = pattern(r"(\d{1,3})\s*[x×*]\s*(.+)|(.+?)\s*[x×*]\s*(\d{1,3})", re.IGNORECASE)
_WORDS = pattern(r"nvidia|geforce|tesla|amd|instinct|corporation|gpus?$|\W|_", re.IGNORECASE)
_MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Gpu:
    """A kind of GPU. `gib` is the total that vLLM sees on one, in GiB; `capability` is 0.0 where it is not
    known.

    `count` is more than 1 when an instance ("g5.12xlarge") or "4x A10G" named several.
    """

    name: str
    gib: float
    capability: float = 0.0
    source: Origin = "nominal"
    vendor: str = "nvidia"
    arch: str = ""
    note: str = ""
    aliases: tuple[str, ...] = ()
    count: int = 1

    @property
    def bf16(self) -> bool | None:
        """Whether it computes in bfloat16 (compute capability 8.0, Ampere, on NVIDIA); None when not
        known.
        """
        if self.vendor != "nvidia":
            return True
        return self.capability >= 8.0 if self.capability else None

    @property
    def fp8(self) -> bool | None:
        """Whether it computes in FP8 (8.9, Ada, on NVIDIA; gfx942, gfx950 and gfx12 on AMD); None when not
        known.
        """
        if self.vendor == "amd":
            return self.arch in ("gfx942", "gfx950", "gfx1200", "gfx1201")
        if self.vendor != "nvidia":
            return True
        return self.capability >= 8.9 if self.capability else None


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[Gpu, ...], dict[str, Gpu]]:
    """All GPUs, and each name and alias (in its plain form) with its GPU."""
    data = json.loads(_DATA.read_text(encoding="utf-8"))
    gpus = tuple(Gpu(**{**row, "aliases": tuple(row["aliases"])}) for row in data["gpus"])
    named = {_plain(word): gpu for gpu in gpus for word in (gpu.name, *gpu.aliases)}
    by_name = {gpu.name: gpu for gpu in gpus}
    for instance, (name, count) in data["instances"].items():
        named[_plain(instance)] = replace(by_name[name], count=count)
    return gpus, named


def gpus() -> tuple[Gpu, ...]:
    """Every GPU of the table."""
    return _table()[0]


def _plain(text: str) -> str:
    """A name without vendor words, blanks and signs: "NVIDIA A100-SXM4-40GB" is "a100sxm440gb"."""
    return _WORDS.sub("", text.strip()).lower()


def find_gpu(text: str) -> Gpu | None:
    """The GPU that a name, an alias, a cloud's instance or a number of GiB means ("A10", "g5.xlarge",
    "24GiB").

    "4x L4" and "L4 x 4" count. A bare number up to 4 digits that is no card's name is a size; "4090" is a
    card. None for a name that is not in the table.
    """
    text = text.strip()[:_MAX_TEXT]
    named = _table()[1]
    found = named.get(_plain(text)) if _plain(text) else None
    if found is not None:
        return found
    size = _SIZE.fullmatch(text)
    if size and 1 <= float(size.group(1)) <= 1024:
        gib = float(size.group(1))
        return Gpu(f"{gib:g} GiB GPU", gib, source="given")
    counted = _COUNTED.fullmatch(text)
    if counted:
        count = int(counted.group(1) or counted.group(4))
        one = find_gpu(counted.group(2) or counted.group(3))
        return replace(one, count=count) if one and one.count == 1 and count else None
    return None


def get_gpu(text: str) -> Gpu:
    """As `find_gpu`, for text that a person gave.

    Raises:
        InputError: not in the table; the nearest names stand in it.
    """
    found = find_gpu(text)
    if found is not None:
        return found
    near = nearest(text)
    hint = f"Near it: {', '.join(near)}" if near else "Give its memory in GiB, for example 24GiB"
    raise InputError(f"{text.strip()[:60]!r} is no GPU that is known here", "", hint)


def nearest(text: str) -> tuple[str, ...]:
    """Up to three names of the table that look like a text."""
    from difflib import get_close_matches

    names = _table()[1]
    close = get_close_matches(_plain(text[:_MAX_TEXT]), names, n=6, cutoff=0.5)
    return tuple(dict.fromkeys(names[name].name for name in close))[:3]
