import pytest

from vllm_doctor.log import done as bounds
from vllm_doctor.log import read_log
from vllm_doctor.log.done import ALONE, Done
from vllm_doctor.log.types import Attempt

START = "(APIServer pid={n}) INFO 11-22 10:37:01 [api_server.py:1] vLLM API server version 0.10.0\n"
DEATH = "(APIServer pid={n}) ERROR 11-22 10:37:58 [core.py:1] ValueError: {why} {n}\n"


def log(*whys: str) -> tuple[Attempt, ...]:
    text = "".join((START + DEATH).format(n=n, why=why) for n, why in enumerate(whys, 1))
    return read_log([text.encode()], "a.log").attempts


def test_a_few_attempts_stand_for_themselves() -> None:
    assert [attempt.repeats for attempt in log(*["x"] * ALONE)] == [1] * ALONE


def test_many_that_fail_alike_are_one_the_last() -> None:
    found = log(*["x"] * 1000)
    assert [attempt.repeats for attempt in found] == [1] * ALONE + [1000 - ALONE]
    assert (found[-1].since, found[-1].first_line, found[-1].last_line) == (2 * ALONE + 1, 1999, 2000)


def test_another_failure_between_them_stays() -> None:
    found = log(*["x"] * 50, "y", *["x"] * 50)
    assert [attempt.repeats for attempt in found[ALONE:]] == [50 - ALONE, 1, 50]


def test_of_very_many_the_ends_are_kept() -> None:
    done = Done()
    for number in range(1, 1001):
        done.add(Attempt(number, number, (), served=number % 2 == 0), 10)
    assert (done.attempts[0].first_line, done.attempts[-1].first_line) == (1, 1000)
    assert len(done.attempts) == 2 * bounds.MOST
    assert done.total == sum(done.sizes) == 10 * len(done.attempts)
    assert done.lost


def test_what_they_hold_together_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SIZE", 1000)
    done = Done()
    for number in range(1, 101):
        done.add(Attempt(number, number, (), served=number % 2 == 0), 300)
    assert len(done.attempts) == 3
    assert done.attempts[-1].first_line == 100
    assert done.total <= 1000
