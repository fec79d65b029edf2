"""`vllm-doctor migrate`: launches rewritten for another release of vLLM."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vllm_doctor.cli.check_inputs import targets
from vllm_doctor.cli.files import diff, write_atomically
from vllm_doctor.cli.shared import revealing, show_error
from vllm_doctor.cli.terminal import look, write
from vllm_doctor.errors import InputError

if TYPE_CHECKING:
    from vllm_doctor.engine.migration import Migration

FORMS = ("text", "json", "markdown")
BAD_INPUT = 2


@click.command(name="migrate", context_settings={"allow_interspersed_args": True})
@click.argument("what", nargs=-1, metavar="FILE... | 'COMMAND' | -- COMMAND... | -", type=click.UNPROCESSED)
@click.option("--to", required=True, metavar="V", help="The release of vLLM that is to run them.")
@click.option(
    "--from",
    "--vllm-version",
    "vllm_version",
    metavar="V",
    help="The release that they are written for; else the image's tag or the options tell.",
)
@click.option("--pin", is_flag=True, help="Write out the defaults that changed, as they were.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what --fix would change; exit 1 if anything.")
@click.option("--fix", is_flag=True, help="Write the new launches into their files; exit 1 if anything changed.")
@click.option("--model-dir", type=click.Path(path_type=Path), metavar="DIR", help="The model's folder, for its config.")
@click.option("--hub", is_flag=True, help="Allow asking the Hugging Face Hub for the model's config.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@click.option("--lang", type=click.Choice(("en", "zh")), default="en", show_default=True)
@click.option("--quiet", "-q", is_flag=True, help="Only the new commands, else what stands in the way.")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
@revealing
@click.pass_context
def migrate(context: click.Context, /, what: tuple[str, ...], **said: Any) -> int:
    """Rewrite vLLM launches for another release: flags, variables, values, image tags.

    Every FILE must exist; a command is ONE argument with blanks, or all that follows "--", or standard input.

    Exit: 0, 1 where something cannot be moved (or with --diff and --fix something changed), 2 bad usage or input.
    """
    given = targets(what, bool(context.obj and context.obj.get("dashes")))
    code = 0
    for target in given:
        try:
            code = max(code, _answered(_made(target, said), target, said, alone=len(given) == 1))
        except InputError as error:
            if len(given) == 1 or error.where != str(target):
                raise
            show_error(error, said)
            code = BAD_INPUT
    return code


def _made(target: Path | str, said: dict[str, Any]) -> Migration:
    from vllm_doctor import pipeline

    names = ("vllm_version", "hub", "model_dir")
    options = pipeline.Options(**{name: said[name] for name in names}, language=said["lang"])
    return pipeline.migrate(target, said["to"], options, pin=said["pin"])


def _answered(made: Migration, target: Path | str, said: dict[str, Any], *, alone: bool) -> int:
    """Show the answer, make or show its changes; returns its exit code. A change is written before it is told."""
    if said["fix"] and isinstance(target, Path) and made.fixed is not None:
        write_atomically(target, made.fixed)
    if said["form"] != "text" or alone or made.launches:
        write(_shown(made, target, said))
    stuck = any(launch.obstacles for launch in made.launches)
    return int(stuck or (made.fixed is not None and (said["fix"] or said["show_diff"])))


def _shown(made: Migration, target: Path | str, said: dict[str, Any]) -> str:
    """The diff, or the new command alone, where that was asked for and all could be moved; else the answer."""
    stuck = any(launch.obstacles for launch in made.launches)
    if said["form"] == "text" and not stuck and made.launches:
        if said["show_diff"]:
            return "" if made.fixed is None else diff(made.text, made.fixed, made.file)
        if said["fix"] and isinstance(target, str):
            from vllm_doctor.masking import mask

            return mask(made.text if made.fixed is None else made.fixed)
    from vllm_doctor.report import migrate as drawn

    if said["form"] == "json":
        return drawn.migration_json(made)
    if said["form"] == "markdown":
        return drawn.migration_markdown(made, language=said["lang"])
    return drawn.migration_text(made, **look(said["color"]), language=said["lang"], quiet=said["quiet"])
