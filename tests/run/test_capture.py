"""What is kept of an output, and in how much memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.run.capture import CHUNK, LONGEST, STARTED, Capture


def _kept(capture: Capture) -> bytes:
    return b"".join(capture.blocks())


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_small_outputs_are_kept_whole(blocks: list[bytes]) -> None:
    capture = Capture()
    for block in blocks:
        capture.add(1, block)
    assert _kept(capture) == b"".join(blocks)
    assert capture.bytes == sum(map(len, blocks))
    assert capture.left_out == 0


def test_streams_do_not_mix_within_lines() -> None:
    capture = Capture()
    for stream, block in ((1, b"one "), (2, b"first\nsec"), (1, b"line\n"), (2, b"ond\n")):
        capture.add(stream, block)
    assert _kept(capture) == b"first\none line\nsecond\n"


def test_a_line_that_nobody_ends_is_kept_at_the_end() -> None:
    capture = Capture()
    capture.add(1, b"Killed")
    capture.finish()
    capture.say("over")
    assert _kept(capture) == b"Killed\nover\n"


def test_head_and_tail_are_kept_in_bounded_memory() -> None:
    capture = Capture(1000, 4000)
    lines = [b"%06d\n" % number for number in range(100_000)]
    for line in lines:
        capture.add(1, line)
    kept = _kept(capture)
    assert kept.startswith(b"".join(lines[:100]))
    assert kept.endswith(b"".join(lines[-500:]))
    assert len(kept) <= 1000 + 7 + 4000 + 2 * CHUNK
    assert len(kept) + capture.left_out == 700_000


def test_an_endless_line_is_bounded() -> None:
    capture = Capture(1000, 4000)
    for _ in range(1000):
        capture.add(1, b"x" * 4096)
    assert len(_kept(capture)) <= 1000 + 4000 + 4 * LONGEST
    assert len(_kept(capture)) + capture.left_out == 4096 * 1000


def test_the_servers_word_is_seen_across_blocks() -> None:
    capture = Capture()
    capture.add(1, b"INFO:     " + STARTED[:9])
    assert not capture.started
    capture.add(2, b"other\n")
    capture.add(1, STARTED[9:] + b".\n")
    assert capture.started
