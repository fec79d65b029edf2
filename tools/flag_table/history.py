"""Fold what each release told into histories: a value with the releases from which it holds.

`ranges` are pairs of release numbers [first, last]; `steps` are pairs [release number, value]. A release
number is the place in `releases`, oldest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MISSING = object()
FIELDS = (
    "flags",
    "dest",
    "action",
    "nargs",
    "kind",
    "choices",
    "default",
    "const",
    "required",
    "hidden",
    "deprecated",
    "unlisted",
)
PROGRAMS = ("vllm serve", "api_server")


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Runs of consecutive release numbers."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def steps(values: dict[int, Any]) -> list[list[Any]]:
    """The values at their first releases; equal neighbours are folded, also across releases that lack the
    thing.
    """
    found: list[list[Any]] = []
    for number in sorted(values):
        if not found or found[-1][1] != values[number] or type(found[-1][1]) is not type(values[number]):
            found.append([number, values[number]])
    return found


def primary(flags: list[str]) -> str:
    """The spelling by which an option is filed: its first long one that is no `--no-` pair."""
    long = [flag for flag in flags if flag.startswith("--") and not flag.startswith("--no-")]
    return (long or [flag for flag in flags if flag.startswith("--")] or flags)[0]


def _fields(seen: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Histories of the fields of an option; one that some releases lack has null there."""
    found = {}
    for field in FIELDS:
        if any(field in option for option in seen.values()):
            found[field] = steps({number: option.get(field) for number, option in seen.items()})
    return found


def _collect(answers: list[dict[str, Any]], program: str) -> dict[str, dict[int, dict[str, Any]]]:
    seen: dict[str, dict[int, dict[str, Any]]] = {}
    for number, answer in enumerate(answers):
        for option in answer["programs"].get(program, {}).get("options", []):
            seen.setdefault(primary(option["flags"]), {})[number] = option
    return seen


def options(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Options by their filing name; "at" per program. Where the api_server tells another field, "api" holds
    it.
    """
    serve, api = (_collect(answers, program) for program in PROGRAMS)
    found: dict[str, Any] = {}
    for name in sorted(serve.keys() | api.keys()):
        main = {**api.get(name, {}), **serve.get(name, {})}
        entry: dict[str, Any] = {"at": [ranges(serve.get(name, {})), ranges(api.get(name, {}))]}
        entry |= _fields(main)
        differing = {number: option for number, option in api.get(name, {}).items() if _other(option, main[number])}
        if differing:
            entry["api"] = {"at": ranges(differing)} | _fields(differing)
        found[name] = entry
    return found


def _other(one: dict[str, Any], two: dict[str, Any]) -> bool:
    return any(one.get(field) != two.get(field) for field in FIELDS)


def parser_habits(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Per program: each habit's history, and what the positional for the model takes ("?", 1, null: none)."""
    found: dict[str, Any] = {}
    for program in PROGRAMS:
        told: dict[str, dict[int, Any]] = {}
        for number, answer in enumerate(answers):
            parser = answer["programs"].get(program)
            if parser is not None:
                model = [item["nargs"] for item in parser["positionals"]]
                for habit, value in {**parser["habits"], "model": model[0] if model else None}.items():
                    told.setdefault(habit, {})[number] = value
        found[program] = {habit: steps(values) for habit, values in sorted(told.items())}
    return found


def keys(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Keys of JSON options by option and dotted key; "*" holds what is said of all keys beside it."""
    told: dict[str, dict[str, dict[int, Any]]] = {}
    for number, answer in enumerate(answers):
        for option in _all_options(answer):
            for key, entry in option.get("keys", {}).items():
                told.setdefault(primary(option["flags"]), {}).setdefault(key, {})[number] = entry
    return {
        name: {key: {"at": ranges(seen), "is": steps(seen)} for key, seen in sorted(entries.items())}
        for name, entries in sorted(told.items())
    }


def _all_options(answer: dict[str, Any]) -> list[dict[str, Any]]:
    by_name: dict[str, dict[str, Any]] = {}
    for program in reversed(PROGRAMS):
        for option in answer["programs"].get(program, {}).get("options", []):
            by_name[primary(option["flags"])] = option
    return list(by_name.values())


def variables(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Environment variables by name: "at", and the histories of default, type, choices, deprecation and
    reader.
    """
    told: dict[str, dict[int, Any]] = {}
    for number, answer in enumerate(answers):
        for name, entry in answer["variables"].items():
            told.setdefault(name, {})[number] = entry
    found: dict[str, Any] = {}
    for name, seen in sorted(told.items()):
        found[name] = {"at": ranges(seen)}
        for field in ("default", "type", "choices", "deprecated", "file"):
            if any(entry.get(field) is not None for entry in seen.values()):
                found[name][field] = steps({number: entry.get(field) for number, entry in seen.items()})
    return found


# Before a registry named them, an option's choices did.
CHOICES_OF = {"tool-parsers": "--tool-call-parser", "reasoning-parsers": "--reasoning-parser"}


def _names_of(answer: dict[str, Any], kind: str) -> set[str]:
    """The names of a kind in a release: those of its registry, and the choices of the option that takes them."""
    known = set(answer["names"][kind])
    for option in _all_options(answer):
        if CHOICES_OF.get(kind) in option["flags"]:
            known.update(choice for choice in option.get("choices") or () if choice and choice != "None")
    return known


def names(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Registry names by kind and name, with the releases that have them; architectures with their group's
    history.
    """
    kinds = [kind for kind in answers[-1]["names"] if "architectures" not in kind]
    found: dict[str, Any] = {kind: {} for kind in kinds}
    for kind in kinds:
        told: dict[str, list[int]] = {}
        for number, answer in enumerate(answers):
            for name in _names_of(answer, kind):
                told.setdefault(name, []).append(number)
        found[kind] = {name: ranges(numbers) for name, numbers in sorted(told.items())}
    groups: dict[str, dict[int, str]] = {}
    for number, answer in enumerate(answers):
        for group, members in answer["names"]["architectures"].items():
            for name in members:
                groups.setdefault(name, {})[number] = group
    found["architectures"] = {name: {"at": ranges(seen), "group": steps(seen)} for name, seen in sorted(groups.items())}
    found["dropped-architectures"] = answers[-1]["names"]["dropped-architectures"]
    return found
