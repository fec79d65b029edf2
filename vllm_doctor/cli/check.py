"""`vllm-doctor check`: launches reviewed, and mended where asked."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from vllm_doctor.cli.files import diff, write_atomically
from vllm_doctor.cli.shared import common, options_from, review_failed
from vllm_doctor.cli.terminal import look, standard_input, write
from vllm_doctor.errors import InputError
from vllm_doctor.finding import Review

MAX_INPUT = 4 << 20


@click.command(name="check", context_settings={"allow_interspersed_args": True})
@click.argument("what", nargs=-1, metavar="FILE... | 'COMMAND' | -- COMMAND... | -", type=click.UNPROCESSED)
@click.option("--diff", "show_diff", is_flag=True, help="Show what --fix would change; exit 1 if anything.")
@click.option("--fix", is_flag=True, help="Make the fixes that keep what was asked; exit 1 if anything changed.")
@click.option("--unsafe", is_flag=True, help="With --diff or --fix: also those that cost something.")
@click.option("--tidy", is_flag=True, help="Also remove what is needless.")
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown", "sarif")), default="text", show_default=True)
@common
@click.pass_context
def check(context: click.Context, /, what: tuple[str, ...], **said: Any) -> int:
    """Review vLLM launches before they run: what would fail in that release, on that GPU.

    Every FILE must exist; a command is ONE argument with blanks, or all that follows "--", or standard input.
    """
    code = 0
    reviews = []
    for target in _targets(what, bool(context.obj and context.obj.get("dashes"))):
        review = _review(target, said)
        reviews.append(review)
        changed = _changes(review, target, said)
        code = max(code, int(changed or review_failed(review, said["fail_on"])))
    if said["form"] == "sarif":
        from vllm_doctor.report.sarif import reviews_sarif

        write(reviews_sarif(reviews, language=said["lang"]))
    return code


def _targets(what: tuple[str, ...], command: bool) -> list[Path | str]:
    """What is to be reviewed: paths as `Path`, commands as `str`."""
    if command:
        return [shlex.join(what)]
    if not what:
        if sys.stdin is None or sys.stdin.isatty():
            raise InputError("nothing was given to check", "", "Give a FILE, a 'COMMAND' in quotes, or -- COMMAND....")
        what = ("-",)
    return [_target(word) for word in what]


def _target(word: str) -> Path | str:
    if word == "-":
        data = b""
        for block in standard_input():
            data += block
            if len(data) > MAX_INPUT:
                raise InputError("is larger than 4 MiB, too large for a launch", "<stdin>")
        return data.decode("utf-8-sig", "replace")
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


def _review(target: Path | str, said: dict[str, Any]) -> Review:
    from vllm_doctor import pipeline

    return pipeline.check(target, options_from(said), tidy=said["tidy"], unsafe=said["unsafe"])


def _changes(review: Review, target: Path | str, said: dict[str, Any]) -> bool:
    """Show a review, and make or show its changes; whether there are any that were asked for."""
    if said["show_diff"] and said["form"] == "text":
        if review.fixed is not None:
            write(diff(review.text, review.fixed, review.file))
    elif said["fix"] and isinstance(target, str) and said["form"] == "text":
        write(review.text if review.fixed is None else review.fixed)
    elif said["form"] != "sarif":
        write(_drawn(review, said))
    if said["fix"] and isinstance(target, Path) and review.fixed is not None:
        write_atomically(target, review.fixed)
    return bool(review.fixed is not None and (said["fix"] or said["show_diff"]))


def _drawn(review: Review, said: dict[str, Any]) -> str:
    if said["form"] == "json":
        from vllm_doctor.report.json import review_json

        return review_json(review)
    if said["form"] == "markdown":
        from vllm_doctor.report.markdown import review_markdown

        return review_markdown(review, language=said["lang"])
    from vllm_doctor.report.review import review_text

    seen = look(said["color"])
    return review_text(review, width=seen.width, colour=seen.color, encoding=seen.encoding, language=said["lang"], quiet=said["quiet"])
