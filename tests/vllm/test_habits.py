"""Habits of parsers, against what the sources of FlexibleArgumentParser say."""

from __future__ import annotations

import pytest

from vllm_doctor import vllm


@pytest.mark.parametrize(
    ("habit", "release", "value"),
    [
        ("underscores", "0.5.0", False),
        ("underscores", "0.5.1", True),
        ("abbreviations", "0.4.1", True),
        ("abbreviations", "0.33.0", True),
        ("human-integers", "0.8.3", False),
        ("human-integers", "0.8.4", True),
        ("dotted", "0.8.5", False),
        ("dotted", "0.9.0", True),
        ("dotted-json", "0.9.1", False),
        ("dotted-json", "0.9.2", True),
        ("dotted-human", "0.19.1", False),
        ("dotted-human", "0.20.0", True),
        ("O", "0.6.4", None),
        ("O", "0.6.5", "glued"),
        ("O", "0.9.2", "-O.level"),
        ("O", "0.11.1", "-O.mode"),
        ("O", "0.12.0", "--optimization-level"),
        ("config", "0.5.5", False),
        ("config", "0.6.0", True),
        ("config-glued", "0.33.0", False),
        ("config-list", "0.10.2", True),
        ("model-option", "0.11.0", False),
        ("model-option", "0.11.1", True),
        ("model", "0.7.3", 1),
        ("model", "0.33.0", "?"),
    ],
)
def test_habit(habit: str, release: str, value: object) -> None:
    assert vllm.habits(release)[habit] == value


def test_an_unreadable_release_has_none() -> None:
    assert vllm.habits("what") == {}
