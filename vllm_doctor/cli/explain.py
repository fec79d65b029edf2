"""`vllm-doctor explain ID`: a cause's page in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vllm_doctor.cli.shared import drawing
from vllm_doctor.cli.terminal import look, write

if TYPE_CHECKING:
    from pathlib import Path

    from vllm_doctor.report.words import Language


@click.command(name="explain")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@drawing
def explain(ids: tuple[str, ...], rules: tuple[Path, ...], lang: Language, color: str) -> int:
    """A cause or rule: what it is, how it is seen, what helps, what does not."""
    from vllm_doctor.engine import catalogue, pages
    from vllm_doctor.report.pages import explain_text

    known = catalogue.load(rules)
    for rule in [rule for id_ in ids for rule in pages.find(known, id_)]:
        write(explain_text(pages.page(rule, lang), **look(color), language=lang))
    return 0
