"""`vllm-doctor rules` and `vllm-doctor explain`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema

from vllm_doctor.engine import catalogue, yaml_file
from vllm_doctor.facts import all_declared

from .conftest import FAILED, ROOT, UNKNOWN, Doctor
from .test_diagnose import OWN_RULE

BROKEN = """\
id: acme/broken
kind: cause
cause: acme/broken
titel: Nothing works
title: Nothing works
signatures:
  - id: one
    message: 'xy'
  - id: one
    exception: RuntimeError
explanation: []
fixes:
  - id: f
    effect: perhaps
    why: because
"""


def test_every_rule_is_listed_once(doctor: Doctor) -> None:
    ran = doctor("rules")
    listed = [line.split()[0] for line in ran.out.splitlines() if not line.startswith(" ")]
    assert sorted(listed) == sorted(catalogue.load().rules)
    assert ran.code == 0


def test_ones_own_are_listed_too(doctor: Doctor) -> None:
    Path("ours").mkdir()
    Path("ours/license-server-down.yaml").write_text(OWN_RULE)
    assert re.search(r"^acme/license-server-down +cause ", doctor("rules", "--rules", "ours").out, re.MULTILINE)
    assert "acme/" not in doctor("rules").out


def test_the_list_in_chinese(doctor: Doctor) -> None:
    assert " 原因 " in doctor("rules", "--lang", "zh").out


def test_a_page(doctor: Doctor) -> None:
    out = doctor("explain", "oom-weights").out
    assert out.splitlines()[0].endswith(" oom-weights")
    assert "How it is seen:" in out
    assert "What helps:" in out
    assert max(len(line) for line in out.splitlines() if not line.startswith("    ")) <= 80


def test_two_pages_in_chinese(doctor: Doctor) -> None:
    out = doctor("explain", "oom-weights", "oom-runtime", "--lang", "zh").out
    assert out.count("解决办法：") == 2


def test_the_shipped_rules_are_all_right(doctor: Doctor) -> None:
    ran = doctor("rules", "test", ROOT / "rules")
    assert ran.out.endswith(": all right\n"), ran.out + ran.err
    assert ran.code == 0


def test_all_that_is_wrong_at_once_with_its_place(doctor: Doctor) -> None:
    Path("ours").mkdir()
    Path("ours/broken.yaml").write_text(BROKEN)
    Path("ours/flag.yaml").write_text(
        OWN_RULE.replace("    steps:", "    edits: [{set: --no-such, to: '1'}]\n    steps:")
    )
    Path("ours/twice.yaml").write_text("id: acme/x\nid: acme/y\n")
    Path("ours/no-prefix.yaml").write_text(OWN_RULE.replace("acme/license-server-down", "license-server-down"))
    for words in (
        ["rules", "test", "ours"],
        ["--rules", "ours", str(FAILED)],
        ["check", "--rules", "ours", "vllm serve m"],
    ):
        ran = doctor(*words)
        first, *rest = ran.err.splitlines()
        assert (ran.code, ran.out) == (2, "")
        assert first == f"error: {len(rest)} things are wrong in the rules"
        assert "  ours/broken.yaml:4:1: " in ran.err
        assert "  ours/flag.yaml:13:14: no vLLM release has the option --no-such" in ran.err
        assert "  ours/twice.yaml:2:1: " in ran.err
        assert "acme/license-server-down" in ran.err
    (answer,) = doctor("--format", "json", "--rules", "ours", FAILED).objects
    assert {"file": "ours/broken.yaml", "line": 4, "col": 1}.items() <= answer["error"]["problems"][0].items()


def test_an_example_that_its_rule_does_not_see(doctor: Doctor) -> None:
    Path("ours").mkdir()
    Path("ours/license-server-down.yaml").write_text(OWN_RULE.replace("lic-9 answers", "lic-9 does not answer"))
    ran = doctor("rules", "test", "ours")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "ours/license-server-down.yaml: near miss 1: the signature 'down' fits it",
        "1 rules, 1 examples, 1 near misses: 1 wrong",
    ]


def test_facts_are_listed(doctor: Doctor) -> None:
    names = [line.split()[0] for line in doctor("rules", "facts").out.splitlines()]
    assert names == sorted(all_declared())


def test_the_schema_is_one_and_takes_the_shipped_rules(doctor: Doctor) -> None:
    schema = json.loads(doctor("rules", "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    for path in sorted((ROOT / "rules").rglob("*.yaml")):
        if path.name != "causes.yaml":
            jsonschema.validate(yaml_file.parse(path.read_text("utf-8"), path.name).data, schema)
    assert schema == json.loads((ROOT / "docs" / "rule.schema.json").read_text("utf-8"))


def test_a_new_rule_is_one_that_passes(doctor: Doctor) -> None:
    Path("ours").mkdir()
    ran = doctor("rules", "new", "--from", UNKNOWN, "--out", "ours/no-key.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "ours/no-key.yaml: fill in what says TODO, then run: vllm-doctor rules test ours\n"
    assert doctor("rules", "test", "ours").out == "1 rules, 1 examples, 1 near misses: all right\n"
    assert doctor("--rules", "ours", "-q", UNKNOWN).out == "mine/no-key\n"
    again = doctor("rules", "new", "--from", UNKNOWN, "--out", "ours/no-key.yaml")
    assert again.code == 2
    assert "File exists" in again.err


def test_a_new_rule_on_standard_output_from_standard_input(doctor: Doctor) -> None:
    ran = doctor("rules", "new", "--from", "-", stdin=UNKNOWN.read_bytes())
    assert ran.code == 0
    assert ran.out.startswith("id: mine/")
    assert ran.out == doctor("rules", "new", "--from", UNKNOWN).out


def test_no_new_rule_of_what_is_known(doctor: Doctor) -> None:
    ran = doctor("rules", "new", "--from", FAILED)
    assert (ran.code, ran.out) == (2, "")
    assert "vllm-doctor explain kv-cache-too-small" in ran.err


def test_the_text_of_an_unknown_failure_ends_with_the_command_for_a_rule(doctor: Doctor) -> None:
    last = doctor(UNKNOWN).out.splitlines()[-1]
    assert last.endswith(f"vllm-doctor rules new --from {UNKNOWN}")
    assert "rules new" not in doctor(FAILED).out
    echo = UNKNOWN.parents[1] / "only-the-echo" / "log.txt"
    assert "rules new" not in doctor(echo).out
