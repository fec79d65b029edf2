"""`vllm-doctor [FILE...]`: logs in, one diagnosis each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vllm_doctor.cli.shared import common, failed, options_from, show_error
from vllm_doctor.cli.terminal import look, standard_input, write
from vllm_doctor.errors import DoctorError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.finding import Diagnosis
    from vllm_doctor.pipeline import Options

FORMS = ("text", "json", "markdown")
PATH = click.Path(path_type=Path)
BAD_INPUT = 2


@click.command(name="diagnose")
@click.argument("files", nargs=-1, metavar="[FILE...]")
@click.option("--together", is_flag=True, help="The files are ranks or pods of one deployment.")
@click.option("--follow", is_flag=True, help="Read on as the log grows; tell each failure when it is complete.")
@click.option("--command", metavar="'vllm serve …'", help="What was run, when the log does not show it.")
@click.option("--launch", "launch_file", type=PATH, metavar="FILE", help="The same, from a file.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@common
def diagnose(files: tuple[str, ...], **said: Any) -> int:
    """Name the root cause of a failed vLLM start from its log, and a command that works.

    Reads standard input where no FILE is given, or where it is "-".
    """
    from vllm_doctor import pipeline

    options = options_from(said, command=said["command"], launch_file=said["launch_file"])
    names = list(files) or ["-"]
    if said["follow"]:
        return _follow(names, options, said)
    if said["together"]:
        shown = [_shown(name) for name in names]
        answer = pipeline.diagnose(*[_log(name) for name in names], options=options, names=shown)
        write(_drawn(answer, said))
        return int(failed(answer, said["fail_on"]))
    answers = []
    code = 0
    for name in names:
        try:
            answer = pipeline.diagnose(_log(name), options=options, names=[_shown(name)])
        except InputError as error:
            if len(names) == 1 or error.where not in (_shown(name), str(_log(name))):
                raise
            show_error(error, said)
            code = BAD_INPUT
            continue
        answers.append(answer)
        write(_drawn(answer, said))
        code = max(code, int(failed(answer, said["fail_on"])))
    if len(answers) > 1 and said["form"] == "text" and not said["quiet"]:
        _show_summary(answers, said)
    return code


def _follow(names: list[str], options: Options, said: dict[str, Any]) -> int:
    """Tell each failure of a growing log, and at an interrupt how it stands; returns the last one's code."""
    from vllm_doctor import pipeline
    from vllm_doctor.cli.follow import follower

    if len(names) > 1 or said["together"]:
        raise InputError("--follow takes one log", "--follow", "Start one vllm-doctor for each.")
    following = follower(names[0])
    told = ""
    try:
        answer = pipeline.diagnose(following.blocks(), options=options, names=[_shown(names[0])])
        failure = _failure(answer)
        if failure != following.told and (failure or following.reply is None):
            write(_drawn(answer, said))
            told = failure
        return int(failed(answer, said["fail_on"]))
    except (DoctorError, KeyboardInterrupt):
        if following.reply is None:
            raise
        return BAD_INPUT
    finally:
        following.leave(told)


def _failure(answer: Diagnosis) -> str:
    """Which failure a diagnosis tells of, "" for none: another start that fails alike is another one."""
    if answer.verdict not in ("failed", "unknown-failure"):
        return ""
    cause, context = answer.root_cause, answer.context
    proof = cause.evidence if cause else context.records if context else ()
    return f"{cause.id if cause else answer.verdict} {proof[0].line if proof else answer.attempts[-1].first_line}"


def _log(name: str) -> Path | Iterator[bytes]:
    return standard_input() if name == "-" else Path(name)


def _shown(name: str) -> str:
    return "<stdin>" if name == "-" else name


def _drawn(answer: Diagnosis, said: dict[str, Any]) -> str:
    if said["form"] == "json":
        from vllm_doctor.report.json import diagnosis_json

        return diagnosis_json(answer)
    if said["form"] == "markdown":
        from vllm_doctor.report.markdown import diagnosis_markdown

        return diagnosis_markdown(answer, language=said["lang"])
    from vllm_doctor.report.terminal import diagnosis_text

    return diagnosis_text(answer, **look(said["color"]), language=said["lang"], quiet=said["quiet"])


def _show_summary(answers: list[Diagnosis], said: dict[str, Any]) -> None:
    from vllm_doctor.report.terminal import summary_text

    write(summary_text(answers, **look(said["color"]), language=said["lang"]))
