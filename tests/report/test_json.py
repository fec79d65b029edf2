"""The JSON of answers and errors: its shape by the shipped schemas, and what must never be in it."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from vllm_doctor.errors import InputError, Problem, RuleErrors
from vllm_doctor.finding import Deployment, Evidence
from vllm_doctor.report.json import diagnosis_json, error_json, explained_json, review_json
from vllm_doctor.report.pages import Page

from .samples import ALL, KV, KV_ROOT, REVIEW


def _schema(name: str) -> dict[str, Any]:
    text = files("vllm_doctor.report").joinpath(f"{name}.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def _strict(value: Any) -> Any:
    """The schema with no key allowed that it does not name, so that a new key must be written down."""
    if isinstance(value, list):
        return [_strict(item) for item in value]
    if not isinstance(value, dict):
        return value
    closed = {key: _strict(item) for key, item in value.items()}
    return closed | {"additionalProperties": False} if isinstance(value.get("properties"), dict) else closed


def _check(text: str, name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(text)
    jsonschema.validate(data, _strict(_schema(name)))
    assert next(iter(data)) == "schema_version"
    return data


@pytest.mark.parametrize("name", sorted(ALL))
def test_diagnoses_follow_the_schema(name: str) -> None:
    _check(diagnosis_json(ALL[name]), "diagnosis")


def test_the_keys_of_a_diagnosis() -> None:
    data = _check(diagnosis_json(KV), "diagnosis")
    assert list(data)[:7] == [
        "schema_version",
        "sources",
        "verdict",
        "root_cause",
        "findings",
        "attempts",
        "deployment",
    ]
    fix = data["root_cause"]["fixes"][1]
    assert fix["changes"] == [{"set": "--gpu-memory-utilization", "from": "0.13", "to": "0.24"}]
    assert (fix["effect"], fix["safe"]) == ("same", True)
    assert data["root_cause"] == data["findings"][0]
    assert data["attempts"] == [
        {
            "first_line": 1,
            "last_line": 148,
            "verdict": "failed",
            "root_cause": "kv-cache-too-small",
            "repeats": 1,
        }
    ]


def test_a_review() -> None:
    data = _check(review_json(REVIEW), "review")
    launch = data["launches"][0]
    assert list(data)[:2] == ["schema_version", "launches"]
    assert list(launch) == [
        *("program", "model", "argv", "env", "image", "vllm_version", "file", "line", "findings", "fixed"),
        "version_source",
    ]
    assert launch["argv"] == ["org/m", "--api-key", "***", "--port", "8000"]
    assert launch["env"] == {"HF_TOKEN": "***", "OTHER": None}
    assert "tops3cret" not in review_json(REVIEW)


def test_a_broken_launch_shows_what_vllm_receives() -> None:
    launch = replace(REVIEW.launches[0], argv_effective=("org/m", "--api-key", "tops3cret"))
    data = _check(review_json(replace(REVIEW, launches=(launch,))), "review")
    assert data["launches"][0]["argv_effective"] == ["org/m", "--api-key", "***"]


@pytest.mark.parametrize("name", ["diagnosis", "review"])
def test_errors_follow_both_schemas(name: str) -> None:
    data = _check(error_json(InputError("no such file", "a.log", "Check the name")), name)
    assert data == {
        "schema_version": 1,
        "error": {"what": "no such file", "where": "a.log", "do": "Check the name"},
    }
    problems = _check(error_json(RuleErrors([Problem("a.yaml", 1, 2, "bad")])), name)
    assert problems["error"]["problems"] == [{"file": "a.yaml", "line": 1, "col": 2, "message": "bad"}]


@pytest.mark.parametrize(
    ("path", "value"), [("verdict", "odd"), ("schema_version", 2), ("root_cause", {}), ("sources", None)]
)
def test_the_schema_refuses_what_is_wrong(path: str, value: object) -> None:
    data = json.loads(diagnosis_json(KV)) | {path: value}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, _schema("diagnosis"))


def test_the_two_schemas_agree_on_what_they_share() -> None:
    one, other = _schema("diagnosis")["$defs"], _schema("review")["$defs"]
    shared = set(one) & set(other)
    assert {"finding", "fix", "change", "step", "evidence", "region", "error", "problem"} == shared
    assert all(one[name] == other[name] for name in shared)


def test_it_is_one_line_of_ascii_and_always_the_same() -> None:
    evidence = (Evidence("日志\n.log", 1, "\x1b[31m\u202e\x9b\ud800 显存"),)
    diagnosis = replace(KV, root_cause=replace(KV_ROOT, evidence=evidence, figures={"x": float("inf")}))
    text = diagnosis_json(diagnosis)
    assert text.isascii()
    assert text.isprintable()
    assert text == diagnosis_json(diagnosis)
    data = _check(text, "diagnosis")
    assert data["root_cause"]["evidence"][0]["text"] == "\x1b[31m\u202e\x9b\ud800 显存"
    assert data["root_cause"]["figures"] == {"x": "inf"}


def test_secrets_are_masked_everywhere() -> None:
    secret = "hf_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6"
    deployment = Deployment(command=f"HF_TOKEN={secret} vllm serve m --api-key tops3cret", model=secret)
    text = diagnosis_json(replace(KV, deployment=deployment, notes=(secret, "x")))
    assert secret not in text
    assert "tops3cret" not in text


def test_rules() -> None:
    data = json.loads(explained_json("a", [Page("a", "cause", "A", explanation=("x",))]))
    assert data["schema_version"] == 1
    assert data["rules"][0]["id"] == "a"
    assert data["rules"][0]["explanation"] == ["x"]
