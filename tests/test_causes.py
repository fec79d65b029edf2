"""Every cause of the vocabulary is a rule, a fixture, and a page."""

from pathlib import Path

import pytest

from vllm_doctor.engine import catalogue

ROOT = Path(__file__).parent.parent
SHIPPED = catalogue.load()
RULES = {rule.cause for rule in SHIPPED.rules.values() if rule.kind == "cause"}
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")


@pytest.mark.parametrize("cause", SHIPPED.causes)
def test_a_cause_has_a_rule_a_fixture_and_a_page(cause: str) -> None:
    assert cause in RULES
    assert [*(ROOT / "fixtures" / cause).glob("*/expected.yaml")]
    assert f"### {cause}\n" in PAGE


def test_every_folder_of_fixtures_is_a_cause() -> None:
    folders = {path.name for path in (ROOT / "fixtures").iterdir() if path.is_dir()}
    assert folders - {"healthy", "unknown"} == set(SHIPPED.causes)
