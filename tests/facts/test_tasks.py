"""Tasks, and features of the engines."""

from __future__ import annotations

import pytest

from tests.facts.given import given


@pytest.mark.parametrize(
    ("listed", "task", "convert"),
    [("<embed|classify>", None, "embed"), ("<embed|classify>", "score", "classify"), ("<classify>", None, None)],
)
def test_the_conversion_is_one_that_is_listed(listed: str, task: str | None, convert: str | None) -> None:
    assert given(task__converts=listed, args__task=task).get("task.convert") == convert


@pytest.mark.parametrize(
    ("feature", "flag", "optional"),
    [
        ("--num-scheduler-steps", "--num-scheduler-steps", True),
        ("--dtype torch.float32", "--dtype", False),
        ("['MambaForCausalLM']", None, None),
        ("LoRA", None, None),
    ],
)
def test_the_option_of_a_feature(feature: str, flag: str | None, optional: bool | None) -> None:
    facts = given(v1__feature=feature)
    assert facts.get("v1.flag") == flag
    assert facts.get("v1.flag_is_optional") == optional
