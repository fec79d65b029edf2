from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.around.numbers import count, duration, unresolved


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("1m30s", 90), ("2h", 7200), ("500ms", 0), ("1.5m", 90), ("10", None), ("${T}", None), ("", None)],
)
def test_durations_are_those_of_compose(text: str, seconds: int | None) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "number"), [("4", 4), (" 4 ", 4), ("-1", None), ("4.5", None), ("٤", None), (None, None)]
)
def test_counts_are_whole_numbers(text: str | None, number: int | None) -> None:
    assert count(text) == number


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_unknown(text: str) -> None:
    assert count(text) is None or text.strip().isdecimal()
    assert duration(text) is None or not unresolved(text)


@pytest.mark.parametrize("text", ["$X", "${X:-1}", "{{ .Values.x }}", "{% if x %}", "`id`"])
def test_variables_and_templates_are_unresolved(text: str) -> None:
    assert unresolved(text)
