"""`vllm-doctor run`: a command started, watched, and mended where asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vllm_doctor.errors import InputError

if TYPE_CHECKING:
    from vllm_doctor.run.supervise import Plan

OWN_ERROR = 125
"""The exit code of our own errors, beside those of the command (env(1), timeout(1), docker)."""
_PATH = click.Path(path_type=Path, dir_okay=False)


@click.command(name="run", context_settings={"allow_interspersed_args": False})
@click.argument("words", nargs=-1, metavar="-- [NAME=VALUE...] COMMAND...", type=click.UNPROCESSED)
@click.option("--heal", type=click.IntRange(0, 100), default=0, metavar="N", help="Start a mended command, N times.")
@click.option("--unsafe", is_flag=True, help="With --heal: also fixes that cost something.")
@click.option("--allow", multiple=True, metavar="NAME", help="With --heal: a fix that exposes, by its name.")
@click.option(
    "--pause",
    type=click.FloatRange(0, 3600),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="Before the start after a cause that passes by itself.",
)
@click.option("--report", type=_PATH, metavar="FILE", help="Write the report of the last failure there (Markdown).")
@click.option(
    "--kill-stuck",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="End a start that says nothing for so long after a fatal error.",
)
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="From SIGTERM to SIGKILL.  [default: 4, and what --shutdown-timeout asks for]",
)
@click.option("--termination-log", type=_PATH, metavar="FILE", help="One line of diagnosis, for kubectl describe.")
@click.option("--events", type=click.IntRange(1), metavar="FD", help="Write what happens to a descriptor, as JSON.")
@click.option("--vllm-version", metavar="V", help="The vLLM release, when nothing shows it.")
@click.option("--gpu", metavar="NAME|GiB", help="The GPU: a name of the table or its memory in GiB.")
@click.option("--model-dir", type=click.Path(path_type=Path), metavar="DIR", help="The model's folder.")
@click.option("--rules", type=click.Path(path_type=Path), multiple=True, metavar="DIR", help="Rules of your own.")
@click.option("--lang", type=click.Choice(("en", "zh")), default="en", show_default=True)
def run(words: tuple[str, ...], **said: Any) -> int:
    """Start a vLLM server as given, and say why when it dies; with --heal start it again, mended.

    Its output passes through byte for byte, signals are passed on, the exit code is its own: 128+n for a signal,
    125 for an error of ours, 126 and 127 for a command that cannot be run or is not found.
    """
    from vllm_doctor.cli.run_teller import Teller
    from vllm_doctor.run.supervise import supervise

    plan = _plan(words, said)
    return supervise(plan, Teller(plan, said))


def _plan(words: tuple[str, ...], said: dict[str, Any]) -> Plan:
    if sys.platform == "win32":
        raise InputError("needs a POSIX system", "vllm-doctor run")
    from vllm_doctor.pipeline import Options
    from vllm_doctor.run.command import Command
    from vllm_doctor.run.heal import Wishes
    from vllm_doctor.run.health import shutdown_seconds
    from vllm_doctor.run.supervise import GRACE, Plan

    command = Command.of(words)
    if not command.argv:
        raise InputError("no command was given", "vllm-doctor run", "Give it behind --: run -- vllm serve MODEL ….")
    options = Options(
        vllm_version=said["vllm_version"],
        gpu=said["gpu"],
        rules=said["rules"],
        model_dir=said["model_dir"],
        language=said["lang"],
    )
    wishes = Wishes(said["heal"], said["unsafe"], said["allow"], said["pause"])
    grace = said["grace"] if said["grace"] is not None else GRACE + shutdown_seconds(command.launch)
    return Plan(command, options, wishes, said["kill_stuck"], grace)
