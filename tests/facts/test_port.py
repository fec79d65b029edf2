from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.memory_events import facts_of, record


@pytest.mark.parametrize(
    ("known", "port", "following"),
    [
        ({}, "8000", "8001"),
        ({"args__port": 9100}, "9100", "9101"),
        ({"args__port": 9100, "port__bound": "8080"}, "8080", "8081"),
        ({"port__bound": "65535"}, "65535", "8000"),
    ],
)
def test_the_port_and_the_next(known: dict[str, object], port: str, following: str) -> None:
    facts = facts_of(**known)
    assert (facts.get("port.number"), facts.get("port.next")) == (port, following)


@given(st.integers(0, 65535))
def test_the_next_port_is_another_valid_one(port: int) -> None:
    following = int(str(facts_of(port__bound=str(port)).get("port.next")))
    assert 0 < following <= 65535
    assert following != port


def test_inner_ports_are_taken_well_beyond() -> None:
    assert facts_of(port__rendezvous="29500").get("port.rendezvous_next") == "29600"


def test_who_holds_the_port() -> None:
    words = "port 8000 is used by process psutil.Process(pid=4711, name='python3', status='sleeping') launched with"
    assert facts_of(record(words)).get("port.holder") == "python3 (pid 4711)"
