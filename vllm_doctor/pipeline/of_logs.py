"""Logs in, their diagnosis out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.contain import gathering
from vllm_doctor.engine import catalogue
from vllm_doctor.engine.analysis import analyse_all
from vllm_doctor.engine.answer import answer
from vllm_doctor.engine.budget import Budget, seconds_for
from vllm_doctor.errors import InputError
from vllm_doctor.pipeline import given, inputs
from vllm_doctor.pipeline.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vllm_doctor.finding import Diagnosis
    from vllm_doctor.pipeline.inputs import LogInput


def diagnose(*logs: LogInput, options: Options | None = None, names: Iterable[str] = ()) -> Diagnosis:
    """The root cause of one failed deployment, from its log, or from the logs of its ranks and pods together.

    A `str` or `bytes` is a log's text, a path a file, anything else is read in blocks. `names` name the logs in
    the answer.

    Raises:
        InputError: a file cannot be read, it is no log of vLLM, or an option is not what it should be.
        RuleErrors: a rule of a folder in `options.rules` is wrong.
    """
    options = options or Options()
    with gathering() as failures:
        made = _diagnose(logs, options, list(names))
    if not failures:
        return made
    from vllm_doctor.engine.internal import findings_of

    return replace(made, findings=(*made.findings, *findings_of(failures, options.language)))


def _diagnose(logs: Sequence[LogInput], options: Options, named: Sequence[str]) -> Diagnosis:
    read = [inputs.read(log, named[index] if index < len(named) else "") for index, log in enumerate(logs)]
    if not read:
        raise InputError("no log was given", do="Give a file, or pipe a log in.")
    rules = catalogue.load(options.rules)
    lookup = given.lookup(options)
    budget = Budget(seconds_for(sum(log.bytes for log in read)))
    said = replace(given.said(options, lookup), budget=budget)
    answers = [answer(log, analyse_all(log.attempts, rules, said), rules) for log in read]
    for log, made in zip(read, answers, strict=True):
        inputs.refuse_other(log, made)
    if len(answers) == 1:
        return replace(answers[0], notes=(*answers[0].notes, *lookup.notes))
    from vllm_doctor.engine.together import merge

    merged = merge(answers, rules)
    return replace(merged, notes=(*merged.notes, *lookup.notes))


def new_rule(log: LogInput, name: str = "", options: Options | None = None) -> str:
    """The YAML of a rule stub for the unknown failure of a log, secrets masked; see `engine.stub.rule_stub`.

    Raises:
        InputError: the file cannot be read, it is no log of vLLM, or it shows no unknown failure.
    """
    from vllm_doctor.engine.answer import attempt_answered
    from vllm_doctor.engine.stub import rule_stub
    from vllm_doctor.masking import mask

    options = options or Options()
    read = inputs.read(log, "")
    analyses = analyse_all(read.attempts, catalogue.load(options.rules), given.said(options, given.lookup(options)))
    return rule_stub(attempt_answered(analyses), mask, name)
