"""Lists whose one word was meant to be several: `"--port 8000"`, or a whole command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.flaws import Flaw
from vllm_doctor.launch.commands import commands
from vllm_doctor.launch.hosted.cells import Cell, CellView
from vllm_doctor.launch.hosted.site import HostedSite, sites_in
from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.programs import locate
from vllm_doctor.launch.source import whole
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.hosted.site import Settings

SEVERAL, WHOLE = "option-and-value", "whole-command"

_SEVERAL = pattern(r"--?[A-Za-z][\w.-]*(?:[ \t]+[^ \t]|=[^ \t]*[ \t]+--?[A-Za-z])")


def sites_of_list(
    view: CellView, file: str, kind: str, settings: Settings | None = None, outside: tuple[str, ...] = ()
) -> list[HostedSite]:
    """The launches of a list, its words split where one was meant to be several."""
    parts = [_parts(view.cells, cell) for cell in view.cells]
    if all(len(part) == 1 for part in parts):
        return sites_in(view, file, kind, settings, outside)
    meant = CellView(view.text, [cell for part in parts for cell in part], view.listing, view.program)
    literal = sites_in(view, file, kind)
    given = literal[0].launch.argv if literal else ()
    flaws = tuple(_flaw(view, cell, part) for cell, part in zip(view.cells, parts, strict=True) if len(part) > 1)
    return [
        replace(site, launch=replace(site.launch, argv_effective=given), flaws=flaws)
        for site in sites_in(meant, file, kind, settings, outside)
    ]


def _flaw(view: CellView, cell: Cell, part: Sequence[Cell]) -> Flaw:
    written = [view.listing.whole(cell, one.value) for one in part]
    ways = ((Edit(cell.span, ", ".join(one for one in written if one)),),) if all(written) else ()
    return Flaw(SEVERAL if cell.value.startswith("-") else WHOLE, cell.span, ways)


def _parts(cells: Sequence[Cell], cell: Cell) -> list[Cell]:
    """The words that a word was meant to be: itself, but for an option with its value, and for a whole command."""
    value = cell.value
    plain = not cell.fixed and all(
        len(piece.value) == 1 or piece.end - piece.start == len(piece.value) for piece in cell.pieces
    )
    if not plain or not (_SEVERAL.match(value) or (len(cells) == 1 and _starts(value))):
        return [cell]
    tokens = lex(value)
    if any(token.raw.endswith("=") for token in tokens):
        return [cell]
    words = [token for token in tokens if token.kind == "word"]
    if any(token.kind not in ("word", "space") or token.raw != token.value for token in words) or len(words) < 2:
        return [cell]
    if any(token.kind not in ("word", "space") for token in tokens):
        return [cell]
    return [_cut(cell, token.span) for token in words]


def _starts(value: str) -> bool:
    found = commands(whole(value)) if " " in value else []
    located = locate(found[0].args) if len(found) == 1 else None
    return located is not None and located.kind == "program"


def _cut(cell: Cell, span: Span) -> Cell:
    """The characters of a word as a word of its own."""
    kept, at = [], 0
    for piece in cell.pieces:
        if len(piece.value) == 1:
            singles = [piece]
        else:
            singles = [
                replace(piece, value=char, start=piece.start + i, end=piece.start + i + 1)
                for i, char in enumerate(piece.value)
            ]
        for one in singles:
            if span.start <= at < span.end:
                kept.append(one)
            at += 1
    return Cell(Span(kept[0].start, kept[-1].end), tuple(kept), cell.row, cell.fixed, part=True)
