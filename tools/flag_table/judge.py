"""What a release's own parser makes of lists of words: taken or not, and the values that it gives.

A question is `{"release", "program", "lists": [{"words": [...], "values": {dest: value}}]}`, where `values` are what
vllm_doctor expects. Its answer is `{"base": {dest: value}, "lists": [{"accepted", "error", "set": {dest: value}}]}`:
`base` without any words, `set` what the words changed (null where they end in the help). A value that is an object of
the release's own class is told as the expected one where the option's own converter reads that into an equal object,
else as its fields.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
from typing import TYPE_CHECKING, Any

import lenient
import parsers
from actions import plain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

NO_VALUES = ("dispatch_function", "subparser", "help")


def answer(sources: Path, question: dict[str, Any]) -> dict[str, Any]:
    """Answer one question; imports the release."""
    root = sources / question["release"]
    lenient.install(root, question["release"])
    make = parsers.serve if question["program"] == "vllm serve" else parsers.api_server
    program = make(root)
    if program is None:
        raise LookupError(f"{question['release']} has no {question['program']}")
    judge = _Judge(program)
    return {
        "base": {name: told(value) for name, value in judge.base.items()},
        "lists": [judge.of(item["words"], item["values"]) for item in question["lists"]],
    }


class _Judge:
    """One program of one release."""

    def __init__(self, program: parsers.Program) -> None:
        self.program = program
        self.base = _named(program.attempt(["some/model"] if program.first else [])[0]) | {"model_tag": None}
        self.types = {action.dest: action.type for action in program.parser._actions}

    def of(self, words: list[str], expected: dict[str, Any]) -> dict[str, Any]:
        names, error, refused = _parsed(self.program, words)
        changed = None
        if names is not None:
            values = _named(names)
            shown = {name: self.shown(name, value, expected) for name, value in values.items()}
            changed = {
                name: value
                for name, value in shown.items()
                if self.changed(name, values[name]) or _is_read(value, name, expected)
            }
        return {"accepted": not refused, "error": error, "set": changed}

    def changed(self, name: str, value: Any) -> bool:
        """Whether a value is another than without any words."""
        return name not in self.base or not _alike(value, self.base[name])

    def shown(self, name: str, value: Any, expected: dict[str, Any]) -> Any:
        """A value as JSON data; an object as the expected data that the option's converter reads into its equal."""
        convert = self.types.get(name)
        if convert is not None and name in expected and _is_object(value) and _reads(convert, expected[name], value):
            return expected[name]
        return told(value)


def _parsed(program: parsers.Program, words: list[str]) -> tuple[Any, str | None, bool]:
    """The namespace (None with an error or the help), the last line said, and whether the words were refused."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            return program.top.parse_args([*program.first, *words]), None, False
    except SystemExit as end:
        refused = end.code not in (0, None)
        line = (said.getvalue().strip().splitlines() or [f"exit {end.code}"])[-1]
        return None, line if refused else None, refused
    except Exception as error:
        return None, f"{type(error).__name__}: {error}", True


def _is_read(value: Any, name: str, expected: dict[str, Any]) -> bool:
    """Whether `shown` told an object by what was expected (it may equal its default: some keys are ignored)."""
    return value is not None and value is expected.get(name)


def _named(names: argparse.Namespace | None) -> dict[str, Any]:
    return {} if names is None else {name: value for name, value in vars(names).items() if name not in NO_VALUES}


def _is_object(value: Any) -> bool:
    return not isinstance(value, (type(None), bool, int, float, str, list, tuple, dict, set))


def _alike(one: Any, two: Any) -> bool:
    return type(one) is type(two) and (str(one) == str(two) or bool(one == two))


def _reads(convert: Callable[[str], Any], expected: Any, value: Any) -> bool:
    """Whether the converter reads the expected data into an equal object (older releases read Python's spelling).

    Fields that it fills by chance (an engine's id) are not compared.
    """
    for write in (json.dumps, repr):
        try:
            one, two = told(convert(write(expected))), told(convert(write(expected)))
        except Exception:
            continue
        if isinstance(one, dict):
            mine, by_chance = told(value), {name for name in one if one[name] != two.get(name)}
            return isinstance(mine, dict) and _without(one, by_chance) == _without(mine, by_chance)
        return bool(one == told(value))
    return False


def _without(fields: dict[str, Any], names: set[str]) -> str:
    return json.dumps({name: value for name, value in fields.items() if name not in names}, sort_keys=True)


def told(value: Any) -> Any:
    """A value as JSON data; of an object the fields that differ from their defaults, else its text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        defaults = {field.name: field.default for field in dataclasses.fields(value)}
        return _fields({name: getattr(value, name, None) for name in defaults}, defaults)
    if hasattr(value, "_asdict"):
        return _fields(value._asdict(), getattr(value, "_field_defaults", {}))
    if isinstance(value, (list, tuple)):
        return [told(item) for item in value]
    if isinstance(value, dict):
        return {str(name): told(item) for name, item in value.items()}
    shown = plain(value)
    return str(value) if isinstance(shown, str) and shown.startswith("<") else shown


def _fields(fields: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """An adapter's `local_path` (until 0.6.0) is told as `path`, as it is called since."""
    named = {"path" if name == "local_path" else name: (value, defaults.get(name)) for name, value in fields.items()}
    return {name: told(value) for name, (value, default) in named.items() if value is not default}
