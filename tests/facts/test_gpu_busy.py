from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record

ASKED = {"memory__total_gib": 139.8, "memory__free_gib": 59.49, "memory__utilization": 0.92}


@pytest.mark.parametrize(
    ("known", "share"),
    [
        (ASKED, 0.42),
        ({**ASKED, "fit__weights_gib": 15.0}, 0.42),
        ({**ASKED, "fit__weights_gib": 58.0}, None),
        ({**ASKED, "memory__free_gib": 20.0}, None),
        ({**ASKED, "memory__free_gib": 20.0, "fit__weights_gib": 15.0}, 0.14),
        ({"memory__total_gib": 139.8}, None),
    ],
)
def test_the_share_that_is_free(known: dict[str, object], share: float | None) -> None:
    assert facts_of(**known).get("gpu_busy.fitting_utilization") == share


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (
            "Error in memory profiling. Initial free memory 70.41 GiB,\ncurrent free memory 78.02 GiB. This happens",
            (70.41, 78.02, 7.61),
        ),
        (
            "Error in memory profiling. Initial free memory 8321499136, current free memory 25001459712. This",
            (7.75, 23.28, 15.53),
        ),
        (
            "Error in memory profiling. Initial used memory 12884901888, currently used memory 4294967296. This",
            (None, None, 8.0),
        ),
        (
            "Error in memory profiling. This happens when the GPU memory was not properly cleaned up",
            (None, None, None),
        ),
    ],
)
def test_a_measurement_that_went_wrong(message: str, wanted: tuple[float | None, ...]) -> None:
    facts = facts_of(record(message))
    names = ("free_before_gib", "free_after_gib", "released_gib")
    assert tuple(facts.get(f"profiling.{name}") for name in names) == wanted
