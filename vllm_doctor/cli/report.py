"""`vllm-doctor report LOG`: what a maintainer of vLLM asks for, from the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vllm_doctor.cli.shared import failed, options_from, reading
from vllm_doctor.cli.terminal import standard_input, write

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATH = click.Path(path_type=Path)


@click.command(name="report")
@click.argument("files", nargs=-1, metavar="[LOG...]")
@click.option("--command", metavar="'vllm serve …'", help="What was run, when the log does not show it.")
@click.option("--launch", "launch_file", type=_PATH, metavar="FILE", help="The same, from a file.")
@reading
def report(files: tuple[str, ...], **said: Any) -> int:
    """A Markdown that answers vLLM's bug form: release, environment, command, diagnosis, the decisive lines.

    Several LOGs are ranks or pods of one deployment. Secrets are masked; read it before you publish it all the same.
    """
    from vllm_doctor import pipeline
    from vllm_doctor.report.bug_form import bug_form

    names = list(files) or ["-"]
    answer = pipeline.diagnose(
        *[_log(name) for name in names],
        options=options_from(said, command=said["command"], launch_file=said["launch_file"]),
        names=["<stdin>" if name == "-" else name for name in names],
    )
    write(bug_form(answer, language=said["lang"]))
    return int(failed(answer, said["fail_on"]))


def _log(name: str) -> Path | Iterator[bytes]:
    return standard_input() if name == "-" else Path(name)
