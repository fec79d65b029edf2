"""The surroundings of the launches of a text."""

from __future__ import annotations

from textwrap import dedent

from vllm_doctor.launch.around.types import Surroundings
from vllm_doctor.launch.files import read_launches


def around_all(text: str, file: str) -> list[Surroundings | None]:
    """Of every launch, in the order of the text."""
    return [launch.around for launch in read_launches(dedent(text), file)]


def around(text: str, file: str) -> Surroundings:
    """Of the only launch."""
    (found,) = around_all(text, file)
    assert found is not None
    return found


def part(text: str, file: str, name: str) -> str:
    """The text of a part of the surroundings."""
    text = dedent(text)
    return around(text, file).places[name].of(text)
