"""`vllm-doctor check`: launches reviewed, and mended where asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vllm_doctor.cli.files import diff, write_atomically
from vllm_doctor.cli.shared import common, options_from, review_failed, show_error
from vllm_doctor.cli.terminal import look, standard_input, write
from vllm_doctor.errors import InputError

if TYPE_CHECKING:
    from vllm_doctor.finding import Review

FORMS = ("text", "json", "markdown", "sarif")
MAX_INPUT = 4 << 20
BAD_INPUT = 2


@click.command(name="check", context_settings={"allow_interspersed_args": True})
@click.argument("what", nargs=-1, metavar="FILE... | 'COMMAND' | -- COMMAND... | -", type=click.UNPROCESSED)
@click.option("--diff", "show_diff", is_flag=True, help="Show what --fix would change; exit 1 if anything.")
@click.option("--fix", is_flag=True, help="Make the fixes that keep what was asked; exit 1 if anything changed.")
@click.option("--unsafe", is_flag=True, help="With --diff or --fix: also those that cost something.")
@click.option("--tidy", is_flag=True, help="Also remove what is needless.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@common
@click.pass_context
def check(context: click.Context, /, what: tuple[str, ...], **said: Any) -> int:
    """Review vLLM launches before they run: what would fail in that release, on that GPU.

    Every FILE must exist; a command is ONE argument with blanks, or all that follows "--", or standard input.
    """
    given = targets(what, bool(context.obj and context.obj.get("dashes")))
    code = 0
    reviews = []
    for target in given:
        try:
            review = _review(target, said)
            code = max(code, _answered(review, target, said, alone=len(given) == 1))
        except InputError as error:
            if len(given) == 1 or error.where != str(target):
                raise
            show_error(error, said)
            code = BAD_INPUT
            continue
        reviews.append(review)
    if said["form"] == "sarif":
        from vllm_doctor.report.sarif import reviews_sarif

        write(reviews_sarif(reviews, language=said["lang"]))
    return code


def targets(what: tuple[str, ...], command: bool) -> list[Path | str]:
    """What is to be looked at: paths as `Path`, commands as `str`; `command` makes all words one command."""
    if command:
        import shlex

        return [shlex.join(what)]
    if not what:
        if sys.stdin is None or sys.stdin.isatty():
            raise InputError("nothing was given to check", "", "Give a FILE, a 'COMMAND' in quotes, or -- COMMAND....")
        what = ("-",)
    return [_target(word) for word in what]


def _target(word: str) -> Path | str:
    if word == "-":
        return _command_on_standard_input()
    path = Path(word)
    try:
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if exists:
        return path
    if any(char.isspace() for char in word.strip()):
        return word
    raise InputError("does not exist", word, "Give a file that does, or a whole command in quotes.")


def _command_on_standard_input() -> str:
    data = b""
    for block in standard_input():
        data += block
        if len(data) > MAX_INPUT:
            raise InputError("is larger than 4 MiB, too large for a launch", "<stdin>")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is no UTF-8 text (byte {error.start})", "<stdin>") from error


def _review(target: Path | str, said: dict[str, Any]) -> Review:
    from vllm_doctor import pipeline

    return pipeline.check(target, options_from(said), tidy=said["tidy"], unsafe=said["unsafe"])


def _answered(review: Review, target: Path | str, said: dict[str, Any], *, alone: bool) -> int:
    """Show a review, make or show its changes; returns its exit code.

    A change is written before anything is said of it. In text form, of several files those without any launch
    go unmentioned: pre-commit passes every shell script there is.
    """
    fixed = review.fixed
    if said["fix"] and isinstance(target, Path) and fixed is not None:
        write_atomically(target, fixed)
    if said["form"] == "text":
        if alone or review.launches or review.findings:
            write(_as_text(review, target, said))
    elif said["form"] != "sarif":
        write(_drawn(review, said))
    changed = fixed is not None and (said["fix"] or said["show_diff"])
    return int(changed or review_failed(review, said["fail_on"]))


def _as_text(review: Review, target: Path | str, said: dict[str, Any]) -> str:
    """The diff, or the mended command alone, where that was asked for and there is one; else the review."""
    failed = review_failed(review, said["fail_on"])
    if said["show_diff"] and (review.fixed is not None or not failed):
        return "" if review.fixed is None else diff(review.text, review.fixed, review.file)
    if said["fix"] and isinstance(target, str) and (review.fixed is not None or not failed):
        from vllm_doctor.report.mask import mask

        return mask(review.text if review.fixed is None else review.fixed)
    return _drawn(review, said)


def _drawn(review: Review, said: dict[str, Any]) -> str:
    if said["form"] == "json":
        from vllm_doctor.report.json import review_json

        return review_json(review)
    if said["form"] == "markdown":
        from vllm_doctor.report.markdown import review_markdown

        return review_markdown(review, language=said["lang"])
    from vllm_doctor.report.review import review_text

    return review_text(review, **look(said["color"]), language=said["lang"], quiet=said["quiet"])
