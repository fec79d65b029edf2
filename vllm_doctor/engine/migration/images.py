"""The tag of vLLM's own image, moved with the launch that it runs."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from vllm_doctor.facts.argument_errors import program_of
from vllm_doctor.launch.docker import entry_program
from vllm_doctor.launch.programs import API_SERVER
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span, apply
from vllm_doctor.vllm import base

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from vllm_doctor.launch.types import Launch
    from vllm_doctor.vllm import Program

_OFFICIAL = pattern(r"(?P<name>(?:[\w.:-]+/)*vllm/vllm-openai):(?P<v>v?)(?P<release>\d+\.\d+\.\d+(?:\.post\d+)?)")
_ANY = pattern(r"vllm[\w./-]*:v?(?P<release>\d+\.\d+\.\d+)")
_MOST_PLACES = 60
_BEFORE, _AFTER = pattern(r"[\w./@:-]\Z"), pattern(r"[\w./@:+-]")


def new_image(image: str | None, target: str) -> str | None:
    """The same image with the tag of another release; None where only its owner knows how that is called."""
    found = _OFFICIAL.fullmatch(image or "")
    return f"{found['name']}:{found['v']}{target}" if found else None


def program_in(launch: Launch, old: str, target: str) -> Program:
    """The program that reads a launch in the target: the entry point of its image may have become another one."""
    image = new_image(launch.image, target) if pins(launch.image) == old else None
    if image is None or launch.program_source != "image-entrypoint":
        return program_of(launch)
    return "api_server" if entry_program(image) == API_SERVER else "vllm serve"


def pins(image: str | None) -> str | None:
    """The release that an image's tag names."""
    found = _ANY.search(image or "")
    return base(found["release"]) if found else None


def with_image(
    text: str, image: str, new: str, read: Callable[[str], Sequence[Launch]], movable: Collection[int]
) -> str:
    """The text with an image's tag moved wherever the launches get it from that are `movable`, and no other ones.

    The tag may stand apart from the name, as in the values of a chart. Of no launch anything else changes.
    """
    before = read(text)
    for old, now in ((image, new), (image.rpartition(":")[2], new.rpartition(":")[2])):
        fit = []
        for edit in (Edit(place, now) for place in _places(text, old)):
            moved = _moved(before, read(apply(text, [edit])), image, new)
            fit += [edit] if moved and moved <= set(movable) else []
        if fit:
            return apply(text, fit)
    return text


def _places(text: str, words: str) -> Iterator[Span]:
    """Where these words stand by themselves, the first ones of very many."""
    for found in islice(re.finditer(re.escape(words), text), _MOST_PLACES):
        before = _BEFORE.search(text, max(0, found.start() - 1), found.start())
        if not before and not _AFTER.match(text, found.end()):
            yield Span(found.start(), found.end())


def _moved(before: Sequence[Launch], after: Sequence[Launch], image: str, new: str) -> set[int]:
    """The launches that got the new image; none where anything else differs."""
    if len(before) != len(after):
        return set()
    pairs = list(zip(before, after, strict=True))
    same = all(
        (one.argv, one.container) == (two.argv, two.container)
        and (one.program == two.program or one.program_source == "image-entrypoint")
        and [(v.name, v.value) for v in one.env] == [(v.name, v.value) for v in two.env]
        and (one.image == two.image or (one.image, two.image) == (image, new))
        for one, two in pairs
    )
    return {index for index, (one, two) in enumerate(pairs) if one.image != two.image} if same else set()
