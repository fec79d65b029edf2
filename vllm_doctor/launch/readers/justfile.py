"""Justfiles: the launches of their recipes; `{{...}}` stays as it is written."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.builder import Builder
from vllm_doctor.launch.hosted.mask import Mask
from vllm_doctor.launch.hosted.view import TextView
from vllm_doctor.launch.hosted.views import sites_of_views
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.hosted.site import HostedSite
    from vllm_doctor.launch.types import Launch

name = "justfile"
_NAME = pattern(r"\.?justfile|.+\.just", re.IGNORECASE)
_EXPRESSION = pattern(r"\{\{(?!\{)(?:(?!\{\{|\}\}).)*\}\}")
_HEADER = pattern(r"@?[A-Za-z_](?:[^:=#]|='[^']*'|=\"[^\"]*\"|=(?!'[^']*'|\"[^\"]*\"))*:(?![=:])")
_MARKS = pattern(r"[@-]*[ \t]*")
_SHELL = pattern(r"#!.{0,100}\b(?:ba|da|z|k)?sh\b")
_OPTION = pattern(r"--[A-Za-z]")
_LINE = pattern(r"(?P<indent>[ \t]*)(?P<content>[^\r\n]*)(?P<end>\r?\n|\Z)")


def claims(file: str, text: str) -> bool:
    """Whether a file is a justfile, by its name."""
    return bool(_NAME.fullmatch(file.replace("\\", "/").rsplit("/", 1)[-1]))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of all recipes, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a justfile."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launches with the places at which they may be edited."""
    if "vllm" not in text.lower() and "api_server" not in text:
        return []
    mask = Mask(text, _EXPRESSION.finditer(text))
    views = [view for recipe in _recipes(mask.text) for view in _views(mask.text, recipe)]
    return [mask.site(site) for site in sites_of_views(views, file, name)]


def _recipes(text: str) -> list[list[re.Match[str]]]:
    """The lines of each recipe's body."""
    recipes: list[list[re.Match[str]]] = []
    inside = False
    for line in _LINE.finditer(text):
        if line["indent"] and inside:
            recipes[-1].append(line)
        elif line["content"]:
            inside = bool(_HEADER.match(line["content"])) and not line["indent"]
            if inside:
                recipes.append([])
        elif inside:
            recipes[-1].append(line)
    return [recipe for recipe in recipes if recipe]


def _views(text: str, recipe: list[re.Match[str]]) -> list[TextView]:
    first = recipe[0]
    newline = ("\r\n" if first["end"] == "\r\n" else "\n") + first["indent"]
    if first["content"].startswith("#!"):
        if not _SHELL.match(first["content"]):
            return []
        return [_view(text, recipe, newline, first["indent"], False)]
    views: list[TextView] = []
    run: list[re.Match[str]] = []
    for line, following in zip_longest(recipe, recipe[1:]):
        run.append(line)
        # no command begins with an option: the line above was meant to go on
        option = following is not None and _OPTION.match(following["content"])
        if not line["content"].endswith("\\") and not option:
            views.append(_view(text, run, newline, first["indent"], True))
            run = []
    return [*views, _view(text, run, newline, first["indent"], True)] if run else views


def _view(text: str, lines: list[re.Match[str]], newline: str, indent: str, marks: bool) -> TextView:
    """Lines as a script, without the recipe's indentation and the marks before a command (`@`, `-`)."""
    out = Builder(text)
    for number, line in enumerate(lines):
        at = line.start() + (len(indent) if text.startswith(indent, line.start()) else len(line["indent"]))
        found = _MARKS.match(text, at) if marks and not number else None
        out.copy(found.end() if found else at, line.end())
    return TextView(out.source(), newline)
