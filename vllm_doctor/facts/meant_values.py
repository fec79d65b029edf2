"""Values that a rejected one can only have meant: other spellings of a choice, numbers and JSON written otherwise."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING

from vllm_doctor.vllm.near import likeness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

_ALIKE = 0.75
_AHEAD = 0.08
_LONGEST = 4_000
# how transformers, torch, llama.cpp and papers call what vLLM calls otherwise
_SYNONYMS = {
    "fp16": "float16", "f16": "float16", "float": "float32", "fp32": "float32", "f32": "float32", "bf16": "bfloat16",
    "e4m3": "fp8_e4m3", "fp8_e4m3fn": "fp8_e4m3", "e5m2": "fp8_e5m2", "float8": "fp8",
}  # fmt: skip


def values_meant(flag: str, text: str, valid: Sequence[str]) -> Iterator[str]:
    """What a rejected value may have meant, the likeliest first; `valid` are the choices or keys that there are."""
    if len(text) > _LONGEST:
        return
    if text.lstrip().startswith(("{", "[")):
        yield from _json(text, valid)
    elif valid:
        yield from _choices(text, valid)
    else:
        yield from _numbers(text)


def _plain(text: str) -> str:
    return re.sub(r"[-_ .]", "", text.lower())


def _choices(text: str, valid: Sequence[str]) -> Iterator[str]:
    text = text.strip().strip("'\"").removeprefix("torch.")
    same = [choice for choice in valid if _plain(choice) == _plain(text)]
    if len(same) == 1:
        yield same[0]
    known = _SYNONYMS.get(text.lower(), "")
    if known in valid:
        yield known
        return
    near = nearest_choice(text, valid)
    if near and not text.isdigit():
        yield near


def nearest_choice(text: str, valid: Sequence[str]) -> str | None:
    """The one choice that is much like a text, where no second one is nearly as like; digits must be the same."""
    digits = re.findall(r"\d+", text)
    scored = sorted(
        ((likeness(text.lower(), choice.lower()), choice) for choice in valid if re.findall(r"\d+", choice) == digits),
        reverse=True,
    )
    ahead = len(scored) < 2 or scored[0][0] - scored[1][0] >= _AHEAD
    return scored[0][1] if scored and scored[0][0] >= _ALIKE and ahead else None


def _numbers(text: str) -> Iterator[str]:
    bare = text.strip().strip("'\"").strip()
    yield bare
    if re.fullmatch(r"\d{1,3}(?:[,_]\d{3})+", bare):
        yield re.sub(r"[,_]", "", bare)
    if percent := re.fullmatch(r"(\d{1,3}(?:\.\d+)?) ?%", bare):
        yield format(_decimal(percent[1]) / 100, "f")
    if human := re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?) ?([kK])i?", bare):
        number = _decimal(human[1]) * (1024 if human[2] == "K" else 1000)
        yield format(number.to_integral_value(), "f")
    if whole := re.fullmatch(r"(\d{1,12})\.0+", bare):
        yield whole[1]


def _decimal(text: str) -> Decimal:
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


def _json(text: str, valid: Sequence[str]) -> Iterator[str]:
    """JSON written as Python writes it, or with a misspelt key or word."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        try:
            data = ast.literal_eval(
                re.sub(
                    r"\b(true|false|null)\b", lambda word: {"true": "True", "false": "False"}.get(word[0], "None"), text
                )
            )
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return
        try:
            yield json.dumps(data)
        except (TypeError, ValueError):
            return
    if not isinstance(data, dict) or not valid:
        return
    left = [name for name in valid if name not in data]
    words = [(str(key), left) for key in data] + [(word, valid) for word in data.values() if isinstance(word, str)]
    for word, names in words:
        near = None if word in valid else _near(word, names)
        if near and text.count(f'"{word}"') == 1:
            yield text.replace(f'"{word}"', f'"{near}"')


def _near(word: str, names: Sequence[str]) -> str | None:
    """The name that a word means: the same but for capitals and signs, else the one that is much like it."""
    same = [name for name in names if _plain(name) == _plain(word)]
    return same[0] if len(same) == 1 else nearest_choice(word, names)
