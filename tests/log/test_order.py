import json

from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.log import Source, in_order, read_log
from vllm_doctor.log.order import falls

from .test_read import REAL, SHORT
from .wraps import WRAPS, events


def test_a_log_that_stands_newest_first_is_read_backwards_with_its_own_numbers() -> None:
    lines = WRAPS["json"](SHORT.splitlines())
    turned = read_log(["\n".join(reversed(lines)).encode()], "a")
    straight = read_log(["\n".join(lines).encode()], "a")
    assert events(turned) == events(straight)
    count = len(lines)
    for (one,), (other,) in zip([turned.attempts], [straight.attempts], strict=True):
        assert (one.first_line, one.last_line) == (count + 1 - other.last_line, count + 1 - other.first_line)
        for event, same in zip(one.events, other.events, strict=True):
            assert event.first_line == count + 1 - same.first_line
    assert any("newest first" in note for note in turned.notes)


def test_a_real_log_turned_round_with_split_lines() -> None:
    for name in ("cri", "kubectl-timestamps"):
        lines = WRAPS[name](REAL.splitlines())
        turned = read_log(["\n".join(reversed(lines)).encode()], "a")
        assert events(turned) == events(read_log([REAL.encode()], "a"))


def test_vllms_own_times_are_enough() -> None:
    lines = [f"INFO 04-07 09:53:{second:02d} [a.py:{second}] x" for second in range(9, 0, -1)]
    assert [number for number, _ in in_order(enumerate(lines, 1), Source())] == list(range(1, 10))
    assert next(text for _, text in in_order(enumerate(lines, 1), Source())) == lines[-1]


def test_times_that_rise_or_jump_once_are_left() -> None:
    rising = [f"2026-03-01T04:00:{second:02d}Z x" for second in range(30)]
    assert not falls(rising)
    assert not falls([*rising, *rising])
    assert not falls(["INFO 12-31 23:59:59 [a.py:1] x", "INFO 01-01 00:00:01 [a.py:1] x"])
    assert not falls([])
    assert falls(reversed(rising))


@given(st.lists(st.sampled_from(["2026-03-01T04:00:01Z", "x", "2026-03-01T04:00:00Z a", json.dumps({"time": 1})])))
def test_no_line_is_lost(lines: list[str]) -> None:
    source = Source()
    read = list(in_order(enumerate(lines, 1), source))
    assert sorted(text for _, text in read) == sorted(lines)
    assert [number for number, _ in read] == list(range(1, len(lines) + 1))
