"""Typed reading of a JSON object: a wrong type or a senseless size is an `InputError` that names the key."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_INTEGER = 2**40
"""Above any size in a model's config; larger numbers are refused before they are multiplied."""

MAX_ITEMS = 100_000
"""The longest list that is walked."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of one JSON object. `null` reads as missing; of several names the first that is there
    counts.
    """

    data: Mapping[str, object]
    where: str = "config.json"

    def _first(self, names: tuple[str, ...]) -> tuple[str, object]:
        for name in names:
            value = self.data.get(name)
            if value is not None:
                return name, value
        return names[0], None

    def _wrong(self, name: str, value: object, wanted: str) -> InputError:
        shown = repr(value)
        return InputError(f"{name} is {shown[:60]}{'…' if len(shown) > 60 else ''}, not {wanted}", self.where)

    def has(self, *names: str) -> bool:
        """Whether one of the names is there and not null."""
        return self._first(names)[1] is not None

    def integer(self, *names: str, default: int = 0) -> int:
        """A whole number from 0 to 2**40 (a float without a fraction counts: some writers make 4096.0)."""
        return self.required_integer(*names) if self.has(*names) else default

    def required_integer(self, *names: str) -> int:
        """As `integer`, for a key that must be there."""
        name, value = self._first(names)
        if isinstance(value, float) and math.isfinite(value) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(name, value, "a whole number")
        if not 0 <= value <= MAX_INTEGER:
            raise InputError(f"{name} is out of range (0 to 2**40)", self.where)
        return value

    def number(self, *names: str, default: float = 0.0) -> float:
        """A finite number."""
        name, value = self._first(names)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e18:
            raise self._wrong(name, value, "a number")
        if not math.isfinite(value):
            raise self._wrong(name, value, "a finite number")
        return float(value)

    def flag(self, *names: str, default: bool = False) -> bool:
        """A true or false."""
        name, value = self._first(names)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def text(self, *names: str, default: str = "") -> str:
        """A string."""
        name, value = self._first(names)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self._wrong(name, value, "a string")
        return value

    def section(self, *names: str) -> Fields:
        """An object; an empty one when it is missing."""
        name, value = self._first(names)
        if value is None:
            return Fields({}, f"{self.where}: {name}")
        if not isinstance(value, dict):
            raise self._wrong(name, value, "an object")
        return Fields(value, f"{self.where}: {name}")

    def items(self, *names: str) -> tuple[object, ...]:
        """A list; empty when it is missing."""
        name, value = self._first(names)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise self._wrong(name, value, "a list of sensible length")
        return tuple(value)

    def texts(self, *names: str) -> tuple[str, ...]:
        """A list of strings."""
        values = self.items(*names)
        for value in values:
            if not isinstance(value, str):
                raise self._wrong(names[0], value, "a list of strings")
        return tuple(str(value) for value in values)

    def integers(self, *names: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(
            Fields({names[0]: value}, self.where).required_integer(names[0]) for value in self.items(*names)
        )
