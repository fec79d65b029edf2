from pathlib import Path

from vllm_doctor.engine import catalogue

OWN = """\
id: acme/pool-empty
kind: cause
cause: oom-runtime
title: {en: The pool is empty, zh: 池已空}
signatures: [{id: a, message: "the pool of acme is empty"}]
explanation: [{en: It is., zh: 是。}]
examples: [{log: "ERROR 11-22 10:37:58 [core.py:1] the pool of acme is empty", signature: a}]
near_misses: [{log: "INFO 11-22 10:37:58 [core.py:1] the pool of acme is full"}]
references: [acme]
"""


def test_the_shipped_rules_are_made_once() -> None:
    assert catalogue.load() is catalogue.load()


def test_own_rules_stay_with_who_asked_for_them(tmp_path: Path) -> None:
    (tmp_path / "pool-empty.yaml").write_text(OWN, encoding="utf-8")
    before = set(catalogue.load().rules)
    assert set(catalogue.load([tmp_path]).rules) - before == {"acme/pool-empty"}
    assert set(catalogue.load().rules) == before
