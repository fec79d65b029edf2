"""`vllm-doctor [FILE...]`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import FAILED, HEALTHY, UNKNOWN, Doctor

FIXED = (
    "vllm serve /models/llama-3.1-8b --skip-tokenizer-init --port 8672 --load-format dummy "
    "--gpu-memory-utilization 0.13 --max-model-len 16384"
)


@pytest.mark.parametrize("how", ["file", "pipe", "dash"])
def test_a_log_gives_its_cause_and_the_command(doctor: Doctor, how: str) -> None:
    words = {"file": [FAILED], "pipe": [], "dash": ["-"]}[how]
    ran = doctor(*words, stdin=FAILED.read_bytes())
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (1, "")
    assert (
        lines[0].endswith(" · 148 lines · vLLM 0.24.0 (V1) · 1 GPU, 139.80 GiB")
        or " · 148 lines · vLLM 0.24.0 (V1)" in lines[0]
    )
    assert FIXED in lines
    assert any(line.startswith("✗ ") and line.endswith(" kv-cache-too-small") for line in lines)


@pytest.mark.parametrize("word", ["--quiet", "-q"])
def test_quiet_is_the_command_alone(doctor: Doctor, word: str) -> None:
    ran = doctor(word, FAILED)
    assert (ran.code, ran.out, ran.err) == (1, f"{FIXED}\n", "")


def test_quiet_without_a_cause(doctor: Doctor) -> None:
    assert doctor("-q", HEALTHY).out == "healthy\n"
    assert doctor("-q", UNKNOWN).out == "unknown-failure\n"


def test_only_the_command_is_wider_than_eighty_columns(doctor: Doctor) -> None:
    wide = [line for line in doctor(FAILED).out.splitlines() if len(line) > 80]
    assert [line for line in wide if not line.startswith("/")] == [FIXED]


def test_several_logs_are_several_deployments(doctor: Doctor) -> None:
    for name, log in (("a.log", FAILED), ("b.log", HEALTHY), ("c.log", FAILED), ("d.log", UNKNOWN)):
        shutil.copy(log, name)
    ran = doctor("a.log", "b.log", "c.log", "d.log")
    lines = ran.out.splitlines()
    assert ran.code == 1
    assert [line.split(" · ")[0] for line in lines if line[1:5] == ".log"] == [
        "a.log",
        "b.log",
        "c.log",
        "d.log",
    ]
    assert lines[-1] == "4 logs: kv-cache-too-small ×2, healthy, unknown-failure"


def test_several_logs_as_json_are_one_object_a_line(doctor: Doctor) -> None:
    ran = doctor("--format", "json", FAILED, HEALTHY)
    assert [one["verdict"] for one in ran.objects] == ["failed", "healthy"]
    assert [[source["name"] for source in one["sources"]] for one in ran.objects] == [
        [str(FAILED)],
        [str(HEALTHY)],
    ]


def test_quiet_of_several_logs_counts_nothing(doctor: Doctor) -> None:
    assert doctor("-q", HEALTHY, FAILED).out == f"healthy\n{FIXED}\n"


@pytest.mark.parametrize("name", ["n.log", "./n.log", "absent.log"])
def test_one_bad_log_of_several_hides_no_other(doctor: Doctor, name: str) -> None:
    Path("n.log").write_text("hello\n")
    ran = doctor("-q", HEALTHY, name, FAILED)
    assert (ran.code, ran.out) == (2, f"healthy\n{FIXED}\n")
    assert ran.err.startswith(f"error: {name.removeprefix('./')}") or ran.err.startswith(f"error: {name}")
    assert ran.err.count("\n") == 1


def test_one_bad_log_among_json(doctor: Doctor) -> None:
    Path("n.log").write_text("hello\n")
    ran = doctor("--format", "json", HEALTHY, "n.log", FAILED)
    assert [one.get("verdict") or one["error"]["where"] for one in ran.objects] == [
        "healthy",
        "n.log",
        "failed",
    ]
    assert (ran.code, ran.err) == (2, "")


def test_together_is_one_deployment(doctor: Doctor) -> None:
    ran = doctor("--together", "--format", "json", HEALTHY, FAILED, "-", stdin=UNKNOWN.read_bytes())
    (answer,) = ran.objects
    assert [source["name"] for source in answer["sources"]] == [str(HEALTHY), str(FAILED), "<stdin>"]
    assert answer["root_cause"]["id"] == "kv-cache-too-small"
    assert ran.code == 1


def test_together_draws_no_last_line(doctor: Doctor) -> None:
    assert "2 logs:" not in doctor("--together", FAILED, HEALTHY).out.splitlines()[-1]


def test_what_was_run_is_kept_but_for_the_change(doctor: Doctor) -> None:
    given = "CUDA_VISIBLE_DEVICES=0  vllm serve /models/llama-3.1-8b   --gpu-memory-utilization=0.13"
    expected = f"{given} --max-model-len 16384"
    assert doctor("-q", FAILED, "--command", given).out == f"{expected}\n"
    Path("run.sh").write_text(f"#!/bin/sh\n{given}\n")
    assert doctor("-q", FAILED, "--launch", "run.sh").out.splitlines()[-1] == expected


def test_markdown(doctor: Doctor) -> None:
    ran = doctor("--format", "markdown", FAILED)
    assert ran.out.startswith("## ")
    assert f"```bash\n{FIXED}\n```" in ran.out


def test_chinese(doctor: Doctor) -> None:
    out = doctor("--lang", "zh", FAILED).out
    assert "148 行" in out
    assert FIXED in out.splitlines()
    assert "请改为运行" in out


@pytest.mark.parametrize("encoding", ["ascii", "cp936", "cp1252"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_streams_that_cannot_encode_all_get_stand_ins(doctor: Doctor, encoding: str, language: str) -> None:
    ran = doctor(FAILED, HEALTHY, "--lang", language, encoding=encoding)
    assert (ran.code, ran.err) == (1, "")
    assert FIXED in ran.out.splitlines()
    assert "?" not in ran.out.replace("?P<", "")


def test_a_name_that_no_stream_encodes(doctor: Doctor) -> None:
    shutil.copy(HEALTHY, "日志.log")
    assert doctor("日志.log", encoding="ascii").out.startswith("\\u65e5\\u5fd7.log")
    ran = doctor("日志", encoding="ascii")
    assert ran.err.startswith("error: \\u65e5\\u5fd7: this is neither a command nor a file")


def test_fail_on_widens(doctor: Doctor) -> None:
    notes = {one["severity"] for one in doctor(HEALTHY, "--format", "json").objects[0]["findings"]}
    assert doctor(HEALTHY, "--fail-on", "note").code == int(bool(notes))
    assert doctor(HEALTHY, "--fail-on", "warning").code == int("warning" in notes)


def test_a_users_own_rule_names_its_cause(doctor: Doctor) -> None:
    Path("ours").mkdir()
    Path("ours/license-server-down.yaml").write_text(OWN_RULE, "utf-8")
    log = HEALTHY.read_text("utf-8").splitlines(keepends=True)[:8]
    log.append("ERROR 11-22 10:37:36 [plugin.py:7] RuntimeError: acme license server lic-7 does not answer\n")
    ran = doctor("--rules", "ours", "--format", "json", stdin="".join(log).encode())
    assert ran.objects[0]["root_cause"]["id"] == "acme/license-server-down"
    assert ran.objects[0]["root_cause"]["figures"] == {"server": "lic-7"}
    assert doctor("rules", "test", "ours").out == "1 rules, 1 examples, 1 near misses: all right\n"
    assert (
        doctor("explain", "acme/license-server-down", "--rules", "ours").out.splitlines()[0].startswith("✗ The license")
    )


OWN_RULE = r"""id: acme/license-server-down
kind: cause
cause: acme/license-server-down
title: The license server does not answer
figures: {server: env.ACME_LICENSE_SERVER}
signatures:
  - id: down
    message: 'acme license server (?P<server>[\w-]+) does not answer'
explanation:
  - The license server {server} does not answer, and the plugin needs it before the model is loaded.
fixes:
  - id: start
    steps: [{run: systemctl status acme-license, where: host}]
    effect: same
    why: it shows whether the license server runs
references: [https://acme.example/licenses]
examples:
  - log: |
      ERROR 11-22 10:37:36 [plugin.py:7] RuntimeError: acme license server lic-9 does not answer
    signature: down
near_misses:
  - log: |
      INFO 11-22 10:37:36 [plugin.py:7] acme license server lic-9 answers
"""
