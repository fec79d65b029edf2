"""RoPE scaling of the launch."""

from __future__ import annotations

import pytest

from tests.facts.given import given


@pytest.mark.parametrize(
    ("option", "text", "by", "lacks"),
    [
        ("rope_scaling", '{"factor": 4.0}', "--rope-scaling", "rope_type"),
        ("rope_scaling", '{"type": "dynamic"}', "--rope-scaling", "factor"),
        ("rope_scaling", '{"rope_type": "linear", "factor": 2}', "--rope-scaling", None),
        ("hf_overrides", '{"rope_scaling": {"rope_type": "yarn"}}', "--hf-overrides", "factor"),
        ("hf_overrides", '{"text_config": {"rope_parameters": {}}}', "--hf-overrides", "rope_type"),
        ("hf_overrides", '{"architectures": ["X"]}', None, None),
        ("rope_scaling", "not json", None, None),
        ("rope_scaling", "[" * 5000, None, None),
    ],
)
def test_what_the_launch_gives(option: str, text: str, by: str | None, lacks: str | None) -> None:
    facts = given(**{f"args__{option}": text})
    assert facts.get("rope.given_by") == by
    assert facts.get("rope.given_lacks") == lacks


def test_the_type_in_what_the_message_shows() -> None:
    shown = "{'factor': 8.0, 'rope_type': 'llama3'}"
    facts = given(rope__got=shown)
    assert (facts.get("rope.type"), facts.get("rope.is_llama3")) == ("llama3", True)
    assert given(rope__got="{'factor': 8.0}").get("rope.type") is None
