import pytest

from vllm_doctor.log import Source, logical_lines
from vllm_doctor.log.types import Line


def unwrapped(*texts: str) -> list[Line]:
    return list(logical_lines(enumerate(texts, 1), Source()))


@pytest.mark.parametrize(
    ("text", "rest", "process", "container", "time"),
    [
        ("(EngineCore_DP0 pid=12) hello", "hello", "EngineCore_DP0 pid=12", "", ""),
        ("(VllmWorker rank=6 pid=12) x", "x", "VllmWorker rank=6 pid=12", "", ""),
        ("(RayWorkerWrapper pid=9, ip=10.0.0.1) x", "x", "RayWorkerWrapper pid=9, ip=10.0.0.1", "", ""),
        ("(raylet, ip=10.0.0.1) x", "x", "raylet, ip=10.0.0.1", "", ""),
        ("(pid=123) x", "x", "pid=123", "", ""),
        ("(A pid=1) (B pid=2)   indented", "  indented", "B pid=2", "", ""),
        ("(A pid=1)", "", "A pid=1", "", ""),
        ("[rank0]:   File x", "  File x", "rank0", "", ""),
        ("[rank0]:[W1 x", "[W1 x", "rank0", "", ""),
        ("[pod/vllm-0/server] x", "x", "", "vllm-0/server", ""),
        ("[default3]:  x", "  x", "default3", "", ""),
        ("[1,0]<stderr>:x", "x", "1,0", "", ""),
        ("2026-06-06T09:41:22.945961799Z x", "x", "", "", "2026-06-06T09:41:22.945961799Z"),
        ("2026-06-06T09:41:22.9Z ##[error]x", "x", "", "", "2026-06-06T09:41:22.9Z"),
        ("2026-06-06T09:41:22.9Z stdout F x", "x", "", "", "2026-06-06T09:41:22.9Z"),
        ("2024-08-21 11:05:42 | ERROR | stderr |   x", "  x", "", "", "2024-08-21 11:05:42"),
        ("Nov 24 10:00:00 gpu-7 vllm[1]: x", "x", "", "gpu-7", "Nov 24 10:00:00"),
        ("vllm-1  |   x", "  x", "", "vllm-1", ""),
        ("vllm_1  | x", "x", "", "vllm_1", ""),
        ("vllm-1  |", "", "", "vllm-1", ""),
        ("│ x y   │", "x y", "", "", ""),
        ("[0] [0]     x", "    x", "rank0", "", ""),
    ],
)
def test_prefixes_go(text: str, rest: str, process: str, container: str, time: str) -> None:
    (line,) = unwrapped(text)
    assert (line.text, line.process, line.container, line.time) == (rest, process, container, time)


@pytest.mark.parametrize(
    "text",
    [
        "(vllm) [root@node1]# ls",
        "(see pid=abc) x",
        "[1] 86402",
        "[E] x",
        "Model | Tokens",
        "ERROR | something",
        "0: nothing known",
        "the-first word is no pod",
        "| NVIDIA-SMI 570 |",
        "    5 | #include <Python.h>",
        "  | Exception raised",
        "2024 was a year",
        "{'a': 1}",
        "May the force be with you: x",
        "## heading",
    ],
)
def test_what_is_no_prefix_stays(text: str) -> None:
    (line,) = unwrapped(text)
    assert line.text == text
    assert not (line.process)
    assert not (line.container)


def test_a_prefix_that_could_be_words_is_learned_from_other_lines() -> None:
    head = "INFO 04-07 09:53:02 [a.py:1] hello"
    texts = unwrapped("pod-ab1 server words", f"pod-ab1 server {head}", "other-ab1 server words")
    assert [line.text for line in texts] == ["words", head, "other-ab1 server words"]
    assert [line.container for line in texts] == ["pod-ab1/server", "pod-ab1/server", ""]
    texts = unwrapped("3: words", f"3: {head}")
    assert [(line.text, line.process) for line in texts] == [("words", "rank3"), (head, "rank3")]


def test_rays_count_of_repetitions_goes() -> None:
    (line,) = unwrapped("(W pid=1) it failed [repeated 6x across cluster] (Ray deduplicates logs by default.)")
    assert line.text == "it failed"
