"""What a derivation asks for before it gives up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vllm_doctor.facts import Facts, registry
from vllm_doctor.facts.asking import asked_first
from vllm_doctor.facts.collect import of_events
from vllm_doctor.log.read import read_log

if TYPE_CHECKING:
    from vllm_doctor.finding import Figure

LOGS = sorted(Path(__file__).parents[2].glob("fixtures/*/*/log.txt"))


def test_what_it_asks_for_until_nothing_is_known() -> None:
    """Later questions are only asked where the first are answered."""

    def way(facts: Facts) -> Figure | None:
        if "a.b" not in facts:
            return None
        return facts.number("c.d")

    assert asked_first(way) == ["a.b"]


@pytest.mark.parametrize(
    "way",
    [
        lambda facts: 1,
        lambda facts: next((1 for name in facts if name.startswith("env.")), None),
        lambda facts: next((1 for name in facts.read if name.startswith("env.")), None),
        lambda facts: facts.read.get("a.b") and 1,
        lambda facts: len(facts) or None,
        lambda facts: facts.having([]).number("a.b"),
    ],
)
def test_one_that_looks_at_all_or_makes_something_of_nothing_cannot_be_told(way: registry.Derivation) -> None:
    """Its file is imported whatever is known."""
    assert asked_first(way) is None


@pytest.mark.parametrize("path", LOGS, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
def test_nothing_is_made_where_none_of_it_is_known(path: Path) -> None:
    """On the facts of every fixture: a file that would not be imported would have made nothing."""
    asked = registry.make_index()["derives"]
    for attempt in read_log([path.read_bytes()], path.name).attempts:
        facts = of_events(attempt.events)
        for name, by_module in asked.items():
            for module, names in by_module.items():
                if names is not None and not any(one in facts for one in names):
                    made = [way(facts) for way in registry._DERIVATIONS[name][module]]
                    assert made == [None] * len(made), (name, module)
