"""`vllm-doctor rules`: the catalogue, and checks of a folder of rules."""

from __future__ import annotations

import sys
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
    """List all rules; `rules test DIR` checks a folder of them, `rules new` begins one."""
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


@rules.command(name="new")
@click.option(
    "--from",
    "log",
    type=click.Path(path_type=Path, allow_dash=True),
    required=True,
    metavar="LOG",
    help="A log that failed, and no rule knows why; - is standard input.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the rule there; its name is the id."
)
def new(log: Path, out: Path | None) -> int:
    """Write a rule for an unknown failure: what can be read off its log, the rest marked TODO."""
    from vllm_doctor.pipeline import new_rule

    text = new_rule(sys.stdin.buffer if str(log) == "-" else log, out.stem if out else "")
    if out is None:
        write(text.rstrip("\n"))
        return 0
    _write_new(out, text)
    write(f"{out}: fill in what says TODO, then run: vllm-doctor rules test {out.parent}")
    return 0


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        InputError: it is there, or its folder cannot be written.
    """
    from vllm_doctor.errors import InputError

    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", str(path), "Name a new file.") from error


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
