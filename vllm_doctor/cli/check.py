"""`vllm-doctor check`: launches reviewed, and mended where asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from vllm_doctor.cli.shared import common, show_error
from vllm_doctor.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.cli.check_inputs import Input, Inputs
    from vllm_doctor.cli.check_output import Output
    from vllm_doctor.cli.check_run import CheckRun
    from vllm_doctor.finding import Review

FORMS = ("text", "json", "markdown", "sarif", "github")
BAD_INPUT = 2
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(name="check", context_settings={"allow_interspersed_args": True})
@click.argument("what", nargs=-1, metavar="FILE... | DIR | 'COMMAND' | -- COMMAND... | -", type=click.UNPROCESSED)
@click.option("--diff", "show_diff", is_flag=True, help="Show what --fix would change; exit 1 if anything.")
@click.option("--fix", is_flag=True, help="Make the fixes that keep what was asked; exit 1 if anything changed.")
@click.option("--unsafe", is_flag=True, help="With --diff or --fix: also those that cost something.")
@click.option("--tidy", is_flag=True, help="Also remove what is needless.")
@click.option("--baseline", type=_FILE, metavar="FILE", help="Do not tell the findings that this file lists.")
@click.option("--write-baseline", type=_FILE, metavar="FILE", help="Write all that is found to this file; exit 0.")
@click.option("--force-exclude", is_flag=True, help="Keep to the settings' exclude for named files too.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@common
@click.pass_context
def check(context: click.Context, /, what: tuple[str, ...], **said: Any) -> int:
    """Review vLLM launches before they run: what would fail in that release, on that GPU.

    Every FILE must exist; a DIR is walked as git does; a command is ONE argument with blanks, or all that follows
    "--", or standard input.
    """
    from vllm_doctor.cli.check_inputs import Inputs, targets
    from vllm_doctor.cli.check_run import CheckRun, tell

    if said["baseline"] and said["write_baseline"]:
        raise InputError("--baseline and --write-baseline are one too many", "", "--write-baseline writes anew.")
    given = targets(what, bool(context.obj and context.obj.get("dashes")))
    own = {name for name in said if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    run = CheckRun(said, own)
    inputs = Inputs(given, run.settings, exclude_named=said["force_exclude"])
    code = _checked(run, inputs, said)
    for sentence in run.unknown_ids():
        tell(sentence)
    return code


def _checked(run: CheckRun, inputs: Inputs, said: dict[str, Any]) -> int:
    """All inputs reviewed, and answered in the form that was asked for; returns the exit code."""
    from vllm_doctor.cli.check_output import Output

    output = Output(said, many=inputs.many)
    code, kept = 0, []
    for one, review in _reviews(run, inputs, output, said):
        if review is None:
            code = BAD_INPUT
            continue
        if said["write_baseline"] or said["form"] == "sarif":
            kept.append(review)
        if not said["write_baseline"]:
            code = max(code, output.answer(review, one, failed=run.failed(review)))
    if said["write_baseline"]:
        from vllm_doctor.cli.check_run import tell, written

        tell(written(said["write_baseline"], kept))
        return code
    output.end(kept, inputs.walks, run.baseline)
    return code


def _reviews(
    run: CheckRun, inputs: Inputs, output: Output, said: dict[str, Any]
) -> Iterator[tuple[Input, Review | None]]:
    """Each input with its review; None for a named one of several that cannot be read, which hides no other."""
    for one in inputs:
        if one.found and one.found.text is None and not one.found.note:
            output.pass_over(one.found)
            continue
        try:
            yield one, run.review(one)
        except InputError as error:
            if not inputs.many or error.where != one.file:
                raise
            show_error(error, said)
            yield one, None
