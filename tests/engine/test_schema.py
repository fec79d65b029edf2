from pathlib import Path

import jsonschema
import pytest
import yaml

from vllm_doctor.engine import schema, yaml_file

GOOD = """\
id: rule
kind: cause
cause: rule
title: A rule
figures: {len: args.max_model_len}
signatures:
  - {id: a, message: 'something of (?P<len>\\d+) tokens'}
explanation: ["It has {len} tokens."]
fixes:
  - {id: f, edits: [{set: --max-model-len, to: '{len}'}], effect: costs, why: shorter}
references: [vllm/x.py]
examples: [{log: "something of 8 tokens", signature: a}]
near_misses: [{log: nothing}]
"""


def problems(text: str, file: str = "rule.yaml") -> list[str]:
    document = yaml_file.parse(text, file)
    schema.check(document, {"rule": ""}, lambda flag: flag == "--max-model-len")
    return [str(problem) for problem in document.problems]


def test_a_good_rule_has_none() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "kind: cause\n",
            "kind: clause\n",
            "rule.yaml:2:1: kind must be one of cause, lint, symptom, not 'clause'",
        ),
        ("title: A rule\n", "titel: A rule\n", "rule.yaml:4:1: unknown key 'titel': did you mean 'title'?"),
        ("cause: rule\n", "cause: other\n", "rule.yaml:3:1: cause must be an id of causes.yaml, not 'other'"),
        ("id: rule\n", "id: Rule\n", "rule.yaml:1:1: the id is the file's name: 'rule', not 'Rule'"),
        ("(?P<len>", "(?P<length>", "rule.yaml:7:13: the group 'length' is no figure of this rule"),
        (
            "something of (?P<len>\\d+) tokens'",
            "(?P<len>\\d+'",
            "rule.yaml:7:13: no pattern: missing ) at position 11",
        ),
        ("something of ", "just some of ", None),
        (
            "message: 'something of (?P<len>\\d+) tokens'",
            "message: 'of (?P<len>\\d+)'",
            "rule.yaml:7:5: a signature needs a literal of 8 characters, a fact, or an exception with a frame",
        ),
        ("args.max_model_len", "kv_cache.nothing", "rule.yaml:5:11: no fact is called 'kv_cache.nothing'"),
        ("It has {len}", "It has {size}", "rule.yaml:8:15: {size} is no figure of this rule"),
        (
            "set: --max-model-len",
            "set: --max-len",
            "rule.yaml:10:22: no vLLM release has the option --max-len",
        ),
        (
            "effect: costs",
            "effect: exposes",
            "rule.yaml:10:5: allow names what a fix of effect exposes opens, and only that",
        ),
        (
            "why: shorter",
            "why: shorter, vllm: 0.8",
            "rule.yaml:10:88: '0.8' is no release specifier such as '>=0.8.5,<0.10'",
        ),
        ("why: shorter", "why: shorter, when: {a.b: 1}", "rule.yaml:10:95: no fact is called 'a.b'"),
        ("signature: a", "signature: b", "rule.yaml:12:12: signature must name one of this rule's: a"),
        (
            "near_misses: [{log: nothing}]",
            "near_misses: []",
            "rule.yaml:13:1: a rule needs a near miss: a text like it on which it stays silent",
        ),
        ("why: shorter", "why: 7", "rule.yaml:10:74: why must be a text; quote it"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, problem: str | None) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new))
    assert (problem in found) if problem else found == []


def test_all_problems_at_once() -> None:
    text = (
        GOOD.replace("(?P<len>", "(?P<length>")
        .replace("It has {len}", "{size}")
        .replace("set: --max-model-len", "set: --max-len")
    )
    assert len(problems(text)) == 3


def test_a_prefix_makes_a_users_own_cause() -> None:
    own = GOOD.replace("id: rule\n", "id: acme/rule\n").replace("cause: rule\n", "cause: acme/rule\n")
    assert problems(own) == []


def test_editors_get_the_same_shape() -> None:
    made = schema.json_schema()
    jsonschema.Draft202012Validator.check_schema(made)
    jsonschema.validate(yaml.safe_load(GOOD), made)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(GOOD.replace("kind: cause", "kind: clause")), made)


def test_every_shipped_rule_is_right_for_editors_too() -> None:
    made = schema.json_schema()
    for path in sorted((Path(__file__).parents[2] / "rules").rglob("*.yaml")):
        if path.name != "causes.yaml":
            jsonschema.validate(yaml_file.parse(path.read_text("utf-8"), path.name).data, made)
