"""The chat template that was given."""

from __future__ import annotations

from tests.facts.memory_events import record
from vllm_doctor.facts.collect import of_event


def test_a_template_that_is_not_there() -> None:
    said = "The supplied chat template string (./x.jinja) appears path-like, but doesn't exist!"
    assert any(fact.name == "chat_template.given_missing" for fact in of_event(record(said)))
    other = "Using supplied chat template: {{ messages }}"
    assert not any(fact.name == "chat_template.given_missing" for fact in of_event(record(other)))
