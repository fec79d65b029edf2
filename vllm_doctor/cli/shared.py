"""What several commands share: options and how they become the library's, errors, exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vllm_doctor.errors import DoctorError
    from vllm_doctor.finding import Diagnosis, Finding, Review
    from vllm_doctor.pipeline import Options

F = TypeVar("F", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)
SEVERITIES = ("error", "warning", "note")
_LANG = click.option(
    "--lang",
    type=click.Choice(("en", "zh")),
    default="en",
    show_default=True,
    help="The language of the texts.",
)
_COLOR = click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
_RULES = click.option("--rules", type=_PATH, multiple=True, metavar="DIR", help="A folder of your own rules.")
_READING = (
    click.option("--vllm-version", metavar="V", help="The vLLM release, when nothing shows it."),
    click.option("--gpu", metavar="NAME|GiB", help="The GPU: a name of the table or its memory in GiB."),
    click.option("--model-dir", type=_PATH, metavar="DIR", help="The model's folder, for facts of its config."),
    _RULES,
    click.option("--hub", is_flag=True, help="Allow asking the Hugging Face Hub for the model's config."),
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        default="error",
        show_default=True,
        help="The least severity of a finding that gives exit code 1.",
    ),
    _LANG,
)


def _show_secrets(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Hide nothing while the command runs.

    Raises:
        InputError: standard output is no terminal; what is written elsewhere stays there, and is sent on.
    """
    if not wanted:
        return
    import sys

    from vllm_doctor.errors import InputError
    from vllm_doctor.masking import showing

    if sys.stdout is None or not sys.stdout.isatty():
        raise InputError("secrets are only shown on a terminal", "--show-secrets", "Leave it out, or do not redirect.")
    context.with_resource(showing())


_SHOW_SECRETS = click.option(
    "--show-secrets",
    is_flag=True,
    expose_value=False,
    callback=_show_secrets,
    help="Show what is masked; only on a terminal.",
)
_COMMON = (
    *_READING,
    _SHOW_SECRETS,
    click.option("--quiet", "-q", is_flag=True, help="Only the command that works, else the cause's id."),
    _COLOR,
)


def common(function: F) -> F:
    """The options of `diagnose` and `check`."""
    return _decorated(function, _COMMON)


def reading(function: F) -> F:
    """The same for a command with one form of output."""
    return _decorated(function, _READING)


def revealing(function: F) -> F:
    """The option to show secrets, for commands that do not have the common ones."""
    return _decorated(function, (_SHOW_SECRETS,))


def drawing(function: F) -> F:
    """The options of commands that only draw rules."""
    return _decorated(function, (_RULES, _LANG, _COLOR))


def _decorated(function: F, options: Iterable[Callable[[F], F]]) -> F:
    for decorate in reversed(list(options)):
        function = decorate(function)
    return function


def options_from(said: dict[str, Any], **more: Any) -> Options:
    """The library's `Options` from a command's parameters."""
    from vllm_doctor.pipeline import Options

    names = ("vllm_version", "gpu", "rules", "hub", "model_dir")
    return Options(**{name: said[name] for name in names}, language=said["lang"], **more)


def show_error(error: DoctorError, said: dict[str, Any]) -> None:
    """Say what is wrong with one of several inputs: JSON among the other objects, else on standard error."""
    if said["form"] == "json":
        from vllm_doctor.cli.terminal import write
        from vllm_doctor.report.json import error_json

        write(error_json(error))
        return
    import sys

    from vllm_doctor.masking import showing
    from vllm_doctor.report.terminal import error_text

    with showing(False):
        text = error_text(error, encoding=sys.stderr.encoding or "ascii", language=said["lang"])
    sys.stderr.write(text)


def counts(findings: Iterable[Finding], fail_on: str) -> bool:
    """Whether a finding is as severe as `fail_on`."""
    limit = SEVERITIES.index(fail_on)
    return any(SEVERITIES.index(finding.severity) <= limit for finding in findings)


def failed(diagnosis: Diagnosis, fail_on: str) -> bool:
    """Whether a diagnosis gives exit code 1; `warned` gives 0 unless `fail_on` widens it."""
    if diagnosis.verdict in ("failed", "unknown-failure", "incomplete"):
        return True
    return fail_on != "error" and counts(diagnosis.findings, fail_on)


def review_failed(review: Review, fail_on: str) -> bool:
    """Whether a review gives exit code 1."""
    found = [finding for launch in review.launches for finding in launch.findings]
    return counts([*found, *review.findings], fail_on)
