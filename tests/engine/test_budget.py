import pytest

from tests.engine.rules import rule
from vllm_doctor.engine.analysis import Said, analyse_all
from vllm_doctor.engine.answer import answer
from vllm_doctor.engine.budget import Budget, seconds_for
from vllm_doctor.engine.catalogue import Catalogue
from vllm_doctor.engine.match import Matcher
from vllm_doctor.facts import Facts
from vllm_doctor.log import read_log


class Clock:
    """A clock that is a second further at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.mark.parametrize(
    ("size", "seconds"), [(0, 2), (1, 2), (10_000_000, 2), (10_000_001, 4), (95_000_000, 20), (1 << 40, 30)]
)
def test_two_seconds_for_ten_megabytes_and_thirty_at_most(size: int, seconds: float) -> None:
    assert seconds_for(size) == seconds


def test_the_time_runs_from_the_first_look() -> None:
    clock = Clock()
    clock.now = 100
    budget = Budget(3, clock)
    assert [budget.spent() for _ in range(5)] == [False, False, False, True, True]


def test_failures_are_matched_first_and_what_is_left_out_is_named() -> None:
    text = "".join(f"INFO 11-22 10:37:{n:02d} [a.py:{n}] the pool is low\n" for n in range(9))
    text += "ERROR 11-22 10:37:58 [core.py:1] the pool is empty\n"
    (attempt,) = read_log([text.encode()], "x").attempts
    low = rule("id: low\nsignatures: [{id: a, message: 'the pool is low'}]\n")
    empty = rule("id: empty\nsignatures: [{id: a, message: 'the pool is empty'}]\n")
    matcher = Matcher((low, empty), budget=Budget(3, Clock()))
    found = matcher.matches(attempt.events, Facts())
    assert [(match.rule.id, match.first_line) for match in found] == [("low", 1), ("low", 2), ("empty", 10)]
    assert matcher.skipped == ["the time for matching was over: 7 records from line 3 on were left out"]


def test_with_time_enough_nothing_is_left_out() -> None:
    text = "".join(f"INFO 11-22 10:37:{n:02d} [a.py:{n}] the pool {n} of 9 is low\n" for n in range(9))
    (attempt,) = read_log([text.encode()], "x").attempts
    figured = rule("id: one\nsignatures: [{id: a, message: 'the pool 7 of 9 is low'}]\n")
    matcher = Matcher((figured,), budget=Budget(1000, Clock()))
    assert [match.first_line for match in matcher.matches(attempt.events, Facts())] == [8]
    assert matcher.skipped == []


def test_the_last_attempt_is_matched_first_and_the_answer_names_what_was_not() -> None:
    start = "INFO 11-22 10:37:01 [api_server.py:1] vLLM API server version 0.10.0\n"
    text = (start + "ERROR 11-22 10:37:58 [core.py:1] the pool is empty\n") * 2
    one = rule("id: empty\nsignatures: [{id: a, message: 'the pool is empty'}]\n")
    log = read_log([text.encode()], "x")
    known = Catalogue({one.id: one}, {})
    analyses = analyse_all(log.attempts, known, Said(budget=Budget(2, Clock())))
    assert [bool(analysis.decision.root) for analysis in analyses] == [False, True]
    assert analyses[0].skipped == ("the time for matching was over: 2 records from line 1 on were left out",)
    assert answer(log, analyses, known).notes[-1] == analyses[0].skipped[0]
