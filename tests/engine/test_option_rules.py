from __future__ import annotations

from vllm_doctor.engine import catalogue
from vllm_doctor.engine.option_rules import changing, looking


def ids(rules: tuple[object, ...]) -> set[str]:
    return {rule.id for rule in rules}  # type: ignore[attr-defined]


def test_rules_whose_ways_out_change_an_option() -> None:
    found = ids(changing(catalogue.load(), "--max-model-len"))
    assert "kv-cache-too-small" in found
    assert not ids(changing(catalogue.load(), "--no-such"))


def test_a_short_spelling_in_a_rule_counts_for_its_option() -> None:
    assert "world-size-over-gpus" in ids(changing(catalogue.load(), "--tensor-parallel-size"))


def test_rules_that_look_at_a_value() -> None:
    assert ids(looking(catalogue.load(), "--hf-config-path")) or ids(looking(catalogue.load(), "--kv-cache-dtype"))
    assert not ids(looking(catalogue.load(), "VLLM_NO_SUCH"))
