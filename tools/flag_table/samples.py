"""Arguments of one option, right or wrong, from samples.json and the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor import vllm

if TYPE_CHECKING:
    import random

    from vllm_doctor.vllm import OptionInfo

SAMPLES: dict[str, Any] = json.loads((Path(__file__).resolve().parent / "samples.json").read_text("utf-8"))
_ADAPTERS = ("LoRAParserAction", "PromptAdapterParserAction")
_GROUPS = {
    "human-int-or-auto": "human-int",
    "human-int-to-g": "human-int",
    "human-int-to-g-or-auto": "human-int",
    "json|kvs": "json",
    "json-line-or-str": "json-or-str",
    "kvs-last": "kvs",
}


def group(option: OptionInfo) -> str:
    """The group of samples that an option's values come from."""
    kind = option.kind.lstrip("?")
    return _GROUPS.get(kind, kind)


def right(option: OptionInfo, release: str, dice: random.Random) -> str:
    """A value that is likely to be taken."""
    if option.action in _ADAPTERS:
        return "a=/b"
    if option.action == "StoreBoolean":
        return dice.choice(["true", "False"])
    if option.choices:
        return str(dice.choice([choice for choice in option.choices if choice is not None]))
    if group(option) == "config":
        return dice.choice(SAMPLES["configs"]) if dice.random() < 0.3 else keyed(option, release, dice)
    known = SAMPLES["right"]
    return str(dice.choice(known.get(group(option), known["str"])))


def any_value(option: OptionInfo, release: str, dice: random.Random) -> str:
    """A value that may be right or wrong."""
    if option.action in _ADAPTERS:
        return str(dice.choice(SAMPLES["adapters"]))
    if option.choices and dice.random() < 0.7:
        return wrong_choice(option, dice)
    if option.action == "StoreBoolean":
        return str(dice.choice(SAMPLES["booleans"]))
    if group(option) == "config":
        return dice.choice(SAMPLES["forms"]) if dice.random() < 0.2 else keyed(option, release, dice)
    return str(dice.choice(SAMPLES["values"].get(group(option), SAMPLES["values"]["str"])))


def wrong_choice(option: OptionInfo, dice: random.Random) -> str:
    """A choice as people bend it; now and then a right one."""
    choice = str(dice.choice(option.choices or [""]))
    swapped = choice.replace("_", "-") if "_" in choice else choice.replace("-", "_")
    others = [choice.upper(), choice.title(), choice + "x", choice[:-1], swapped, f" {choice}"]
    return dice.choice([choice, *others, "", "None", "auto"])


def keyed(option: OptionInfo, release: str, dice: random.Random) -> str:
    """A JSON object with one or two keys of the release's class, now and then a wrong one."""
    keys = sorted(vllm.json_keys(option.flag, release))
    if not keys:
        return str(dice.choice(SAMPLES["right"]["json"]))
    parts: dict[str, str] = {}
    for _ in range(dice.choice([1, 1, 1, 2])):
        path = dice.choice(keys).split(".")
        value = dice.choice(SAMPLES["shapes"])
        if dice.random() < 0.1:
            path[-1] += "x"
        for name in reversed(path[1:]):
            value = f'{{"{name}": {value}}}'
        parts[path[0]] = value
    return "{" + ", ".join(f'"{name}": {value}' for name, value in parts.items()) + "}"


def bent(flag: str, dice: random.Random) -> str:
    """A misspelt flag: a letter lost, doubled, swapped or wrong, a dash too few or too many, capitals, a wrong end."""
    place = dice.randint(2, max(2, len(flag) - 2))
    ways = [
        flag[:place] + flag[place + 1 :],
        flag[:place] + flag[place - 1 : place] + flag[place:],
        flag[:place] + flag[place + 1 : place + 2] + flag[place : place + 1] + flag[place + 2 :],
        flag[:place] + dice.choice("aeiostxz-_") + flag[place + 1 :],
        flag[1:],
        "-" + flag,
        flag.upper(),
        flag.replace("-", "", 3).join(["--", ""]),
        flag + dice.choice(["s", "-size", "th", "="]),
        flag.replace("--", "\u2014", 1),
        flag.replace("size", "length").replace("len", "length").replace("memory", "mem"),
    ]
    return dice.choice(ways)
