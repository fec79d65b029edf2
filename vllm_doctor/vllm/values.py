"""Whether a release takes a text as the value of an option, by the `kind` that the table tells.

The kinds are those of tools/flag_table/kinds.py. Each refusal is a sentence about the value; None means
taken. Sources: vllm/engine/arg_utils.py (optional_type, parse_type, nullable_kvs, union_dict_and_str,
human_readable_int).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable

_HUMAN = pattern(r"(\d+(?:\.\d+)?)([kKmMgGtT])")


def integer(text: str) -> str | None:
    """Python's int()."""
    try:
        int(text)
    except ValueError:
        return "is no whole number"
    return None


def number(text: str) -> str | None:
    """Python's float()."""
    try:
        float(text)
    except ValueError:
        return "is no number"
    return None


def human_integer(text: str) -> str | None:
    """A whole number, or one like 32k (thousands), 25.6k, 32K (1024 each; no decimals)."""
    match = _HUMAN.fullmatch(text.strip())
    if match is None:
        return integer(text) and "is no whole number (32768, 32k and 32K are)"
    if "." in match[1] and match[2].isupper():
        return f"has decimals, which {match[2]} (1024 each) does not allow; {match[2].lower()} (1000 each) does"
    return None


def _human_or_auto(text: str) -> str | None:
    return None if text.strip().lower() in ("-1", "auto") else human_integer(text)


def json_text(text: str) -> str | None:
    """JSON of any shape."""
    try:
        json.loads(text)
    except ValueError as error:
        return f"is no JSON ({error})"
    except RecursionError:
        return "is nested too deeply"
    return None


def _json_or_text(text: str) -> str | None:
    braced = re.match(r"(?s)^\s*{.*}\s*$", text)
    return json_text(text) if braced else None


def _json_line_or_text(text: str) -> str | None:
    return json_text(text) if re.match(r"^{.*}$", text) else None


def _to_g(text: str) -> str | None:
    return integer(text) if text.strip()[-1:] in ("t", "T") else human_integer(text)


def _to_g_or_auto(text: str) -> str | None:
    return integer(text) if text.strip()[-1:] in ("t", "T") else _human_or_auto(text)


def _key_values_last(text: str) -> str | None:
    """image=2,video=1, where the last of equal keys wins."""
    parts = [item.split("=") for item in text.split(",")] if text else []
    fine = all(len(part) == 2 and integer(part[1]) is None for part in parts)
    return None if fine else "is not of the form KEY=NUMBER,KEY=NUMBER"


def key_values(text: str) -> str | None:
    """image=2,video=1: whole numbers by key, no key with two numbers."""
    seen: dict[str, int] = {}
    for item in text.split(",") if text else ():
        parts = [part.lower().strip() for part in item.split("=")]
        if len(parts) != 2 or integer(parts[1]) is not None:
            return "is not of the form KEY=NUMBER,KEY=NUMBER"
        if seen.setdefault(parts[0], int(parts[1])) != int(parts[1]):
            return f"gives {parts[0]} twice"
    return None


def _json_or_key_values(text: str) -> str | None:
    return json_text(text) if re.match(r"^{.*}$", text) else (key_values(text) if text else "is empty")


def _colon_pairs(text: str) -> str | None:
    pairs = all(item.count(":") == 1 for item in text.split(","))
    return None if pairs else "is not of the form KEY:VALUE,KEY:VALUE"


def _anything(text: str) -> str | None:
    return None


_KINDS: dict[str, Callable[[str], str | None]] = {
    "str": _anything,
    "any": _anything,
    "fold": _anything,
    "upper": _anything,
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


def refusal(kind: str, text: str) -> str | None:
    """Why a text is no value of a kind (the words after the value in a sentence); None where it is one."""
    if kind.startswith("?") and text in ("", "None"):
        return None
    return _KINDS[kind.lstrip("?")](text)


def chosen(kind: str, text: str) -> object:
    """The value that the release compares with the choices."""
    plain = kind.lstrip("?")
    if kind.startswith("?") and text in ("", "None"):
        return None
    if plain == "fold":
        return text.lower().replace("-", "_")
    if plain == "upper":
        return text.upper()
    return int(text) if plain == "int" else float(text) if plain == "float" else text


def adapter(text: str, forms: list[str]) -> str | None:
    """An item of --lora-modules (LoRAParserAction). `forms` are those that the release takes: NAME=PATH
    always, `json` an object with name and path, `equals` further equals signs in the path, `3d` one more key.
    """
    if "json" not in forms:
        return None if text.count("=") == 1 else "is not of the form NAME=PATH"
    if not text:
        return None
    if "=" in text and "," not in text:
        return None if text.count("=") == 1 or "equals" in forms else "is not of the form NAME=PATH"
    if json_text(text) is not None:
        return "is neither NAME=PATH nor JSON"
    data = json.loads(text)
    given = set(data) if isinstance(data, dict) else set()
    known = {"name", "path", "base_model_name", *(["is_3d_lora_weight"] if "3d" in forms else [])}
    if not {"name", "path"} <= given or given - known:
        return "must have name and path, and no keys but these and base_model_name"
    return None
