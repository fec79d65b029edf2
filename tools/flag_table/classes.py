"""Lists of arguments by class: right ones, and ones bent in the ways that people bend them. Seeded by release, program
and class, so that anybody makes the same lists.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import samples
from samples import SAMPLES

from vllm_doctor import vllm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vllm_doctor.vllm import OptionInfo, Program

NUMERIC = ("int", "float", "human-int")
JSON = ("config", "json", "json-or-str", "kvs")


class Maker:
    """Makes lists of one class for one release's program."""

    def __init__(self, release: str, program: Program, name: str, seed: int) -> None:
        self.release, self.program = release, program
        self.make = CLASSES[name]
        self.dice = random.Random(f"{seed} {release} {program} {name}")
        known = [item for item in vllm.all_options(release, program) if item.flag not in ("--help", "--config")]
        self.options = known
        self.valued = [item for item in known if item.nargs != 0]
        self.switches = [item for item in known if item.nargs in (0, "?") or item.action == "StoreBoolean"]
        self.chosen = [item for item in known if item.choices] or self.valued
        self.numeric = [item for item in self.valued if samples.group(item) in NUMERIC]
        self.objects = [item for item in self.valued if samples.group(item) in JSON]
        spellings = {flag for item in known for flag in item.flags}
        others = [flag for other in vllm.releases()[::5] for item in vllm.all_options(other) for flag in item.flags]
        self.foreign = sorted({*others, *SAMPLES["elsewhere"]} - spellings)

    def lists(self, count: int) -> Iterator[list[str]]:
        """So many lists."""
        for _ in range(count):
            yield self.with_model(self.make(self))

    def with_model(self, words: list[str]) -> list[str]:
        """The words with the model where the program wants it, mostly."""
        dice = self.dice.random()
        if self.program == "api_server":
            return [*words, "--model", "m"] if dice < 0.7 else words
        return ["m", *words] if dice < 0.92 else [*words, "m"] if dice < 0.97 else words

    def around(self, words: list[str]) -> list[str]:
        """The words with none, one or two right options before or behind."""
        before = self.given(self.dice.choice(self.options)) if self.dice.random() < 0.3 else []
        behind = self.given(self.dice.choice(self.options)) if self.dice.random() < 0.5 else []
        return [*before, *words, *behind]

    def given(self, option: OptionInfo, flag: str | None = None) -> list[str]:
        """An option as it should be."""
        flag = flag or self.spelled(self.dice.choice(option.flags))
        if option.nargs == 0 or (option.nargs == "?" and self.dice.random() < 0.5):
            return [flag]
        wanted = self.dice.choice([1, 1, 2]) if option.nargs == "+" else 1
        return self.joined(flag, [samples.right(option, self.release, self.dice) for _ in range(wanted)])

    def joined(self, flag: str, values: list[str], glued: float = 0.3) -> list[str]:
        """A flag and its values, glued or apart."""
        if len(values) == 1 and self.dice.random() < glued:
            return [f"{flag}={values[0]}"]
        return [flag, *values]

    def spelled(self, flag: str) -> str:
        """A flag as it is, or with underscores."""
        return "--" + flag[2:].replace("-", "_") if flag.startswith("--") and self.dice.random() < 0.25 else flag

    def one_of(self, options: list[OptionInfo]) -> tuple[OptionInfo, str]:
        """An option and a spelling of it."""
        option = self.dice.choice(options)
        return option, self.spelled(self.dice.choice(option.flags))

    def any_value(self, option: OptionInfo) -> str:
        """A value that may be right or wrong."""
        return samples.any_value(option, self.release, self.dice)


def valid(maker: Maker) -> list[str]:
    """One to four options as they should be."""
    picked = maker.dice.sample(maker.options, maker.dice.randint(1, 4))
    return [word for option in picked for word in maker.given(option)]


def misspelt(maker: Maker) -> list[str]:
    """A flag with a slip of the finger."""
    option, flag = maker.one_of(maker.options)
    return maker.around(maker.given(option, samples.bent(flag, maker.dice)))


def foreign(maker: Maker) -> list[str]:
    """A flag of another release, or of another server."""
    flag = maker.dice.choice(maker.foreign)
    values = maker.dice.choice([[], ["1"], ["x"], ["true"]])
    return maker.around(maker.joined(maker.spelled(flag), values))


def wrong_choice(maker: Maker) -> list[str]:
    """A value that is none of the choices, or almost one."""
    option, flag = maker.one_of(maker.chosen)
    value = samples.wrong_choice(option, maker.dice) if option.choices else maker.any_value(option)
    return maker.around(maker.joined(flag, [value]))


def wrong_number(maker: Maker) -> list[str]:
    """A number as people write it: 32k, 32K, negative, empty, with a percent sign."""
    _, flag = maker.one_of(maker.numeric)
    return maker.around(maker.joined(flag, [maker.dice.choice(SAMPLES["numbers"])]))


def missing_value(maker: Maker) -> list[str]:
    """A flag whose value is not there, or stands before another flag."""
    _, flag = maker.one_of(maker.valued)
    return maker.around([maker.dice.choice([flag, flag, flag, f"{flag}=", f"{flag} x"])])


def stray(maker: Maker) -> list[str]:
    """A word that belongs to nothing."""
    word = maker.dice.choice([*SAMPLES["words"], *SAMPLES["right"]["str"]])
    option = maker.dice.choice(maker.options)
    words = maker.given(option)
    place = maker.dice.randint(0, len(words))
    return maker.around([*words[:place], word, *words[place:]])


def abbreviated(maker: Maker) -> list[str]:
    """The beginning of a flag, long enough or not."""
    option, flag = maker.one_of([item for item in maker.options if len(item.flag) > 6])
    flag = option.flag if len(flag) <= 6 else flag
    cut = maker.dice.randint(4, len(flag) - 1)
    return maker.around(maker.given(option, flag[:cut]))


def repeated(maker: Maker) -> list[str]:
    """The same option twice or thrice, also under another of its names or abbreviated."""
    option = maker.dice.choice(maker.options)
    words: list[str] = []
    for _ in range(maker.dice.choice([2, 2, 3])):
        words += maker.given(option)
        if maker.dice.random() < 0.3:
            words += maker.given(maker.dice.choice(maker.options))
    return words


def glued(maker: Maker) -> list[str]:
    """`--flag=value`, whatever the value: empty, with blanks, with further equals signs."""
    option, flag = maker.one_of(maker.options)
    value = samples.right(option, maker.release, maker.dice) if maker.dice.random() < 0.6 else maker.any_value(option)
    return maker.around([f"{flag}={value}"])


def booleans(maker: Maker) -> list[str]:
    """Switches in the manners of all eras: `--no-`, `--enable-` and `--disable-`, `true` behind or glued."""
    _, flag = maker.one_of(maker.switches)
    bare = flag.removeprefix("--no-").removeprefix("--enable-").removeprefix("--disable-").removeprefix("--")
    flag = maker.dice.choice([flag, flag, flag, f"--no-{bare}", f"--enable-{bare}", f"--disable-{bare}"])
    value = maker.dice.choice(SAMPLES["booleans"])
    return maker.around(maker.dice.choice([[flag], [flag], [flag], [flag, value], [f"{flag}={value}"]]))


def json_values(maker: Maker) -> list[str]:
    """JSON as a value, right, broken, or of another shape."""
    option, flag = maker.one_of(maker.objects)
    dice = maker.dice.random()
    if dice < 0.3:
        value = samples.right(option, maker.release, maker.dice)
    elif dice < 0.5:
        value = maker.dice.choice(SAMPLES["values"]["json"] + SAMPLES["forms"])
    else:
        value = maker.any_value(option)
    return maker.around(maker.joined(flag, [value]))


def dotted(maker: Maker) -> list[str]:
    """`--option.key value`, several of them, deep, as lists, beside the whole object."""
    option, flag = maker.one_of(maker.objects if maker.dice.random() < 0.9 else maker.options)
    keys = sorted(vllm.json_keys(option.flag, maker.release)) or ["a", "a.b", "foo_bar", "a-b"]
    words: list[str] = []
    for _ in range(maker.dice.choice([1, 1, 2, 3])):
        key = maker.dice.choice(keys) + maker.dice.choice(["", "", "", "+", ".x"])
        words += maker.joined(f"{flag}.{key}", [maker.dice.choice(SAMPLES["dotted-values"])])
    if maker.dice.random() < 0.15:
        words += [flag, samples.right(option, maker.release, maker.dice)]
    return maker.around(words)


def short(maker: Maker) -> list[str]:
    """One dash: `-tp 2`, `-tp2`, `-O3`, and other habits of vLLM's parser."""
    return maker.around(list(maker.dice.choice(SAMPLES["habits"])))


CLASSES: dict[str, Callable[[Maker], list[str]]] = {
    "valid": valid,
    "misspelt": misspelt,
    "from other releases": foreign,
    "wrong choice": wrong_choice,
    "wrong number": wrong_number,
    "missing value": missing_value,
    "stray word": stray,
    "abbreviation": abbreviated,
    "repeated": repeated,
    "`--flag=value`": glued,
    "booleans": booleans,
    "JSON": json_values,
    "dotted keys": dotted,
    "one dash, `-O`": short,
}
