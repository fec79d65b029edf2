"""Options that several commands take, and how they become the library's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from vllm_doctor.finding import Diagnosis, Finding, Review

F = TypeVar("F", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)
SEVERITIES = ("error", "warning", "note")


def common(function: F) -> F:
    """The options of `diagnose` and `check`."""
    for decorate in reversed(
        (
            click.option("--vllm-version", metavar="V", help="The vLLM release, when nothing shows it."),
            click.option("--gpu", metavar="NAME|GiB", help="The GPU: a name of the table or its memory in GiB."),
            click.option("--model-dir", type=_PATH, metavar="DIR", help="The model's folder, for facts of its config."),
            click.option("--rules", "rules", type=_PATH, multiple=True, metavar="DIR", help="A folder of your own rules."),
            click.option("--hub", is_flag=True, help="Allow asking the Hugging Face Hub for the model's config."),
            click.option("--fail-on", type=click.Choice(SEVERITIES), default="error", show_default=True, help="The least severity of a finding that gives exit code 1."),
            click.option("--lang", type=click.Choice(("en", "zh")), default="en", show_default=True, help="The language of the texts."),
            click.option("--quiet", "-q", is_flag=True, help="Only the answer: the command that works, else the cause's id."),
            click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True),
        )
    ):
        function = decorate(function)
    return function


def options_from(said: dict[str, Any], **more: Any) -> Any:
    """The library's `Options` from a command's parameters."""
    from vllm_doctor.pipeline import Options

    names = ("vllm_version", "gpu", "rules", "hub", "model_dir")
    return Options(**{name: said[name] for name in names}, language=said["lang"], **more)


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
