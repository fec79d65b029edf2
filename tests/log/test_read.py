import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor.log import read_log
from vllm_doctor.log.types import Log, Record, Traceback

from .wraps import WRAPS, events, only

REAL = (Path(__file__).parent / "data" / "kv-cache-too-small.log").read_text(encoding="utf-8")
SHORT = """\
$ vllm serve m --max-model-len 9000
INFO 04-07 09:53:02 [__init__.py:239] Automatically detected platform cuda.
(APIServer pid=7) INFO 04-07 09:53:06 [api_server.py:1034] vLLM API server version 0.10.2
(EngineCore_DP0 pid=9) ERROR 04-07 09:53:07 [core.py:390] EngineCore failed to start.
(EngineCore_DP0 pid=9) ERROR 04-07 09:53:07 [core.py:390] Traceback (most recent call last):
(EngineCore_DP0 pid=9) ERROR 04-07 09:53:07 [core.py:390]   File "/v/vllm/v1/engine/core.py", line 37, in run
(EngineCore_DP0 pid=9) ERROR 04-07 09:53:07 [core.py:390]     raise ValueError(
(EngineCore_DP0 pid=9) ERROR 04-07 09:53:07 [core.py:390] ValueError: the KV cache is too small
(EngineCore_DP0 pid=9) ERROR 04-07 09:53:07 [core.py:390] by 3 GiB

(APIServer pid=7) Traceback (most recent call last):
(APIServer pid=7)   File "/v/bin/vllm", line 8, in <module>
(APIServer pid=7)     sys.exit(main())
(APIServer pid=7)              ^^^^^^
(APIServer pid=7) RuntimeError: Engine core initialization failed.
"""
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m|#033\[[0-9;]*m")


def read(text: str | bytes, size: int = 1 << 16) -> Log:
    data = text.encode() if isinstance(text, str) else text
    return read_log([data[at : at + size] for at in range(0, len(data), size)], "a.log")


def test_a_real_log_gives_its_three_failures_once() -> None:
    attempt = only(read(REAL))
    found = [event for event in attempt.events if isinstance(event, Traceback)]
    assert [(event.exception, event.process, len(event.frames)) for event in found] == [
        ("ValueError", "EngineCore pid=4367", 8),
        ("RuntimeError", "APIServer pid=4359", 24),
    ]
    assert found[0].message.startswith("To serve at least one request with the model's max seq len (131072)")
    assert [line.number for line in found[0].raised] == [55]
    assert found[0].frames[-1].function == "_check_enough_kv_cache_memory"
    assert found[0].frames[-1].code == "raise ValueError("
    assert not attempt.served


@pytest.mark.parametrize("name", WRAPS)
@pytest.mark.parametrize("text", [REAL, SHORT], ids=["real", "short"])
def test_events_are_the_same_whatever_stands_around_the_lines(text: str, name: str) -> None:
    wrapped = "\n".join(WRAPS[name](text.splitlines())) + "\n"
    assert events(read(wrapped)) == events(read(text))


@pytest.mark.parametrize("name", WRAPS)
def test_every_piece_stands_on_its_physical_line(name: str) -> None:
    physical = WRAPS[name](REAL.splitlines())
    plain = [_ESCAPE.sub("", line) for line in physical]
    for event in only(read("\n".join(physical))).events:
        for line in event.lines:
            assert "".join(piece.text for piece in line.pieces) == line.text
            for piece in line.pieces:
                written = plain[piece.line - 1]
                assert (
                    piece.text in written
                    or piece.text.replace('"', '\\"') in written.replace("\\u2584", "▄")
                    or (written.startswith("{"))
                )


@pytest.mark.parametrize(
    "data",
    [
        SHORT.replace("\n", "\r\n").encode(),
        SHORT.encode("utf-16"),
        SHORT.encode("utf-16-le"),
        SHORT.encode("utf-16-be"),
        b"\xef\xbb\xbf" + SHORT.encode(),
        SHORT.replace("\n", "\x00\n").encode(),
    ],
)
def test_encodings_and_line_ends_change_nothing(data: bytes) -> None:
    assert events(read(data, 37)) == events(read(SHORT))


QUIET = {"srun", "compose-named", "stern", "torchrun", "mpirun", "actor", "kubectl-prefix", "kubectl-both"}
SPLIT = {"cri", "stack", "deep"}
STACKS = st.lists(st.sampled_from([name for name in WRAPS if name not in ("noise", "box")]), max_size=3, unique=True)


def _fit(names: set[str]) -> bool:
    """One of each kind, and no runtime that splits lines around colours: it would cut an escape sequence."""
    coloured = names & {"colour", "colour-printed"}
    return len(names & QUIET) < 2 and len(names & SPLIT) < 2 and not (coloured and names & SPLIT)


@settings(max_examples=80, deadline=None)
@given(STACKS.filter(lambda names: _fit({*names})), st.integers(1, 99))
def test_wrappers_may_be_stacked(names: list[str], size: int) -> None:
    lines = SHORT.splitlines()
    for name in sorted(names, key=lambda name: name not in QUIET):
        lines = WRAPS[name](lines)
    assert events(read("\n".join(lines), size)) == events(read(SHORT))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_log(data: bytes) -> None:
    log = read(data, 13)
    assert log.bytes == len(data) or log.notes[0].startswith("read as")
    assert log.attempts
    for attempt in log.attempts:
        for event in attempt.events:
            assert 1 <= event.first_line <= log.lines


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([*SHORT.splitlines(), "", "x", "│", "{", "(", "[0] ", "\r", "2024-01-01 00:00:00"]),
        max_size=25,
    )
)
def test_any_mixture_of_lines_is_read(lines: list[str]) -> None:
    log = read("\n".join(lines))
    for attempt in log.attempts:
        for event in attempt.events:
            assert event.lines
            assert all(piece.line <= len(lines) for line in event.lines for piece in line.pieces)


def test_a_log_of_any_length_is_kept_in_bounds() -> None:
    failure = SHORT.splitlines()[3:8]
    body = [f"(EngineCore pid=9) INFO 04-07 09:53:07 [core.py:{n}] step {n}" for n in range(9000)]
    log = read("\n".join([*SHORT.splitlines()[:3], *body[:4500], *failure, *body[4500:]]))
    attempt = only(log)
    assert len(attempt.events) < 3100
    assert any(isinstance(event, Traceback) for event in attempt.events)
    messages = [event.message for event in attempt.events if isinstance(event, Record)]
    assert "step 0" in messages
    assert "step 8999" in messages
    assert any("not kept" in note for note in log.notes)


def test_a_line_without_end_is_cut_and_said_so() -> None:
    def blocks() -> object:
        yield b"INFO 04-07 09:53:02 [a.py:1] begin "
        for _ in range(40):
            yield b"x" * 100_000
        yield b" end\nValueError: after\n"

    log = read_log(blocks(), "a.log")  # type: ignore[arg-type]
    first, second = only(log).events
    assert isinstance(first, Record)
    assert first.message.startswith("begin ")
    assert first.message.endswith(" end")
    assert len(first.message) < 70_000
    assert [piece.line for piece in first.lines[0].pieces] == [1, 1]
    assert second.first_line == 2
    assert any("64 KiB" in note for note in log.notes)
