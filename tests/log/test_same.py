from vllm_doctor.log import read_log
from vllm_doctor.log.types import Traceback

TRACE = """\
Traceback (most recent call last):
  File "/v/vllm/a.py", line 1, in f
    g()
{}"""


def found(text: str) -> list[Traceback]:
    (attempt,) = read_log([text.encode()], "a").attempts
    return [event for event in attempt.events if isinstance(event, Traceback)]


def by(process: str, exception: str) -> str:
    return "\n".join(f"({process}) {line}" for line in TRACE.format(exception).split("\n"))


def test_one_exception_of_many_ranks_is_one_event() -> None:
    text = "\n".join(
        by(
            f"Worker_TP{rank} pid={100 + rank}",
            f"torch.OutOfMemoryError: GPU {rank} has 0x{rank}f bytes, {rank}.5 GiB",
        )
        for rank in range(4)
    )
    (event,) = found(text)
    assert event.ranks == tuple(f"Worker_TP{rank} pid={100 + rank}" for rank in range(4))
    assert event.message == "GPU 0 has 0x0f bytes, 0.5 GiB"


def test_one_exception_of_several_pods_is_one_event() -> None:
    text = "\n".join(
        f"[pod/vllm-{n}/s] {line}" for n in (0, 1) for line in by(f"W pid={n}", "ValueError: x").split("\n")
    )
    (event,) = found(text)
    assert (event.container, event.ranks) == ("vllm-0/s", ("W pid=0", "W pid=1"))


def test_printed_twice_by_one_process_is_one_event() -> None:
    text = f"{by('A pid=1', 'ValueError: x')}\n(A pid=1) Process A:\n{by('A pid=1', 'ValueError: x')}"
    (event,) = found(text)
    assert event.ranks == ("A pid=1",)
    assert event.first_line == 1


def test_different_messages_stay_apart() -> None:
    assert len(found(f"{by('A pid=1', 'ValueError: x')}\n{by('B pid=2', 'ValueError: y')}")) == 2
    assert len(found(f"{by('A pid=1', 'ValueError: x')}\n{by('B pid=2', 'KeyError: x')}")) == 2


def test_exceptions_without_words_are_told_apart_by_their_place() -> None:
    other = by("B pid=2", "AssertionError").replace("in f", "in g")
    assert len(found(f"{by('A pid=1', 'AssertionError')}\n{by('B pid=2', 'AssertionError')}")) == 1
    assert len(found(f"{by('A pid=1', 'AssertionError')}\n{other}")) == 2


def test_a_bare_print_takes_the_frames_of_the_full_one() -> None:
    (event,) = found(f"(A pid=1) ValueError: x\n\n{by('B pid=2', 'ValueError: x')}")
    assert (event.first_line, len(event.frames), event.ranks) == (1, 1, ("A pid=1", "B pid=2"))


def test_cut_tracebacks_are_never_equal() -> None:
    text = TRACE.format("").rstrip()
    assert len(found(f"(A pid=1) x\n{text}\nINFO 04-07 09:53:02 [a.py:1] x\n{text}\nProcess B:\n{text}")) == 3
