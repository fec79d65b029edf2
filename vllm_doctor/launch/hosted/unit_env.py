"""`Environment=` and `EnvironmentFile=` of a unit: what they set, and how that is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.unit_words import UnitListing, unit_words
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.types import Variable
from vllm_doctor.launch.yamlfile.beside import env_file, read_beside
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.hosted.cells import Cell
    from vllm_doctor.launch.hosted.unit_file import Setting
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits

_NAME = pattern(r"([A-Za-z_]\w*)=", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Entry:
    variable: Variable
    cell: Cell
    cells: tuple[Cell, ...]
    setting: Setting


class UnitEnv:
    """The environment of one section. Files win over `Environment=`, whatever their order (systemd.exec(5)).

    New variables go below the last `Environment=`, or above the setting `before`.
    """

    def __init__(
        self, text: str, file: str, found: Sequence[Setting], before: Setting, more: Sequence[Variable] = ()
    ) -> None:
        self.text, self.before = text, before
        self.listing = UnitListing(text)
        self.entries: list[_Entry] = []
        self.files: list[Variable] = list(more)
        self.dropped: set[str] = set()
        self.last: Setting | None = None
        for setting in found:
            if setting.section == before.section:
                self._take(setting, file)

    def _take(self, setting: Setting, file: str) -> None:
        if setting.key not in ("Environment", "EnvironmentFile", "UnsetEnvironment"):
            return
        cells = tuple(unit_words(setting.value))
        if setting.key == "Environment":
            self.last = setting
            if not cells:
                self.entries.clear()
            for cell in cells:
                name = _NAME.match(cell.value)
                if name:
                    variable = Variable(name[1], cell.value[name.end() :], cell.span, "file")
                    self.entries.append(_Entry(variable, cell, cells, setting))
        elif setting.key == "EnvironmentFile":
            text = read_beside(file, setting.value.inner.strip().removeprefix("-"))
            place = Span(setting.start, setting.end)
            self.files += [Variable(key, value, place, "file") for key, value in env_file(text or "").items()]
        elif setting.key == "UnsetEnvironment":
            self.dropped |= {cell.value for cell in cells}

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Each variable once, as it ends up."""
        every = [*(entry.variable for entry in self.entries), *self.files]
        return tuple({one.name: one for one in every if one.name not in self.dropped}.values())

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """Ways to give a variable a value: where it is set, else in a setting of its own."""
        if isinstance(value, Raw):
            return
        for entry in reversed(self.entries):
            if entry.variable.name == name:
                written = self.listing.whole(entry.cell, f"{name}={value}")
                if written is not None:
                    yield (Edit(entry.cell.span, written),)
                break
        written = self.listing.whole(None, f"{name}={value}")
        if written is not None:
            yield (self._line(f"Environment={written}"),)

    def _line(self, line: str) -> Edit:
        newline = "\r\n" if "\r\n" in self.text else "\n"
        if self.last is None:
            return Edit(Span(self.before.start, self.before.start), line + newline)
        return Edit(Span(self.last.end, self.last.end), newline + line)

    def unset(self, name: str) -> Iterator[Edits]:
        """A way to take a variable out wherever it is set."""
        edits: list[Edit] = []
        for entry in self.entries:
            if entry.variable.name != name:
                continue
            if len(entry.cells) == 1:
                close = self.text.find("\n", entry.setting.end)
                end = len(self.text) if close < 0 else close + 1
                edits.append(Edit(Span(entry.setting.start, end), ""))
                continue
            made = self.listing.delete(entry.cells, [entry.cells.index(entry.cell)])
            if made is None:
                return
            edits += made
        if edits:
            yield tuple(edits)
