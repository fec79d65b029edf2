"""What is skipped changes nothing: the log read with the skimming of known shapes is the log read without."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor.log import read_log
from vllm_doctor.log import skim as skimming
from vllm_doctor.log.skim import REPEATS, ROUND, Skim
from vllm_doctor.log.types import Log, Record

from .wraps import WRAPS

ROOT = Path(__file__).parents[2] / "fixtures"
FOLDERS = sorted(path.parent for path in ROOT.rglob("expected.yaml"))
# every fixture in two of the wrappers, in turn
CASES = [
    pytest.param(folder, how, id=f"{folder.relative_to(ROOT)}-{how}")
    for index, folder in enumerate(FOLDERS)
    for how in [list(WRAPS)[(index + step * 9) % len(WRAPS)] for step in range(2)]
]
API, CORE = "(APIServer pid=71) ", "(EngineCore_DP0 pid=214) "
SERVES = API + "INFO:     Application startup complete."


def noise(draw: random.Random) -> str:
    """A line as a server that serves prints it all day."""
    number = draw.randrange
    return draw.choice(
        [
            f'INFO:     10.0.{number(256)}.{number(256)}:{number(1, 65536)} - "POST /v1/completions HTTP/1.1" 200 OK',
            f'{API}INFO:     10.9.{number(9)}.7:{number(1, 65536)} - "GET /health HTTP/1.1" {number(200, 600)} X',
            f"{API}INFO 08-30 10:41:{number(10, 60)} [loggers.py:118] Engine 000: Avg prompt throughput: "
            f"{number(9000)}.{number(10)} tokens/s, Running: {number(99)} reqs",
            f"INFO 08-30 10:41:{number(10, 60)} metrics.py:295] Avg prompt throughput: {number(99)}.0 tokens/s",
            f'172.17.0.{number(256)} - - [24/Nov/2026:10:00:{number(10, 60)} +0000] "GET / HTTP/1.1" 200 {number(99)}',
            f"{API}INFO 08-30 {number(10, 24)}:{number(10, 60)}:{number(10, 60)} [logger.py:36] Received request cmpl-{number(1 << 60):x}: prompt: 'x'",
        ]
    )


def between(lines: list[str], seed: int, most: int = 9) -> list[str]:
    """The lines of a log with noise before them and between them."""
    draw = random.Random(seed)
    out = [noise(draw) for _ in range(1200)]
    for line in lines:
        out += [noise(draw) for _ in range(draw.randrange(most))]
        out.append(line)
    return out


def read(data: bytes, monkeypatch: pytest.MonkeyPatch, small: int, size: int = 1 << 14) -> Log:
    monkeypatch.setattr("vllm_doctor.log.decode.SMALL", small)
    return read_log([data[at : at + size] for at in range(0, len(data), size)], "a.log")


def passed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the lines that a `Skim` lets through from now on."""
    seen: list[int] = []
    lines = Skim.lines

    def counted(self: Skim, data: bytes, number: int, forced: bool) -> object:
        for found in lines(self, data, number, forced):
            seen.append(found[0])
            yield found

    monkeypatch.setattr(Skim, "lines", counted)
    return seen


@pytest.mark.parametrize(("folder", "how"), CASES)
def test_what_is_skipped_changes_nothing(folder: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (folder / "log.txt").read_bytes().decode("utf-8", "replace")
    wrapped = WRAPS[how](between(text.rstrip("\n").split("\n"), len(text)))
    data = ("\n".join(wrapped) + "\n").encode("utf-16" if len(text) % 5 == 0 else "utf-8", "surrogatepass")
    whole = read(data, monkeypatch, len(data) * 4)
    seen = passed(monkeypatch)
    assert read(data, monkeypatch, 0) == whole
    assert len(seen) < whole.lines


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                f"{CORE}ERROR 08-30 10:41:12 [core.py:1] Traceback (most recent call last):",
                f'{CORE}ERROR 08-30 10:41:12 [core.py:1]   File "/v/vllm/a.py", line 1, in f',
                f"{CORE}ERROR 08-30 10:41:12 [core.py:1] ValueError: x",
                "Traceback (most recent call last):",
                '  File "/v/vllm/b.py", line 2, in g',
                "    raise E",
                "RuntimeError: y",
                "and more of it",
                "usage: vllm [-h]",
                "vllm: error: unrecognized arguments: --x",
                f"{API}INFO 08-30 10:41:12 [api_server.py:1] vLLM API server version 0.10.0",
                f"{API}INFO:     Application startup complete.",
                "2026-03-01T04:00:00.000000000Z stderr P half of ",
                "2026-03-01T04:00:00.000000000Z stderr F a line",
                "Capturing CUDA graph shapes:  52%|#####     | 35/67 [00:14<00:13,  2.38it/s]",
                "\x1b[36mcoloured\x1b[0m",
                "",
            ]
        ),
        max_size=30,
    ),
    st.integers(0, 1 << 20),
    st.integers(50, 1 << 16),
)
def test_any_lines_between_noise_are_read_as_ever(lines: list[str], seed: int, size: int) -> None:
    data = "\n".join(between(lines, seed, 40)).encode()
    with pytest.MonkeyPatch.context() as patch:
        assert read(data, patch, 0, size) == read(data, patch, len(data), size)


def test_noise_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(3)
    lines = [line for line in (noise(draw) for _ in range(20_000)) if "Received" not in line]
    seen = passed(monkeypatch)
    log = read("\n".join(lines).encode(), monkeypatch, 0)
    assert log.lines == len(lines)
    assert len(seen) < 1500
    assert log.vllm


def test_requests_are_skipped_once_enough_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "(A pid=1) INFO 08-30 10:{:02d}:{:02d} [logger.py:36] Received request {}: prompt: 'ValueError: x'"
    seen = passed(monkeypatch)
    log = read(
        "\n".join(line.format(n // 60 % 60, n % 60, "x" * (n % 300)) for n in range(4000)).encode(), monkeypatch, 0
    )
    assert len(seen) < 1200
    assert len(log.attempts[0].events) == 40


def test_a_record_that_comes_again_and_again_is_read_by_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    line = CORE + "WARNING 08-30 10:{:02d}:{:02d} [scheduler.py:1] preempted {} times"
    again = [line.format(n // 60 % 60, n % 60, n) for n in range(ROUND + 100)]
    lines = [SERVES, *again, CORE + "ERROR 08-30 10:41:12 [core.py:1] x"]
    log = read("\n".join(lines).encode(), monkeypatch, 0)
    said = [event.first_line for event in log.attempts[0].events if isinstance(event, Record)]
    assert said[: REPEATS + 1] == list(range(1, REPEATS + 2))
    assert said[-1] == len(lines)
    assert any(number > ROUND for number in said[:-1])
    assert len(said) < 3 * REPEATS


def test_a_new_start_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    banner = API + "INFO 08-30 10:41:12 [api_server.py:1] vLLM API server version 0.10.0"
    line = CORE + "INFO 08-30 10:{:02d}:{:02d} [worker.py:1] Model loading took {} GiB"
    start = [banner, *(line.format(n // 60 % 60, n % 60, n) for n in range(900))]
    log = read("\n".join(start * 9).encode(), monkeypatch, 0)
    assert [len(attempt.events) for attempt in log.attempts] == [901] * 9


def test_records_of_one_second_are_folded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [SERVES, *(f"{CORE}WARNING 08-30 10:41:12 [core.py:1] preempted {n} times" for n in range(20_000))]
    seen = passed(monkeypatch)
    read("\n".join(lines).encode(), monkeypatch, 0)
    assert len(seen) < 5000


def test_no_failure_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{CORE}ERROR 08-30 10:41:12 [core.py:1] step {n} failed" for n in range(2500)]
    seen = passed(monkeypatch)
    read("\n".join(lines).encode(), monkeypatch, 0)
    assert len(seen) == 2500


def test_a_line_of_two_records_is_no_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    access = 'INFO: 10.0.0.7:41 - "GET / HTTP/1.1" 200 OK'
    line = '{{"log": "{}\\n{}\\n", "stream": "stderr", "time": "2026-03-01T04:00:00Z"}}'
    lines = [line.format("step 1", access.replace('"', '\\"'))] * 1500
    seen = passed(monkeypatch)
    read("\n".join(lines).encode(), monkeypatch, 0)
    assert len(seen) == 1500


def test_what_is_known_stays_in_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skimming, "_MOST", 50)
    skim = Skim()
    for number in range(1, 400):
        shape = b"x" * number
        skim.latest = (number, shape)
        skim.read(number, 1, True, False)
        skim.latest = (number, shape + b"y")
        skim.read(number, 1, False, True)
    assert len(skim.known) <= 50
    assert len(skim.counts) <= 50
