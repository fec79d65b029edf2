"""Values of options that a release reads from JSON into a class of its own (--compilation-config and the
like).

The table tells the class's keys by release (tools/flag_table/keys.py): which shapes each takes, its choices,
and whether other keys are refused. What depends on several keys together is not judged.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass
from vllm_doctor.vllm.table import at, load, within
from vllm_doctor.vllm.values import RefusedError, human_integer
from vllm_doctor.vllm.words import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOOLEAN_WORDS = ("true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "1", "0")
_DEEPEST = 3
_WIDEST = 80
_PROBES: dict[str, Any] = {
    "n": None,
    "b": True,
    "z": 0,
    "i": 1,
    "j": 2,
    "m": -1,
    "f": 0.5,
    "s": "x",
    "d": "1",
    "t": "true",
    "l": [],
    "S": ["x"],
    "I": [1],
    "o": {},
}
# __post_init__ of KVTransferConfig (0.6.5 on) and ECTransferConfig (0.11.1 on), vllm/config
_CONNECTORS = {"--kv-transfer-config": "kv", "--ec-transfer-config": "ec"}
_ANY_WORD = "sdt"
"""A validator may take names that stand for whole objects (`--quantization-config.linear mxfp8`, 0.22.0 on); those
with which the keys were tried are none.
"""
_HUMAN = pattern(r"\b\d+(?:\.\d+)?[kKmMgGtT]\b")


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key of a JSON option in a release.

    `takes` are letters of shapes (tools/flag_table/keys.py), `alone` those that are refused where the key stands
    alone; both are None or empty where the release's parser does not look at the keys. `names` are the only words that
    it takes, in small letters too where they `fold`; without any it may take other words than its choices.
    """

    name: str
    takes: str | None
    alone: str
    choices: tuple[str | int, ...]
    names: tuple[str, ...] = ()
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a JSON value: a sentence's end, the key it is about, and the keys or choices there
    are.
    """

    reason: str
    key: str | None = None
    valid: tuple[str, ...] = ()
    unknown_key: bool = False


def keys(flag: str, number: int) -> dict[str, KeyInfo]:
    """The keys of a JSON option by dotted path; empty where the release names none."""
    found = {}
    table = load("keys").get(flag, {})
    for name, entry in table.items():
        if within(entry["at"], number) and not name.endswith("*"):
            told = at(entry["is"], number)
            choices, words = (tuple(told.get(limit, ())) for limit in ("choices", "names"))
            takes, alone = told.get("takes"), told.get("alone", "")
            if takes is not None and f"{name}.*" in table:  # an object, whatever stands beside it, or a word for one
                takes = "".join(letter for letter in takes if letter in "nsdto" or letter not in alone) + _ANY_WORD
            found[name] = KeyInfo(name, takes, alone, choices, words, told.get("fold", False))
    return found


def _about(flag: str, path: str, number: int) -> dict[str, Any]:
    """What the table says of all keys under a path: whether it is closed, and the forms that the option
    takes.
    """
    entry = load("keys").get(flag, {}).get(f"{path}*")
    told: dict[str, Any] = at(entry["is"], number) if entry and within(entry["at"], number) else {}
    return told


def wrong(flag: str, text: str, number: int) -> Iterator[Wrong]:
    """What a release refuses about the text of a JSON option; nothing where it takes it."""
    try:
        data = read(flag, text, number)
    except RefusedError as error:
        yield Wrong(str(error))
        return
    if isinstance(data, dict):
        yield from wrong_object(flag, data, number)


def read(flag: str, text: str, number: int) -> Any:
    """The object that a release reads from the text of a JSON option, by keys; None where the option is left out.

    Keys are not looked at. A lone level is the object that has it (`-O 3` is `{"level": 3}`).

    Raises:
        RefusedError: the text is no object.
    """
    about = _about(flag, "", number)
    forms = about.get("forms", ["json"])
    if "none" in forms and text in ("", "None"):
        return None
    if "level" in forms and text in ("0", "1", "2", "3"):
        return {"level": int(text)}
    try:
        data = _read(text, forms, bool(about.get("human")))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        form = "Python dict" if "literal" in forms else "JSON"
        reason = str(error).splitlines()[0] if str(error) else "unreadable"
        raise RefusedError(f"is no {form} ({reason})") from None
    if isinstance(data, dict) or (isinstance(data, list) and "list" in forms):
        return data
    raise RefusedError("is no JSON object")


def _read(text: str, forms: list[str], human: bool) -> Any:
    if "literal" in forms:
        import ast

        return ast.literal_eval(text)
    if human:
        parts = re.split(r'("(?:[^"\\]|\\.)*")', text)
        parts[::2] = [_HUMAN.sub(lambda found: str(human_integer(found[0])), part) for part in parts[::2]]
        text = "".join(parts)
    return json.loads(text)


def wrong_object(flag: str, data: dict[str, Any], number: int) -> Iterator[Wrong]:
    """What a release refuses about an object. `Unknown` values are taken."""
    found = list(wrong_keys(flag, data, number))
    yield from found or _wrong_company(flag, data) or _wrong_alone(flag, data, number)


def _wrong_company(flag: str, data: dict[str, Any]) -> list[Wrong]:
    """A connector without its role, or with one that there is not."""
    kind = _CONNECTORS.get(flag)
    if kind is None:
        return []
    key, needed = f"{kind}_connector", f"{kind}_role"
    role, valid = data.get(needed), tuple(f"{kind}_{end}" for end in ("producer", "consumer", "both"))
    if isinstance(role, str) and role not in valid:
        return [Wrong(f"has a value for {needed} that it does not take: {_shown(role)}", needed, valid)]
    lacking = data.get(key) is not None and role is None
    return [Wrong(f"has {key} without {needed}", needed)] if lacking else []


def wrong_keys(flag: str, data: dict[str, Any], number: int, path: str = "") -> Iterator[Wrong]:
    """What a release refuses about an object's keys and their values. `Unknown` values are taken."""
    known = keys(flag, number)
    closed = _about(flag, path, number).get("closed", False)
    here = tuple(name[len(path) :] for name in known if name.startswith(path) and "." not in name[len(path) :])
    for key, value in data.items():
        info = known.get(f"{path}{key}")
        if info is None:
            if closed and here:
                yield Wrong(f"has the unknown key {path}{key}", f"{path}{key}", here, unknown_key=True)
        elif not isinstance(value, Unknown):
            yield from _wrong_value(info, value)
            if isinstance(value, dict) and f"{path}{key}.*" in load("keys").get(flag, {}):
                yield from wrong_keys(flag, value, number, f"{path}{key}.")


def _wrong_alone(flag: str, data: dict[str, Any], number: int) -> Iterator[Wrong]:
    """A key that is refused where it stands alone, with just the value with which it was tried."""
    path: list[str] = []
    value: Any = data
    while isinstance(value, dict) and len(value) == 1 and len(path) < _DEEPEST:
        name, value = next(iter(value.items()))
        path.append(str(name))
    info = keys(flag, number).get(".".join(path))
    tried = next((letter for letter, probe in _PROBES.items() if type(probe) is type(value) and probe == value), "")
    if info is not None and tried and tried in info.alone:
        yield Wrong(f"has {info.name} alone, which it does not take so: {_shown(value)}", info.name)


def _wrong_value(info: KeyInfo, value: Any) -> Iterator[Wrong]:
    if info.takes is None or value in info.choices:
        return
    shape = _shape(value)
    fits = not shape or any(letter in info.takes for letter in shape)
    if fits and not (_wrong_items(info, value) or _wrong_name(info, value) or _wrong_number(info, value)):
        return
    valid = info.names or tuple(str(choice) for choice in info.choices)
    yield Wrong(
        f"has a value for {info.name} that it does not take: {_shown(value)}",
        info.name,
        valid,
    )


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, default=str)
    except RecursionError:
        return "..."
    return text if len(text) <= _WIDEST else text[:_WIDEST] + "..."


def _wrong_name(info: KeyInfo, value: Any) -> bool:
    """Whether a word is none of the names that a key takes; a number as a word may stand for one of them."""
    if not info.names or not isinstance(value, str) or _text_shape(value) == "ds":
        return False
    folded = {name.lower() for name in info.names}
    return value.lower() not in folded if info.fold else value not in info.names


def _wrong_number(info: KeyInfo, value: Any) -> bool:
    """Whether a number is none of those that are a key's only choices."""
    numbers = bool(info.choices) and all(type(choice) is int for choice in info.choices)
    return numbers and type(value) in (int, float) and value not in info.choices


def _wrong_items(info: KeyInfo, value: Any) -> bool:
    """Whether a list of numbers is given plain words."""
    takes = info.takes or ""
    if not isinstance(value, list) or not value or "S" in takes or "I" not in takes:
        return False
    return all(isinstance(item, str) and _text_shape(item) == "s" for item in value)


def _shape(value: Any) -> str:
    """The letters of which one must be taken; "" where the table cannot tell."""
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "b"
    if isinstance(value, float):
        return "f" + _sign(int(value)) if value.is_integer() else "f"  # 1e3 is a whole number to pydantic
    if isinstance(value, int):
        return _sign(value)
    if isinstance(value, str):
        return _text_shape(value)
    if isinstance(value, list):
        return "I" if value and all(type(item) is int for item in value) else "lSI"
    return "o"


def _sign(value: int) -> str:
    return {0: "z", 1: "i", -1: "m"}.get(value, "j" if value > 0 else "m")


def _text_shape(value: str) -> str:
    numeric = re.fullmatch(r"\s*[-+]?[\d_.]+(e[-+]?\d+)?\s*", value, re.IGNORECASE)
    return "ds" if numeric else "ts" if value.strip().lower() in _BOOLEAN_WORDS else "s"
