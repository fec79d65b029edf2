"""The loop over the rules: schema, own examples and near misses, and every example against the whole catalogue."""

from pathlib import Path

import pytest

from vllm_doctor.engine import catalogue, trial
from vllm_doctor.engine.rule import Rule
from vllm_doctor.engine.rule_parts import Example
from vllm_doctor.finding import Diagnosis
from vllm_doctor.pipeline import Options, diagnose

FOLDER = Path(__file__).parent.parent / "rules"
SHIPPED = catalogue.load()
RULES = sorted(SHIPPED.rules.values(), key=lambda rule: rule.id)
LOGS = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples, 1)
    if example.log and rule.kind == "cause"
]


def test_every_rule_keeps_to_the_schema() -> None:
    catalogue.read_folder(FOLDER, SHIPPED.causes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_fit_and_near_misses_do_not(rule: Rule) -> None:
    assert list(trial.problems(rule, SHIPPED)) == []


@pytest.mark.parametrize(("rule", "example"), LOGS)
def test_no_other_rule_steals_an_example(rule: Rule, example: Example) -> None:
    options = Options(command=example.command or None, vllm_version=example.options.get("vllm_version"))
    answer = diagnose(example.log, options=options)
    assert answer.root_cause is not None
    assert answer.root_cause.id == rule.cause
    _is_sound(answer, example.log)


def _is_sound(answer: Diagnosis, log: str) -> None:
    """Evidence stands where it says, and there is a way out."""
    root = answer.root_cause
    assert root is not None
    lines = log.split("\n")
    assert root.evidence
    for item in root.evidence:
        assert item.text[:40].strip() in lines[item.line - 1]
    assert any(fix.command or fix.steps for fix in root.fixes) or root.needs or root.options


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_texts_are_in_both_languages(rule: Rule) -> None:
    texts = [
        rule.title,
        *(sentence.text for part in (rule.explanation, rule.needs, rule.options, rule.avoid) for sentence in part),
    ]
    texts += [fix.why for fix in rule.fixes]
    assert [text["en"] for text in texts if not text.get("zh")] == []


def test_the_vocabulary_of_causes_is_whole() -> None:
    assert len(SHIPPED.causes) == 80
    assert {rule.cause for rule in RULES if rule.kind == "cause"} <= set(SHIPPED.causes)
