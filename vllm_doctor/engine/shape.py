"""Shapes of YAML data: one description that both checks a file and gives editors their JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vllm_doctor.engine.yaml_file import Document

Path: TypeAlias = "tuple[str | int, ...]"


class Shape(Protocol):
    """Something that data can be held against."""

    def check(self, data: Any, path: Path, document: Document) -> None:
        """Note in the document every place where the data does not have this shape."""

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema (draft 2020-12)."""


@dataclass(frozen=True)
class Scalar:
    """A text, number or truth value; `types` says which."""

    types: tuple[type, ...] = (str,)
    about: str = ""

    def check(self, data: Any, path: Path, document: Document) -> None:
        """See `Shape.check`; a bool is no int."""
        fits = any(isinstance(data, type_) and isinstance(data, bool) == (type_ is bool) for type_ in self.types)
        if not fits or data == "":
            words = {str: "a text", int: "a whole number", bool: "true or false"}
            wanted = " or ".join(words[type_] for type_ in self.types)
            hint = "; quote it" if str in self.types and isinstance(data, (int, bool)) else ""
            document.problem(path, f"{path[-1] if path else 'this'} must be {wanted}{hint}")

    def schema(self) -> dict[str, Any]:
        """See `Shape.schema`."""
        names = [{str: "string", int: "integer", bool: "boolean"}[type_] for type_ in self.types]
        return {"type": names[0] if len(names) == 1 else names} | ({"description": self.about} if self.about else {})


@dataclass(frozen=True)
class OneOf:
    """One word of a closed list."""

    words: tuple[str, ...]

    def check(self, data: Any, path: Path, document: Document) -> None:
        """See `Shape.check`."""
        if data not in self.words:
            document.problem(path, f"{path[-1]} must be one of {', '.join(self.words)}, not {data!r}")

    def schema(self) -> dict[str, Any]:
        """See `Shape.schema`."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class ListOf:
    """A list of one shape; a single value may stand for a list of one where `single` is true."""

    item: Shape
    single: bool = False

    def check(self, data: Any, path: Path, document: Document) -> None:
        """See `Shape.check`."""
        if not isinstance(data, list):
            if self.single:
                self.item.check(data, path, document)
            else:
                document.problem(path, f"{path[-1]} must be a list")
            return
        for index, item in enumerate(data):
            self.item.check(item, (*path, index), document)

    def schema(self) -> dict[str, Any]:
        """See `Shape.schema`."""
        many = {"type": "array", "items": self.item.schema()}
        return {"anyOf": [self.item.schema(), many]} if self.single else many


@dataclass(frozen=True)
class MapOf:
    """A map with free keys."""

    value: Shape

    def check(self, data: Any, path: Path, document: Document) -> None:
        """See `Shape.check`."""
        if not isinstance(data, dict):
            document.problem(path, f"{path[-1]} must be a map")
            return
        for key, value in data.items():
            self.value.check(value, (*path, key), document)

    def schema(self) -> dict[str, Any]:
        """See `Shape.schema`."""
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True)
class Map:
    """A map with known keys, some of them required."""

    keys: Mapping[str, Shape]
    required: tuple[str, ...] = ()

    def check(self, data: Any, path: Path, document: Document) -> None:
        """See `Shape.check`."""
        if not isinstance(data, dict):
            document.problem(path, f"{path[-1] if path else 'the file'} must be a map of {', '.join(self.keys)}")
            return
        for key, value in data.items():
            if key in self.keys:
                self.keys[key].check(value, (*path, key), document)
            else:
                document.problem((*path, key), f"unknown key {key!r}{_near(key, list(self.keys))}")
        for key in self.required:
            if key not in data:
                document.problem(path, f"{key} is missing")

    def schema(self) -> dict[str, Any]:
        """See `Shape.schema`."""
        found = {key: shape.schema() for key, shape in self.keys.items()}
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": found,
            "required": list(self.required),
        }


@dataclass(frozen=True)
class Text:
    """A text in English, or a map by language with `en`; `more` are keys that may stand beside the languages."""

    more: Mapping[str, Shape]
    languages: tuple[str, ...] = ("en", "zh")

    def check(self, data: Any, path: Path, document: Document) -> None:
        """See `Shape.check`."""
        if isinstance(data, dict):
            words: dict[str, Shape] = {language: Scalar() for language in self.languages}
            Map({**words, **self.more}, ("en",)).check(data, path, document)
        else:
            Scalar().check(data, path, document)

    def schema(self) -> dict[str, Any]:
        """See `Shape.schema`."""
        words: dict[str, Shape] = {language: Scalar() for language in self.languages}
        return {"anyOf": [{"type": "string"}, Map({**words, **self.more}, ("en",)).schema()]}


@dataclass(frozen=True)
class Wanted:
    """What a condition wants of a fact: a value, a list of values, `{not: …}` or `{known: true|false}`."""

    def check(self, data: Any, path: Path, document: Document) -> None:
        """See `Shape.check`."""
        value = Scalar((str, int, bool))
        if isinstance(data, dict):
            Map({"not": ListOf(value, single=True), "known": Scalar((bool,))}).check(data, path, document)
            if len(data) != 1:
                document.problem(path, "a condition has one of: not, known")
        else:
            ListOf(value, single=True).check(data, path, document)

    def schema(self) -> dict[str, Any]:
        """See `Shape.schema`."""
        value = ListOf(Scalar((str, int, bool)), single=True).schema()
        known = Map({"known": Scalar((bool,))}, ("known",)).schema()
        return {
            "anyOf": [
                value,
                Map({"not": ListOf(Scalar((str, int, bool)), single=True)}, ("not",)).schema(),
                known,
            ]
        }


def _near(word: str, words: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, words, 1)
    return f": did you mean {near[0]!r}?" if near else f"; known are {', '.join(words)}"
