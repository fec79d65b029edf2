"""Rules for tests, made from YAML texts as a user would write them."""

from textwrap import dedent

from vllm_doctor.engine import catalogue, yaml_file
from vllm_doctor.engine.analysis import Analysis, Said, analyse_all
from vllm_doctor.engine.rule import Rule, rule_from
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.log import read_log


def rule(text: str) -> Rule:
    """A rule of a YAML text; what a test does not care for is filled in."""
    document = yaml_file.parse(dedent(text), "rule.yaml")
    assert not document.problems, document.problems
    whole = {"kind": "cause", "title": document.data["id"], "cause": document.data["id"]} | document.data
    return rule_from(catalogue.with_literals(whole), "rule.yaml")


def analysed(log: str, *texts: str, command: str = "", release: str | None = None) -> list[Analysis]:
    """The attempts of a log, looked at with the rules of YAML texts."""
    rules = [rule(text) for text in texts]
    known = catalogue.Catalogue({one.id: one for one in rules}, {})
    said = Said(parse_command_line(command) if command else None, release)
    return analyse_all(read_log([dedent(log).encode()], "test.log").attempts, known, said)
