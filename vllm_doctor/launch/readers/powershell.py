"""PowerShell scripts, as far as they can be read: commands, Start-Process, splatted arrays, `wsl`, `$env:`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.cells import Cell, CellView
from vllm_doctor.launch.hosted.flaws import cut_short
from vllm_doctor.launch.hosted.powershell import Statement, statements
from vllm_doctor.launch.hosted.powershell_words import PowerShellListing
from vllm_doctor.launch.hosted.site import HostedSite, in_order, sites_in
from vllm_doctor.launch.hosted.views import MOST_LAUNCHES, at_home
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.types import Variable
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.writer import Edits

name = "powershell"
_ASSIGNED = pattern(r"\$(?:(?P<env>env):)?(?P<name>\w+)", re.IGNORECASE)


def claims(file: str, text: str) -> bool:
    """Whether a file is a PowerShell script, by its name."""
    return file.lower().endswith((".ps1", ".psm1"))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of a script, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a script."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launches with the places at which they may be edited."""
    if "vllm" not in text.lower() and "api_server" not in text:
        return []
    arrays: dict[str, Statement] = {}
    env: dict[str, tuple[Variable, Cell]] = {}
    found: list[HostedSite] = []
    for statement in statements(text):
        if len(found) >= MOST_LAUNCHES:
            break
        cells = statement.cells
        assigned = _ASSIGNED.fullmatch(cells[0].span.of(text))
        if assigned and len(cells) > 2 and cells[1].value == "=":
            if assigned["env"]:
                span = Span(cells[0].span.start, cells[2].span.end)
                env[assigned["name"]] = (Variable(assigned["name"], cells[2].value, span, "file"), cells[2])
            else:
                arrays[assigned["name"].lower()] = Statement(cells[2:], statement.rows)
            if assigned["env"] or statement.rows:
                continue
            statement, cells = Statement(cells[2:]), cells[2:]
        rows = set(statement.rows)
        words = _program(text, _spliced(text, cells, arrays, rows))
        view = CellView(text, words, PowerShellListing(text, rows))
        home = Span(cells[0].span.start, cells[-1].span.end)
        made = sites_in(view, file, name, _Env(text, list(env.values()))) if words else []
        found += [at_home(cut_short(site, statement.flaws), home) for site in made]
    return in_order(found)


def _spliced(text: str, cells: list[Cell], arrays: dict[str, Statement], rows: set[int]) -> list[Cell]:
    """The words with `@name` and `$name` put in where the script sets such an array."""
    made: list[Cell] = []
    for cell in cells:
        raw = cell.span.of(text)
        known = arrays.get(raw[1:].lower()) if raw[:1] in ("@", "$") else None
        if known and known.rows:
            made += known.cells
            rows |= known.rows
        else:
            made.append(cell)
    return made


def _program(text: str, cells: list[Cell]) -> list[Cell]:
    """The words that are run: without `&`, `wsl`, or Start-Process and its parameters."""
    while cells and cells[0].span.of(text) in ("&", "."):
        cells = cells[1:]
    head = cells[0].value.lower() if cells else ""
    if head in ("start-process", "saps"):
        kept = [cell for cell in cells[1:] if cell.row]
        plain = [cell for cell in cells[1:] if not cell.row]
        named = next((two for one, two in pairwise(plain) if one.value.lower() == "-filepath"), None)
        return [named or plain[0], *kept] if plain and kept else []
    if head in ("wsl", "wsl.exe"):
        at = next((i for i, cell in enumerate(cells) if cell.value in ("-e", "--exec", "--")), None)
        return cells[at + 1 :] if at is not None else _after_options(cells[1:])
    return cells


def _after_options(cells: list[Cell]) -> list[Cell]:
    at = 0
    while at < len(cells) and cells[at].value.startswith("-"):
        at += 2 if cells[at].value in ("-d", "-u", "--distribution", "--user", "--cd") else 1
    return cells[at:]


class _Env:
    """The variables that a script sets with `$env:NAME = value` before a launch."""

    def __init__(self, text: str, found: list[tuple[Variable, Cell]]) -> None:
        self.text, self.found = text, found

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Each variable once, as it ends up."""
        return tuple(variable for variable, _ in self.found)

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """Put a string in place of the one that stands."""
        for variable, cell in self.found:
            if variable.name == name and not isinstance(value, Raw):
                raw = cell.span.of(self.text)
                written = PowerShellListing(self.text, set()).whole(cell if raw[0] in "'\"" else None, value)
                quoted = written if written and written[0] in "'\"" else f"'{value}'"
                yield (Edit(cell.span, quoted),)

    def unset(self, name: str) -> Iterator[Edits]:
        """No way: what else reads the variable is not known."""
        yield from ()
