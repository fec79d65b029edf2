"""What a release's FlexibleArgumentParser does with the words before argparse sees them.

Source: class FlexibleArgumentParser in vllm/utils.py (0.5.1 to 0.9.1), vllm/utils/__init__.py (to 0.11.0),
vllm/utils/argparse_utils.py (since); the table holds each release's habits as they were found by trying.
"""

from __future__ import annotations

import json
import re
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from vllm_doctor.patterns import pattern
from vllm_doctor.placeholders import is_placeholder
from vllm_doctor.values import dataclass
from vllm_doctor.vllm.parser_habits import habit
from vllm_doctor.vllm.types import ArgumentError, Program
from vllm_doctor.vllm.values import read, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

# $X ${X} $(X) $@ $* $1, a command in backticks, a {{ template }}, %X%
_VARIABLE = pattern(r"\$(?:[A-Za-z_]\w*|[{(@*]|\d)|`|\{\{|%[A-Za-z_]\w*%")
_MODEL = pattern(r"--model(=.+|$)", re.DOTALL)
_SERVED_NAME = pattern(r"--served[-_]model[-_]name(=.+|$)", re.DOTALL)
_NEGATIVE = pattern(r"-\d+$|-\d*\.\d+$")
_LEVELS = ("0", "1", "2", "3")


class Unknown:
    """A value that a variable will bring: any value may stand here."""


UNKNOWN = Unknown()


def dynamic(text: str) -> bool:
    """Whether a word holds a variable, a substitution or a page's placeholder, so that its value is not known."""
    return _VARIABLE.search(text) is not None or is_placeholder(text)


@dataclass(frozen=True, slots=True)
class Item:
    """A word as argparse gets it, with the place of the argument that it comes from.

    `data` is the object of a JSON value that was put together from dotted keys.
    """

    text: str
    index: int
    data: dict[str, Any] | None = None


@dataclass(slots=True)
class Prepared:
    """The words for argparse; what was refused before; whether a config file may bring more (a model,
    options).
    """

    items: list[Item]
    errors: list[ArgumentError] = field(default_factory=list)
    config: bool = False


def prepare(argv: Sequence[str], number: int, program: Program) -> Prepared:
    """The words that argparse gets for the arguments after the program's name."""
    prepared = Prepared([Item(text, index) for index, text in enumerate(argv)])
    if not habit("underscores", number, program):
        return prepared
    if program == "vllm serve":
        _place_model(prepared, number)
    if habit("config", number, program) and any(item.text == "--config" for item in prepared.items):
        _pull_config(prepared, number, program)
    prepared.items = [made for item in _spelled(prepared.items, number, program) for made in item]
    if habit("dotted", number, program):
        _fold_dotted(prepared, number, program)
    return prepared


def _refused(index: int, word: str, flag: str, message: str) -> ArgumentError:
    return ArgumentError("refused", index, word, flag, message)


def _place_model(prepared: Prepared, number: int) -> None:
    """`--model` under `vllm serve`: refused from 0.8.3, moved to the front from 0.11.1."""
    items = prepared.items
    moves = habit("model-option", number, "vllm serve")
    exact = next((place for place, item in enumerate(items) if item.text == "--model"), None)
    if not moves:
        if exact is not None and habit("model-option-refused", number, "vllm serve"):
            message = "`vllm serve` wants the model as its first word, not behind --model"
            prepared.errors.append(_refused(items[exact].index, "--model", "--model", message))
            del items[exact]
        return
    empty = habit("model-option-empty", number, "vllm serve")
    named = (_MODEL.match(item.text) is not None or (bool(empty) and item.text == "--model=") for item in items)
    place = next((place for place, found in enumerate(named) if found), None)
    if place is not None:
        _move_model(prepared, place)
    _need_model_first(prepared, number)


def _move_model(prepared: Prepared, place: int) -> None:
    items = prepared.items
    word = items[place]
    if word.text != "--model":
        prepared.items = [
            replace(word, text=word.text[len("--model=") :]),
            *items[:place],
            *items[place + 1 :],
        ]
    elif place + 1 < len(items):
        prepared.items = [items[place + 1], *items[:place], *items[place + 2 :]]
    else:
        error = ArgumentError("missing-value", word.index, word.text, "--model", "--model: expected one value")
        prepared.errors.append(error)
        del items[place]


def _need_model_first(prepared: Prepared, number: int) -> None:
    """--served-model-name wants a model as the first word (0.17.0: model_tag would swallow its value)."""
    items = prepared.items
    if not habit("served-name-needs-model", number, "vllm serve") or not items or not items[0].text.startswith("-"):
        return
    named = next((item for item in items if _SERVED_NAME.match(item.text)), None)
    if named is not None and not any(re.match(r"--config(=.+|$)", item.text) for item in items):
        message = "with --served-model-name the model must be the first word after `vllm serve`"
        prepared.errors.append(_refused(named.index, named.text, "--served-model-name", message))


def _pull_config(prepared: Prepared, number: int, program: Program) -> None:
    """`--config FILE` leaves the words; the file's own arguments are not known here."""
    items = prepared.items
    places = [place for place, item in enumerate(items) if item.text == "--config"]
    first = items[places[0]]
    prepared.config = True
    if len(places) > 1:
        prepared.errors.append(_refused(items[places[1]].index, "--config", "--config", "--config stands twice"))
        return
    if places[0] == len(items) - 1:
        prepared.errors.append(ArgumentError("missing-value", first.index, "--config", "--config", "--config: no file"))
        del items[places[0]]
        return
    path = items[places[0] + 1].text
    if path.split(".")[-1] not in ("yaml", "yml") and not dynamic(path):
        message = f"--config: {path!r} is no .yaml or .yml file"
        prepared.errors.append(ArgumentError("invalid-value", first.index, "--config", "--config", message, path))
    if _breaks(items, number, program):
        message = "this release puts the file's arguments behind the first word, which breaks the words that follow"
        prepared.errors.append(_refused(first.index, "--config", "--config", message))
    del items[places[0] : places[0] + 2]


def _breaks(items: list[Item], number: int, program: Program) -> bool:
    """Whether the file's arguments land where they tear words apart: behind the first word, until that was
    mended (api_server 0.10.2, `vllm serve` 0.8.3).
    """
    first = items[0].text
    parted = "=" not in first and first.startswith("-") and len(items) > 1 and _is_value(items[1].text)
    if program == "api_server":
        return not habit("config-first", number, program) and parted
    if habit("model-option-refused", number, program) and not habit("config-model", number, program):
        return first.startswith("-")  # 0.9.0: the file cannot bring the model either
    return not habit("config-before-model", number, program) and (first == "--config" or parted)


def _is_value(text: str) -> bool:
    """Whether argparse takes a word for a value."""
    return not text.startswith("-") or text == "-" or " " in text or bool(_NEGATIVE.match(text))


def _spelled(items: list[Item], number: int, program: Program) -> list[list[Item]]:
    """Underscores as dashes in the names of long options, and the forms of -O."""
    whole = not habit("dotted-keeps-underscores", number, program)
    form = habit("O", number, program)
    dots = form != "--optimization-level" or habit("O-dotted", number, program)
    found = []
    for place, item in enumerate(items):
        text = item.text
        follower = items[place + 1].text if place + 1 < len(items) else ""
        if text.startswith("--help=") and habit("help-value", number, program):
            found.append([replace(item, text="--help")])
        elif text.startswith("--"):
            found.append([replace(item, text=_with_dashes(text, whole))])
        elif text.startswith("-O") and form not in (None, "glued"):
            found.append(_optimization(item, follower, form, dots))
        else:
            found.append([item])
    return found


def _with_dashes(text: str, whole: bool) -> str:
    name, equals, value = text.partition("=")
    if whole:
        return f"{name.replace('_', '-')}{equals}{value}"
    stem, dot, rest = name.partition(".")
    return f"{stem.replace('_', '-')}{dot}{rest}{equals}{value}"


def _optimization(item: Item, follower: str, form: str, dots: bool) -> list[Item]:
    """-O3, -O=3 and -O 3 as the release rewrites them."""
    text = item.text
    if text == "-O":
        return [replace(item, text=form)] if follower in _LEVELS else [item]
    if text[2] == "." and dots:
        return [replace(item, text="-cc" + text[2:])] if form == "--optimization-level" else [item]
    level = text[3:] if text[2] == "=" else text[2:]
    if form == "--optimization-level":
        return [replace(item, text=form), replace(item, text=level)]
    return [replace(item, text=f"{form}={level}")]


def _fold_dotted(prepared: Prepared, number: int, program: Program) -> None:
    """`--option.key value` as one JSON object per option, at the end of the words."""
    as_json = habit("dotted-json", number, program)
    lists = habit("dotted-list", number, program)
    human = habit("dotted-human", number, program)
    prefix = "-" if lists else "--"  # 0.9.0 and 0.9.1 know dots on long options only, and values as text only
    objects: dict[str, tuple[int, dict[str, Any]]] = {}
    kept: list[Item] = []
    taken = -1
    for place, item in enumerate(prepared.items):
        if place == taken:
            continue
        name, equals, value = item.text.partition("=")
        if not item.text.startswith(prefix) or "." not in name:
            kept.append(item)
            continue
        if not equals:
            if place + 1 == len(prepared.items):
                message = f"{name}: expected one value"
                prepared.errors.append(ArgumentError("missing-value", item.index, item.text, name, message))
                continue
            taken, value = place + 1, prepared.items[place + 1].text
        if lists and name.endswith("+"):
            name, value = name[:-1], json.dumps(value.split(","))
        option, *keys = name.split(".")
        _, data = objects.setdefault(option, (item.index, {}))
        _put(data, keys, _dotted_value(value, as_json, human))
    prepared.items = kept
    for option, (index, data) in objects.items():
        prepared.items += [Item(option, index), Item(option, index, data)]


def _put(target: dict[str, Any], keys: list[str], value: Any) -> None:
    """Merge one dotted value as the release does: dict into dict, list onto list, else the last one wins."""
    for key in keys[:-1]:
        inner = target.get(key)
        if not isinstance(inner, dict):
            inner = target[key] = {}
        target = inner
    last = keys[-1]
    old = target.get(last)
    if isinstance(old, list) and isinstance(value, list):
        target[last] = old + value
    elif isinstance(old, dict) and isinstance(value, dict):
        target[last] = {**old, **value}
    else:
        target[last] = value


def _dotted_value(text: str, as_json: bool, human: bool) -> Any:
    if dynamic(text):
        return UNKNOWN
    if not as_json:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text if not human or refusal("human-int", text) else read("human-int", text)
