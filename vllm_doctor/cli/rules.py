"""`vllm-doctor rules`: the catalogue, and checks of a folder of rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vllm_doctor.cli.shared import drawing
from vllm_doctor.cli.terminal import look, write

if TYPE_CHECKING:
    from vllm_doctor.report.words import Language


@click.group(name="rules", invoke_without_command=True)
@drawing
@click.pass_context
def rules(context: click.Context, /, lang: Language, color: str, rules: tuple[Path, ...]) -> int:
    """List all rules; `rules test DIR` checks a folder of them."""
    if context.invoked_subcommand:
        return 0
    from vllm_doctor.engine import catalogue, pages
    from vllm_doctor.report.pages import rules_text

    found = [pages.page(rule, lang) for rule in catalogue.load(rules).rules.values()]
    write(rules_text(found, **look(color), language=lang))
    return 0


@rules.command(name="test")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def test(folder: Path) -> int:
    """Check a folder of rules: their schema, their examples, their near misses."""
    from vllm_doctor.engine import catalogue, trial

    shipped = catalogue.load()
    own = folder.resolve() != catalogue.rules_folder().resolve()
    found = catalogue.read_folder(folder, shipped.causes, own=own)
    together = catalogue.Catalogue({**shipped.rules, **{rule.id: rule for rule in found}}, shipped.causes)
    wrong = [f"{rule.file}: {problem}" for rule in found for problem in trial.problems(rule, together)]
    for line in wrong:
        write(line)
    examples = sum(len(rule.examples) for rule in found)
    misses = sum(len(rule.near_misses) for rule in found)
    outcome = f"{len(wrong)} wrong" if wrong else "all right"
    write(f"{len(found)} rules, {examples} examples, {misses} near misses: {outcome}")
    return int(bool(wrong))


@rules.command(name="facts")
def facts() -> int:
    """List the facts that a rule may name."""
    from vllm_doctor.facts import all_declared

    known = all_declared()
    width = max(len(name) for name in known)
    for name, declared in sorted(known.items()):
        write(f"{name.ljust(width)}  {declared.type:5}  {declared.about}")
    return 0


@rules.command(name="schema")
def schema() -> int:
    """Print the JSON Schema of a rule file, for editors."""
    import json

    from vllm_doctor.engine.schema import json_schema

    write(json.dumps(json_schema(), indent=2))
    return 0
