"""What a release makes of a text as the value of an option, by the `kind` that the table tells.

The kinds are those of tools/flag_table/kinds.py. A refusal is a sentence's end about the value. Sources:
vllm/engine/arg_utils.py (optional_type, parse_type, nullable_kvs, union_dict_and_str, human_readable_int,
parse_reasoning_parser) and `LoRAParserAction` in vllm/entrypoints/openai/cli_args.py.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable

_HUMAN = pattern(r"(\d+(?:\.\d+)?)([kKmMgGtT])")
_POWERS = {letter: power for power, letter in enumerate("kmgt", 1)}


class RefusedError(ValueError):
    """A text that is no value of a kind; its message is the words after the value in a sentence."""


def integer(text: str) -> int:
    """Python's int()."""
    try:
        return int(text)
    except ValueError:
        raise RefusedError("is no whole number") from None


def number(text: str) -> float:
    """Python's float()."""
    try:
        return float(text)
    except ValueError:
        raise RefusedError("is no number") from None


def human_integer(text: str) -> int:
    """A whole number, or one like 32k (thousands), 25.6k, 32K (1024 each; no decimals)."""
    match = _HUMAN.fullmatch(text.strip())
    if match is None:
        try:
            return int(text)
        except ValueError:
            raise RefusedError("is no whole number (32768, 32k and 32K are)") from None
    figure, letter = match[1], match[2]
    if "." in figure and letter.isupper():
        reason = f"has decimals, which {letter} (1024 each) does not allow; {letter.lower()} (1000 each) does"
        raise RefusedError(reason)
    power = _POWERS[letter.lower()]
    try:
        return int(float(figure) * 1000**power) if letter.islower() else int(figure) * 1024**power
    except (ValueError, OverflowError):
        raise RefusedError("has too many digits") from None


def _human_or_auto(text: str) -> int:
    return -1 if text.strip().lower() in ("-1", "auto") else human_integer(text)


def _to_g(text: str) -> int:
    return integer(text) if text.strip()[-1:] in ("t", "T") else human_integer(text)


def _to_g_or_auto(text: str) -> int:
    return integer(text) if text.strip()[-1:] in ("t", "T") else _human_or_auto(text)


def json_text(text: str) -> Any:
    """JSON of any shape."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise RefusedError(f"is no JSON ({error})") from None
    except RecursionError:
        raise RefusedError("is nested too deeply") from None


def _json_or_text(text: str) -> Any:
    return json_text(text) if re.match(r"(?s)^\s*{.*}\s*$", text) else text


def _json_line_or_text(text: str) -> Any:
    return json_text(text) if re.match(r"^{.*}$", text) else text


def _json_or_key_values(text: str) -> Any:
    if not text:
        raise RefusedError("is empty")
    return json_text(text) if re.match(r"^{.*}$", text) else key_values(text)


def key_values(text: str) -> dict[str, int] | None:
    """image=2,video=1: whole numbers by key, no key with two numbers."""
    return _key_values(text, once=True)


def _key_values_last(text: str) -> dict[str, int] | None:
    """image=2,video=1, where the last of equal keys wins and the case of keys is kept."""
    return _key_values(text, once=False)


def _key_values(text: str, *, once: bool) -> dict[str, int] | None:
    if not text:
        return None
    found: dict[str, int] = {}
    for item in text.split(","):
        parts = [part.lower().strip() for part in item.split("=")] if once else item.split("=")
        if len(parts) != 2 or _refuses(integer, parts[1]):
            raise RefusedError("is not of the form KEY=NUMBER,KEY=NUMBER")
        if once and found.get(parts[0], int(parts[1])) != int(parts[1]):
            raise RefusedError(f"gives {parts[0]} twice")
        found[parts[0]] = int(parts[1])
    return found


def _colon_pairs(text: str) -> dict[str, str]:
    if not all(item.count(":") == 1 for item in text.split(",")):
        raise RefusedError("is not of the form KEY:VALUE,KEY:VALUE")
    return dict(item.split(":") for item in text.split(","))


def _ids(text: str) -> list[int | str]:
    return [int(item) if item.isdigit() else item for item in (part.strip() for part in text.split(","))]


_KINDS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "str-none": lambda text: "" if text.lower() == "none" else text,
    "bool": bool,
    "ids": _ids,
    "fold": lambda text: text.lower().replace("-", "_"),
    "upper": str.upper,
    "int": integer,
    "float": number,
    "json": json_text,
    "json|kvs": _json_or_key_values,
    "json-or-str": _json_or_text,
    "json-line-or-str": _json_line_or_text,
    "human-int": human_integer,
    "human-int-or-auto": _human_or_auto,
    "human-int-to-g": _to_g,
    "human-int-to-g-or-auto": _to_g_or_auto,
    "kvs": key_values,
    "kvs-last": _key_values_last,
    "colon-pairs": _colon_pairs,
}


def read(kind: str, text: str) -> Any:
    """The value that a release makes of a text of a kind; None for what is left out.

    Raises:
        RefusedError: it is none.
    """
    if kind.startswith("?") and text in ("", "None"):
        return None
    return _KINDS[kind.lstrip("?")](text)


def refusal(kind: str, text: str) -> str | None:
    """Why a text is no value of a kind (the words after the value in a sentence); None where it is one."""
    try:
        read(kind, text)
    except RefusedError as error:
        return str(error)
    return None


def _refuses(convert: Callable[[str], Any], text: str) -> bool:
    try:
        convert(text)
    except RefusedError:
        return True
    return False


def truth(text: str) -> bool:
    """The value of a switch that wants to be told `true` or `false` (StoreBoolean, 0.5.5 to 0.8.5)."""
    if text.lower() not in ("true", "false"):
        raise RefusedError("is neither true nor false")
    return text.lower() == "true"


def adapter(text: str, forms: list[str]) -> dict[str, Any] | None:
    """An item of --lora-modules (LoRAParserAction), None where it is left out. `forms` are those that the release
    takes: NAME=PATH always, `json` an object with name and path, `equals` further equals signs in the path, `3d` one
    more key.
    """
    if not text and "json" in forms:
        return None
    if ("=" in text and "," not in text) or "json" not in forms:
        if not (text.count("=") == 1 or (text and "equals" in forms)):
            raise RefusedError("is not of the form NAME=PATH")
        name, _, path = text.partition("=")
        return {"name": name, "path": path}
    if _refuses(json_text, text):
        raise RefusedError("is neither NAME=PATH nor JSON")
    data = json.loads(text)
    known = {"name", "path", "base_model_name", *(["is_3d_lora_weight"] if "3d" in forms else [])}
    if not isinstance(data, dict) or not {"name", "path"} <= set(data) or set(data) - known:
        raise RefusedError("must have name and path, and no keys but these and base_model_name")
    return {name: value for name, value in data.items() if value is not None}
