"""`vllm-doctor explain ID`: a cause's page in the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from vllm_doctor.cli.terminal import look, write


@click.command(name="explain")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--rules", type=click.Path(path_type=Path), multiple=True, metavar="DIR", help="A folder of your own rules.")
@click.option("--lang", type=click.Choice(("en", "zh")), default="en", show_default=True)
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
def explain(ids: tuple[str, ...], rules: tuple[Path, ...], lang: str, color: str) -> int:
    """A cause or rule: what it is, how it is seen, what helps, what does not."""
    from vllm_doctor.engine import catalogue, pages
    from vllm_doctor.report.pages import explain_text

    known = catalogue.load(rules)
    seen = look(color)
    for id_ in ids:
        for rule in pages.find(known, id_):
            page = pages.page(rule, lang)
            write(explain_text(page, width=seen.width, colour=seen.color, encoding=seen.encoding, language=lang))  # type: ignore[arg-type]
    return 0
