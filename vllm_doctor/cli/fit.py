"""`vllm-doctor fit`: how much memory a launch needs, and whether its GPU has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vllm_doctor.cli.check_inputs import targets
from vllm_doctor.cli.shared import revealing
from vllm_doctor.cli.terminal import look, write
from vllm_doctor.errors import InputError

if TYPE_CHECKING:
    from vllm_doctor.engine.fitting import Fit

FITS_NOT, UNKNOWN = 1, 2


@click.command(name="fit", context_settings={"allow_interspersed_args": True})
@click.argument("what", nargs=-1, metavar="[FILE | 'COMMAND' | -- COMMAND... | -]", type=click.UNPROCESSED)
@click.option("--gpu", metavar="NAME|GiB", help="The GPU: a name of the table or its memory in GiB.")
@click.option("--gpus", type=click.IntRange(1, 4096), metavar="N", help="How many such GPUs there are.")
@click.option("--vllm-version", metavar="V", help="The vLLM release; the newest known where nothing shows it.")
@click.option("--model-dir", type=click.Path(path_type=Path), metavar="DIR", help="The folder of the model.")
@click.option("--hub", is_flag=True, help="Allow asking the Hugging Face Hub for the model's config and sizes.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--lang", type=click.Choice(("en", "zh")), default="en", show_default=True)
@click.option("--quiet", "-q", is_flag=True, help="Only the first command that fits, else yes, tight or no.")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
@revealing
@click.pass_context
def fit(context: click.Context, /, what: tuple[str, ...], **said: Any) -> int:
    """How much GPU memory a launch needs, whether it fits, and what to change where it does not.

    Exit: 0 it fits (or just so), 1 it does not, 2 it cannot be said (the message tells what is missing).
    """
    from vllm_doctor import pipeline

    given = targets(what, bool(context.obj and context.obj.get("dashes")))
    if len(given) != 1:
        raise InputError("more than one launch was given", str(given[1]), "Put the command behind --, or in quotes.")
    names = ("vllm_version", "gpu", "hub", "model_dir")
    options = pipeline.Options(**{name: said[name] for name in names}, language=said["lang"])
    answer = pipeline.fit(given[0], options, gpus=said["gpus"])
    write(_drawn(answer, said))
    return {"no": FITS_NOT, "unknown": UNKNOWN}.get(answer.fits, 0)


def _drawn(answer: Fit, said: dict[str, Any]) -> str:
    from vllm_doctor.report.fit import fit_json, fit_text

    if said["form"] == "json":
        return fit_json(answer)
    return fit_text(answer, **look(said["color"]), language=said["lang"], quiet=said["quiet"])
