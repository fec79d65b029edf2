"""The same value in the words of another release: 32k as 32000, `image=2` as JSON, a choice by its new name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vllm_doctor.vllm import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm.moving.types import Words
    from vllm_doctor.vllm.types import OptionInfo

_RENAMED = {
    # pairs that mean the same, read either way: by the releases' own registries and deprecation messages
    "--reasoning-parser": (("glm4_moe", "glm45"), ("GptOss", "openai_gptoss")),
    "--tool-call-parser": (("glm4_moe", "glm45"),),
    "--quantization": (("nvfp4", "modelopt_fp4"),),
    "--prefix-caching-hash-algo": (("sha256_cbor_64bit", "sha256_cbor"), ("builtin", "sha256")),
    "--task": (("embedding", "embed"),),
    "--attention-backend": (
        ("FLASH_ATTN_VLLM_V1", "FLASH_ATTN"),
        ("TRITON_ATTN_VLLM_V1", "TRITON_ATTN"),
        ("TRITON_MLA_VLLM_V1", "TRITON_MLA"),
        ("FLASHINFER_VLLM_V1", "FLASHINFER"),
        ("FLASHMLA_VLLM_V1", "FLASHMLA"),
        ("CUTLASS_MLA_VLLM_V1", "CUTLASS_MLA"),
        ("ROCM_AITER_MLA_VLLM_V1", "ROCM_AITER_MLA"),
    ),
}


_COMMAS = ("--collect-detailed-traces", "--long-lora-scaling-factors")
"""Options of several values that were one text with commas."""


def called(flag: str, value: str) -> Iterator[str]:
    """Other names of one choice of an option."""
    for one, two in _RENAMED.get(flag, ()):
        if value == one:
            yield two
        elif value == two:
            yield one


def other_words(words: Words, before: OptionInfo, after: OptionInfo) -> Iterator[tuple[str, ...] | None]:
    """Ways to write an option for the new release, as flag and values; None: it may be left out, for it is the default.

    Whether the release takes them is not asked here.
    """
    off = words.flag in before.negative
    if not off or after.negative:
        yield (after.negative[-1] if off else after.flag, *words.values)
    if len(words.values) < 2:
        yield from _switched(words, after, off)
    if len(words.values) == 1:
        for value in called(after.flag, words.values[0]):
            yield (after.flag, value)
        text = _reworded(words.values[0], before.kind, after.kind)
        if text is not None:
            yield (after.flag, text)
    elif after.flag in _COMMAS:
        yield (after.flag, ",".join(words.values))


def _switched(words: Words, after: OptionInfo, off: bool) -> Iterator[tuple[str, ...] | None]:
    """A switch with a value where it takes none, and the other way round."""
    if words.values:
        if after.nargs != 0 or words.values[0].lower() not in ("true", "false"):
            return
        off = words.values[0].lower() == "false"
    if not off:
        yield (after.flag,)
    elif after.negative:
        yield (after.negative[-1],)
    elif after.nargs != 0:
        yield (after.flag, "False")
    elif not after.default:
        yield None


def _read(kind: str, text: str) -> object:
    try:
        return values.read(kind, text)
    except values.RefusedError:
        return None


def _reworded(text: str, before: str, after: str) -> str | None:
    """A value as text of another kind; None where it is none, or stays as it is."""
    if "config" in (before.lstrip("?"), after.lstrip("?")):
        return None
    value = _read(before, text) or (_read("kvs", text) if "json" in after else None)
    if isinstance(value, dict):
        if "kvs" in after and "json" not in after:
            plain = all(isinstance(item, int) for item in value.values())
            return ",".join(f"{key}={item}" for key, item in value.items()) if plain else None
        return json.dumps(value)
    if isinstance(value, int) and not isinstance(value, bool) and str(value) != text:
        return str(value)
    return None
