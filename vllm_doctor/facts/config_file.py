"""The config.json that was looked for, and where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

PATH = declare("config_file.path", "text", "the folder or repo that has no config", "first")
FILE = declare("config_file.name", "text", "the file that is not there", "first")
LOCAL = declare("config_file.local", "flag", "whether a folder was meant, by its spelling")
BROKEN = declare("config_file.broken", "flag", "whether the file is there and no JSON")
GGUF = declare("config_file.is_gguf", "flag", "whether the model is a GGUF file, which brings its config along")


@reader("is not a valid JSON file")
def read_broken(event: Event) -> Iterator[Fact]:
    """Transformers' words for a config.json that does not parse."""
    if "config.json' is not a valid JSON file" in event.message:
        yield Fact(BROKEN, True, event.lines[0])


@derived(PATH)
def path(facts: Facts) -> str | None:
    """The model of the launch, where no message names it."""
    return facts.text("model.name")


@derived(LOCAL)
def local(facts: Facts) -> bool | None:
    """A Hub repo is `name` or `owner/name`; all else is a path."""
    where = facts.text(PATH)
    return None if where is None else not re.fullmatch(r"[\w][\w.-]*(?:/[\w.-]+)?", where)


@derived(GGUF)
def is_gguf(facts: Facts) -> bool | None:
    """By the model's name."""
    name = facts.text("model.name")
    return None if name is None else bool(re.search(r"\.gguf$|:I?Q\d", name, re.I))
