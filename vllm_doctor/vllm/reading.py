"""The value that a release's parser gives an option for the words that stand behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm import config_values, values
from vllm_doctor.vllm.parser_habits import habit
from vllm_doctor.vllm.words import UNKNOWN, Unknown, dynamic

if TYPE_CHECKING:
    from vllm_doctor.vllm.matching import Given
    from vllm_doctor.vllm.types import OptionInfo, Program
    from vllm_doctor.vllm.words import Item

_ADAPTERS = ("LoRAParserAction", "PromptAdapterParserAction")


class NoChoiceError(values.RefusedError):
    """A value of the right kind that is none of an option's choices."""


def value_of(given: Given, info: OptionInfo, number: int, program: Program) -> Any:
    """What an option is set to by one use of it; `UNKNOWN` where a variable decides.

    Raises:
        RefusedError: the release refuses one of its words.
    """
    if info.nargs == 0:
        return given.spelling not in info.negative
    if not given.values and info.nargs == "?":
        return values.truth(str(info.const)) if info.action == "StoreBoolean" else info.const
    read = [_item(item, info, number, program) for item in given.values]
    if any(value is UNKNOWN for value in read):
        return UNKNOWN
    if info.action in _ADAPTERS:
        return [value for value in read if value is not None]
    return read[0] if info.nargs in (1, "?") else read


def _item(item: Item, info: OptionInfo, number: int, program: Program) -> Any:
    text = word_text(item)
    return text if isinstance(text, Unknown) else text_value(text, info, number, program)


def word_text(item: Item) -> str | Unknown:
    """A word as argparse gets it, that of dotted keys as the JSON into which they are folded."""
    if item.data is None:
        return UNKNOWN if dynamic(item.text) else item.text
    try:
        return json.dumps(item.data, default=_not_known)
    except (_NotKnownError, RecursionError):
        return UNKNOWN


class _NotKnownError(Exception):
    """An object holds a value that a variable will bring."""


def _not_known(value: object) -> object:
    raise _NotKnownError if isinstance(value, Unknown) else TypeError(type(value))


def text_value(text: str, info: OptionInfo, number: int, program: Program) -> Any:
    """What one word is read as.

    Raises:
        NoChoiceError: it is none of the choices.
        RefusedError: it is no value of the option's kind. Of an object of a class only that it is one is looked at
            (`config_values.wrong_object` tells of its keys).
    """
    if info.kind.lstrip("?") == "config":
        left_out = info.kind.startswith("?") and text in ("", "None")
        return None if left_out else config_values.read(info.flag, text, number)
    if info.action in _ADAPTERS:
        forms = habit("adapters", number, program) or ["pair"] if info.action == _ADAPTERS[0] else ["pair"]
        left_out = "json" in forms and info.kind.startswith("?") and text in ("", "None")
        return None if left_out else values.adapter(text, forms)
    if info.action == "StoreBoolean":
        return values.truth(text)
    value = values.read(info.kind, text)
    if info.choices is not None and value not in info.choices:
        raise NoChoiceError("is none of its choices")
    return value
