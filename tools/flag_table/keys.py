"""The keys of a config class that an option reads from JSON, found by asking the option's own converter.

Each key is tried alone with one value of each JSON shape, and so is its type hint; the letters of the shapes
that either took are its `takes` (a validator may want several keys together, or widen the hint); `alone` are those
of them that were refused where the key stands alone.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from typing import Any

from kinds import accepts

if typing.TYPE_CHECKING:
    from collections.abc import Callable

SHAPES: dict[str, Any] = {
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
NO_SUCH_KEY = "no_such_key_zz"
BESIDE = ("auto", "none", "default")
"""Words that a validator may take beside the names of an enum."""


def _hints(owner: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(owner)
    except Exception:
        return dict(getattr(owner, "__annotations__", {}))


def _names(owner: type) -> list[str]:
    if dataclasses.is_dataclass(owner):
        return [field.name for field in dataclasses.fields(owner) if field.init]
    return list(getattr(owner, "model_fields", {}))


def _literals(hint: Any) -> list[Any]:
    """The choices of a hint that allows nothing but choices and None; else []."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return _literals(typing.get_args(hint)[0])
    if origin is typing.Literal:
        return list(typing.get_args(hint))
    if origin in (typing.Union, types.UnionType):
        parts = [_literals(part) for part in typing.get_args(hint) if part is not type(None)]
        return [value for part in parts for value in part] if all(parts) else []
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return [member.value for member in hint]
    return []


def _nested(hint: Any) -> type | None:
    """The config class inside a hint (`PassConfig`, `PassConfig | None`)."""
    for part in (hint, *typing.get_args(hint)):
        if isinstance(part, type) and (dataclasses.is_dataclass(part) or hasattr(part, "model_fields")):
            return part
    return None


def _enum_names(hint: Any) -> list[str]:
    """The names of the members of the enums in a hint."""
    union = typing.get_origin(hint) in (typing.Union, types.UnionType, typing.Annotated)
    parts = typing.get_args(hint) if union else (hint,)
    enums = [part for part in parts if isinstance(part, type) and issubclass(part, enum.Enum)]
    return [name for part in enums for name in part.__members__]


def _hint_takes(hint: Any) -> set[str]:
    """The shapes that a type hint takes; all where pydantic cannot tell. A name of an enum may pass a
    validator.
    """
    import pydantic

    try:
        adapter = pydantic.TypeAdapter(hint)
        adapter.core_schema  # noqa: B018 (built lazily, raises here)
    except Exception:
        return set(SHAPES)
    taken = {shape for shape, value in SHAPES.items() if accepts(adapter.validate_json, json.dumps(value))}
    return taken | {"s", "d"} if _enum_names(hint) else taken


def _extra_of(owner: type) -> str:
    settings = getattr(owner, "__pydantic_config__", None) or getattr(owner, "model_config", None) or {}
    return str(settings.get("extra") or "ignore")


def _union(hinted: set[str], alone: set[str]) -> str:
    """The shapes that a key takes: those that its hint takes or that were taken alone, but for the signs of
    numbers that a limit rules out (1 is taken alone, 0 or -1 is not).
    """
    ruled_out = {"z", "m"} - alone if alone & {"i", "j"} else set()
    return "".join(shape for shape in SHAPES if shape in (hinted | alone) - ruled_out)


class _Asker:
    """Asks one converter about keys; `write` spells an object as the converter reads it."""

    def __init__(self, convert: Callable[[str], Any]) -> None:
        self.convert = convert
        literal = accepts(convert, "{'level': 3}") and not accepts(convert, '{"level": true}')
        self.write: Callable[[Any], str] = repr if literal else json.dumps

    def takes(self, path: list[str], value: Any) -> bool:
        for name in reversed(path):
            value = {name: value}
        return accepts(self.convert, self.write(value))

    def shapes(self, path: list[str], hint: Any, known: bool) -> dict[str, str]:
        """What a key takes in company (`takes`), and what of that it refuses `alone`."""
        alone = {shape for shape, value in SHAPES.items() if self.takes(path, value)}
        taken = _union(_hint_takes(hint) if known else set(SHAPES), alone)
        refused = "".join(shape for shape in taken if shape not in alone)
        return {"takes": taken} | ({"alone": refused} if refused else {})


def _named(asker: _Asker, path: list[str], hint: Any) -> dict[str, Any]:
    """The names of an enum's members that a key takes, where it takes no other word; `fold`: in small letters too."""
    members = _enum_names(hint)
    folded = {name.lower() for name in members}
    beside = [word for word in BESIDE if members and word not in folded]
    names = [name for name in (*members, *beside) if asker.takes(path, name)]
    if not names or asker.takes(path, SHAPES["s"]):
        return {}
    return {"names": names} | ({"fold": True} if asker.takes(path, names[0].lower()) else {})


def _ask(owner: type, asker: _Asker | None, path: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    hints = _hints(owner)
    for name in _names(owner):
        hint = hints.get(name)
        entry: dict[str, Any] = {} if asker is None else asker.shapes([*path, name], hint, name in hints)
        choices = _literals(hint)
        if choices and all(isinstance(choice, (str, int)) for choice in choices):
            entry["choices"] = choices
        if asker is not None:
            entry |= _named(asker, [*path, name], hint)
        found[".".join([*path, name])] = entry
        inner = _nested(hint)
        if inner is not None and len(path) < 2 and inner is not owner:
            found |= _ask(inner, asker, [*path, name])
    probing = asker is not None and asker.takes(path, {})
    closed = not asker.takes([*path, NO_SUCH_KEY], 1) if probing and asker else _extra_of(owner) == "forbid"
    found[".".join([*path, "*"])] = {"closed": closed}
    return found


def config_keys(owner: type, convert: Callable[[str], Any] | None) -> dict[str, Any]:
    """The keys of a class by dotted path; the entry "*" tells whether other keys are refused (`closed`)."""
    found = _ask(owner, None if convert is None else _Asker(convert), [])
    if convert is not None:
        forms = {"json": "{}", "level": "3", "literal": "{'level': 3}", "list": "[]", "none": ""}
        found["*"]["forms"] = [word for word, text in forms.items() if accepts(convert, text)]
        numbers = [name for name, entry in found.items() if "." not in name and "i" in entry.get("takes", "")]
        found["*"]["human"] = any(accepts(convert, f'{{"{name}": 1k}}') for name in numbers)
    return found
