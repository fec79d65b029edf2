"""What the `type=` of an option accepts, in the few words that the table and its reader share.

`str` `int` `float` as Python's own; `bool` takes anything, and only "" is false; `str-none` ("none" in any case is
""); `ids` (GPU numbers or names with commas between); `json`; `json-or-str` (JSON only where it stands in braces;
`json-line-or-str`: in braces on one line); `human-int` (32k, 32K; `human-int-to-g`: no T), `human-int-or-auto`;
`kvs` (`image=2,video=1`; `kvs-last`: a key may stand twice); `colon-pairs`; `fold` (lower case, dashes as underscores,
before the choices are looked at); `upper` (upper case before them); `config` (a JSON object read into a class). `?` in
front: "" and "None" are taken as None; `|kvs` behind: key=value pairs are taken as well.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = {
    None: "str",
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    json.loads: "json",
}
BY_NAME = {
    "nullable_str": "?str",
    "nullable_kvs": "kvs",
    "union_dict_and_str": "json-or-str",
    "human_readable_int": "human-int",
    "human_readable_int_or_auto": "human-int-or-auto",
    "parse_reasoning_parser": "str-none",
    "VisionLanguageConfig.get_image_input_enum_type": "upper",
}


class UnknownKindError(Exception):
    """A `type=` that this module cannot name yet: teach it."""


def accepts(convert: Callable[[str], Any], text: str) -> bool:
    """Whether the option's own converter takes the text (argparse calls its errors "invalid value")."""
    try:
        with contextlib.redirect_stderr(None), contextlib.redirect_stdout(sys.stderr):
            convert(text)
    except (Exception, argparse.ArgumentTypeError):
        return False
    return True


def _closed_over(convert: Any) -> Any:
    return next(cell.cell_contents for cell in convert.__closure__ if cell.cell_contents is not convert)


def _class_of(convert: Any) -> type | None:
    """The config class that a converter reads its JSON into: a default argument, or the class of a method."""
    for value in convert.__defaults__ or ():
        owner = getattr(value, "__self__", value)
        if isinstance(owner, type):
            return owner
    if isinstance(getattr(convert, "__self__", None), type):
        return convert.__self__  # type: ignore[no-any-return]
    if convert.__name__ == "<lambda>":
        return None
    owner = getattr(sys.modules.get(convert.__module__), convert.__qualname__.split(".")[0], None)
    return owner if isinstance(owner, type) else None


def _lambda_kind(convert: Any) -> str:
    try:
        if convert("A-b") == "a_b":
            return "fold"
    except Exception:
        return "colon-pairs" if accepts(convert, "a:1,b:2") else _unknown(convert)
    return "ids" if convert("a, 1") == ["a", 1] else _unknown(convert)


def _unknown(convert: Any) -> str:
    raise UnknownKindError(f"{convert!r} of {getattr(convert, '__module__', '?')}")


def kind(convert: Any) -> tuple[str, type | None]:
    """The word for a converter, and the class that it reads JSON into (for `config`).

    Raises:
        UnknownKindError: nothing here knows the converter.
    """
    if convert in PLAIN:
        return PLAIN[convert], None
    name = getattr(convert, "__qualname__", "")
    if name in BY_NAME:
        if name.startswith("human_readable_int") and not accepts(convert, "1t"):
            return BY_NAME[name].replace("human-int", "human-int-to-g"), None
        if name == "nullable_kvs" and accepts(convert, "a=1,a=2"):
            return "kvs-last", None
        if name == "union_dict_and_str" and accepts(convert, "{\nx}"):
            return "json-line-or-str", None
        return BY_NAME[name], None
    if name in ("optional_type.<locals>._optional_type", "parse_type.<locals>._parse_type"):
        word, owner = kind(_closed_over(convert))
        if word == "json" and accepts(convert, "image=2"):
            word = "json|kvs"
        return ("?" + word.lstrip("?") if "_optional_type" in name else word), owner
    owner = _class_of(convert)
    if owner is not None and (name.endswith(("parse_dataclass", ".from_cli", ".from_json", "<lambda>"))):
        return "config", owner
    return (_lambda_kind(convert) if name.endswith("<lambda>") else _unknown(convert)), None
