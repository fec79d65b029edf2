"""`vllm-doctor [FILE...]`: logs in, one diagnosis each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from vllm_doctor.cli.shared import common, failed, options_from
from vllm_doctor.cli.terminal import look, standard_input, write
from vllm_doctor.errors import DoctorError, InputError
from vllm_doctor.finding import Diagnosis


@click.command(name="diagnose")
@click.argument("files", nargs=-1, metavar="[FILE...]")
@click.option("--together", is_flag=True, help="The files are ranks or pods of one deployment.")
@click.option("--command", metavar="'vllm serve …'", help="What was run, when the log does not show it.")
@click.option("--launch", "launch_file", type=click.Path(path_type=Path), metavar="FILE", help="The same, from a file.")
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
@common
def diagnose(files: tuple[str, ...], **said: Any) -> int:
    """Name the root cause of a failed vLLM start from its log, and a command that works.

    Reads standard input where no FILE is given, or where it is "-".
    """
    from vllm_doctor import pipeline

    options = options_from(said, command=said["command"], launch_file=said["launch_file"])
    names = list(files) or ["-"]
    if said["together"]:
        answers = [pipeline.diagnose(*[_log(name) for name in names], options=options, names=[_name(name) for name in names])]
        _show(answers, said)
        return int(any(failed(answer, said["fail_on"]) for answer in answers))
    answers = []
    code = 0
    for name in names:
        try:
            answer = pipeline.diagnose(_log(name), options=options, names=[_name(name)])
        except InputError as error:
            if len(names) == 1 or error.where != _name(name):
                raise
            _show_error(error, said)
            code = 2
            continue
        answers.append(answer)
        _show([answer], said)
        code = max(code, int(failed(answer, said["fail_on"])))
    if len(answers) > 1 and said["form"] == "text" and not said["quiet"]:
        _show_summary(answers, said)
    return code


def _log(name: str) -> Path | Iterator[bytes]:
    return standard_input() if name == "-" else Path(name)


def _name(name: str) -> str:
    return "<stdin>" if name == "-" else name


def _show(answers: list[Diagnosis], said: dict[str, Any]) -> None:
    for answer in answers:
        write(_drawn(answer, said))


def _drawn(answer: Diagnosis, said: dict[str, Any]) -> str:
    if said["form"] == "json":
        from vllm_doctor.report.json import diagnosis_json

        return diagnosis_json(answer)
    if said["form"] == "markdown":
        from vllm_doctor.report.markdown import diagnosis_markdown

        return diagnosis_markdown(answer, language=said["lang"])
    from vllm_doctor.report.terminal import diagnosis_text

    seen = look(said["color"])
    return diagnosis_text(answer, width=seen.width, colour=seen.color, encoding=seen.encoding, language=said["lang"], quiet=said["quiet"])


def _show_summary(answers: list[Diagnosis], said: dict[str, Any]) -> None:
    from vllm_doctor.report.terminal import summary_text

    seen = look(said["color"])
    write(summary_text(answers, width=seen.width, colour=seen.color, encoding=seen.encoding, language=said["lang"]))


def _show_error(error: DoctorError, said: dict[str, Any]) -> None:
    if said["form"] == "json":
        from vllm_doctor.report.json import error_json

        write(error_json(error))
        return
    from vllm_doctor.report.terminal import error_text

    sys.stderr.write(error_text(error, language=said["lang"]))
