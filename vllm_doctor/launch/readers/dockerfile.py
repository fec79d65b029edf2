"""Dockerfiles and Containerfiles: what their CMD and ENTRYPOINT start, and launches in RUN and here-documents."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.docker import entry_program
from vllm_doctor.launch.hosted.builder import without_continuations
from vllm_doctor.launch.hosted.docker_env import DockerEnv
from vllm_doctor.launch.hosted.instructions import Dockerfile, Instruction, read_dockerfile
from vllm_doctor.launch.hosted.json_list import JsonListing, json_cells, meant_cells
from vllm_doctor.launch.hosted.site import HostedSite, in_order, sites_in
from vllm_doctor.launch.hosted.stages import Stage, stages
from vllm_doctor.launch.hosted.started import Box, started
from vllm_doctor.launch.hosted.view import TextView
from vllm_doctor.launch.hosted.views import MOST_LAUNCHES
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.hosted.cells import Cell
    from vllm_doctor.launch.source import Source
    from vllm_doctor.launch.types import Launch

name = "dockerfile"
_NAME = pattern(r"(?:dockerfile|containerfile)(?:[._-].*)?|.*\.(?:dockerfile|containerfile)", re.IGNORECASE)
_NOT_NAME = pattern(r".*\.(?:md|rst|txt|ya?ml|json|py|sh|j2|jinja2?|dockerignore)", re.IGNORECASE)
_FLAGS = pattern(r"(?:--[a-z]+(?:=\S*)?\s+)*")
_SHELL = pattern(r"#!.{0,100}\b(?:ba|da|z|k|a)?sh\b")
_STARTER = pattern(r".*\.sh|(?:.*/)?(?:tini|dumb-init|catatonit|env|nice|numactl|docker-entrypoint|entrypoint)")


def claims(file: str, text: str) -> bool:
    """Whether a file is a Dockerfile, by its name."""
    last = file.replace("\\", "/").rsplit("/", 1)[-1]
    return bool(_NAME.fullmatch(last)) and not _NOT_NAME.fullmatch(last)


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of all stages, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a Dockerfile."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launches with the places at which they may be edited."""
    if "vllm" not in text.lower() and "api_server" not in text:
        return []
    parsed = read_dockerfile(text)
    reader = _Reader(text, file, parsed)
    found: list[HostedSite] = []
    for stage in stages(parsed):
        if len(found) >= MOST_LAUNCHES:
            break
        for instruction, env in stage.runs:
            settings = DockerEnv(text, env, instruction.start, parsed.escape)
            found += reader.scripts(instruction, stage, settings)
        if stage.owns:
            found += reader.started(stage)
    return in_order(found)


class _Reader:
    def __init__(self, text: str, file: str, parsed: Dockerfile) -> None:
        self.text, self.file, self.parsed = text, file, parsed
        self.said = {
            one.start: f"{one.keyword} {one.body.inner}" for one in parsed.instructions if one.keyword != "ENV"
        }

    def scripts(self, instruction: Instruction, stage: Stage, settings: DockerEnv) -> Iterator[HostedSite]:
        """The launches of a RUN, and of the shell scripts that a here-document writes."""
        body = instruction.body.inner
        if instruction.keyword == "RUN" and not re.match(r"(?:--\S+\s+)*<<", body):
            yield from self._text(_shell_part(instruction), instruction, stage, settings)
            return
        written = instruction.keyword != "RUN" and re.search(
            r"\.(?:sh|bash)\s*(?:\n|\Z)", body.split("\n", 1)[0] + "\n"
        )
        for document in instruction.documents:
            first = document.inner.split("\n", 1)[0]
            if _SHELL.match(first) or (not first.startswith("#!") and (written or instruction.keyword == "RUN")):
                yield from self._text(document, instruction, stage, settings)

    def _text(
        self, source: Source, own: Instruction, stage: Stage, settings: DockerEnv, given: tuple[str, ...] | None = None
    ) -> Iterator[HostedSite]:
        escape = str if self.parsed.escape == "\\" or own.documents else _continued_by_backtick
        view = TextView(source, newline="\r\n" if "\r\n" in self.text else "\n", escape=escape)
        for site in sites_in(view, self.file, name, settings, self._outside(own)):
            launch = replace(site.launch, image=site.launch.image or stage.image)
            yield replace(site, launch=launch if given is None else replace(launch, argv_effective=given))

    def started(self, stage: Stage) -> Iterator[HostedSite]:
        """What a container of the stage starts."""
        owned = [one.start for one in (stage.entry, stage.command) if one and one.start > stage.start]
        settings = DockerEnv(self.text, stage.env, min(owned), self.parsed.escape)
        entry = _cells(stage.entry, 0) if stage.entry else []
        if stage.entry and entry is None:
            yield from self._text(stage.entry.body, stage.entry, stage, settings)
            return
        command = _cells(stage.command, 1) if stage.command else []
        if command is None and stage.command:
            yield from self._after_shell(stage, stage.command, entry or [], settings)
            return
        yield from self._listed(stage, [*(entry or []), *(command or [])], settings)

    def _after_shell(
        self, stage: Stage, command: Instruction, entry: list[Cell], settings: DockerEnv
    ) -> Iterator[HostedSite]:
        """A command in shell form: the entry point's words come before `/bin/sh -c`."""
        known = entry_program(stage.image) if stage.entry is None else None
        if not entry or _STARTER.fullmatch(entry[0].value):
            given = ("/bin/sh", "-c", command.body.inner.strip()) if known else None
            yield from self._text(command.body, command, stage, settings, given)
            return
        yield from self._listed(stage, entry, settings)

    def _listed(self, stage: Stage, cells: list[Cell], settings: DockerEnv) -> list[HostedSite]:
        """A command in exec form, behind the image's own entry point where the file has none."""
        listing = JsonListing(self.text)
        outside = self._outside(stage.entry, stage.command)
        box = Box(self.text, self.file, name, stage.image, listing, settings, outside, stage.entry is not None)
        found = started(box, cells)
        if not found and len(cells) > 1 and _STARTER.fullmatch(cells[0].value):
            found = started(replace(box, entry=True), cells[1:])
        if any(cell.fixed for cell in cells):
            found = [replace(site, launch=replace(site.launch, argv_effective=())) for site in found]
        return found

    def _outside(self, *own: Instruction | None) -> tuple[str, ...]:
        mine = {one.start for one in own if one}
        return tuple(said for start, said in self.said.items() if start not in mine)


def _continued_by_backtick(line: str) -> str:
    return line[:-1] + "`" if line.endswith("\\") else line


def _shell_part(instruction: Instruction) -> Source:
    """The command of a RUN without its own flags (`--mount=...`)."""
    source = instruction.body
    flags = _FLAGS.match(source.inner)
    at = flags.end() if flags else 0
    return replace(source, inner=source.inner[at:], starts=source.starts[at:], ends=source.ends[at:])


def _cells(instruction: Instruction, row: int) -> list[Cell] | None:
    """The words of an exec form; None for a shell form."""
    source = without_continuations(instruction.body)
    cells = json_cells(source, row)
    return meant_cells(source, row) if cells is None else cells
