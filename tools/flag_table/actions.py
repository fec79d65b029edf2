"""An argparse parser as plain data: every option with what it takes."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from typing import Any

import keys
import kinds
import stubs

DEPRECATED = re.compile(
    r"^\W*deprecated\b|\[deprecated|\b(is|are|has been|been|was) (now )?deprecated"
    r"|deprecated(,| and|;| in favor| since| argument| flag| option|\.|:)|backward compat",
    re.IGNORECASE,
)
# JSON options whose keys a class knows, though the parser itself takes any object.
READ_LATER = {"--speculative-config": ("vllm.config", "SpeculativeConfig")}


def plain(value: Any, depth: int = 0) -> Any:
    """A default or choice as JSON data; an object of a class as "<ClassName>"."""
    value = getattr(value, "value", value) if type(type(value)).__name__ in ("EnumMeta", "EnumType") else value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if depth < 6 and isinstance(value, (list, tuple)):
        return [plain(item, depth + 1) for item in value]
    if depth < 6 and isinstance(value, (set, frozenset)):
        return sorted((plain(item, depth + 1) for item in value), key=str)
    if depth < 6 and isinstance(value, dict):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    return f"<{type(value).__name__}>"


def deprecation(action: argparse.Action, marked: bool) -> str | None:
    """The sentences of the help that call the option deprecated ("" when it is only marked so); None if it is
    not.
    """
    text = " ".join(action.help.split()) if isinstance(action.help, str) and action.help != argparse.SUPPRESS else ""
    sentences = [part for part in re.split(r"(?<=[.!:])\s+", text) if re.search("deprecat", part, re.IGNORECASE)]
    if marked or DEPRECATED.search(text):
        return " ".join(sentences)[:300]
    return None


def _arity(action: argparse.Action) -> Any:
    return 1 if action.nargs is None else action.nargs


def _read_later(flags: list[str]) -> type | None:
    for flag in flags:
        if flag in READ_LATER:
            module, name = READ_LATER[flag]
            return getattr(importlib.import_module(module), name, None)
    return None


def _option(action: argparse.Action, flags: list[str], marked: bool) -> dict[str, Any]:
    word, owner = kinds.kind(action.type)
    entry: dict[str, Any] = {
        "flags": flags,
        "dest": action.dest,
        "action": type(action).__name__,
        "nargs": _arity(action),
        "kind": word,
    }
    if action.choices is not None:
        entry["choices"] = [plain(choice) for choice in action.choices]
    if word == "upper":
        entry["choices"] = _image_inputs(action.type)
    if action.default is not argparse.SUPPRESS:
        entry["default"] = plain(action.default)
    if action.const is not None and action.nargs == "?":
        entry["const"] = plain(action.const)
    if action.required:
        entry["required"] = True
    if action.help == argparse.SUPPRESS:
        entry["hidden"] = True
    told = deprecation(action, marked)
    if told is not None:
        entry["deprecated"] = told
    if owner is not None:
        entry["keys"] = keys.config_keys(owner, action.type)
    elif (later := _read_later(flags)) is not None and not stubs.leaks(later):
        entry["keys"] = keys.config_keys(later, None)
    return entry


def _image_inputs(convert: Any) -> list[str]:
    owner = getattr(sys.modules[convert.__module__], convert.__qualname__.split(".")[0])
    return [member.name for member in owner.ImageInputType]


def _leaking(action: argparse.Action) -> bool:
    return any(
        stubs.leaks(value) for value in (action.default, action.type, action.choices, action.const, type(action))
    )


def dump(parser: argparse.ArgumentParser) -> dict[str, Any]:
    """Every option and positional of the parser; `leaks` names those that a stub reached (must be empty)."""
    marked = getattr(parser, "_deprecated", None)
    marked_ids = {id(action) for action in marked} if isinstance(marked, (set, list)) else set()
    spellings: dict[int, list[str]] = {}
    for flag, action in parser._option_string_actions.items():
        spellings.setdefault(id(action), []).append(flag)
    options, positionals, leaks = [], [], []
    for action in parser._actions:
        registered = spellings.get(id(action), [])
        shown = [flag for flag in action.option_strings if flag in registered]
        flags = shown + [flag for flag in registered if flag not in shown]
        if _leaking(action):
            leaks.append(flags or [action.dest])
        is_marked = id(action) in marked_ids or bool(getattr(action, "deprecated", False))
        entry = _option(action, flags, is_marked)
        if set(flags) - set(shown):
            entry["unlisted"] = sorted(set(flags) - set(shown))
        (options if flags else positionals).append(entry)
    return {
        "options": options,
        "positionals": positionals,
        "leaks": leaks,
        "abbreviations": bool(parser.allow_abbrev),
    }
