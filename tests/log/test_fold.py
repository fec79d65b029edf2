from vllm_doctor.log import Source, events, logical_lines, records
from vllm_doctor.log.types import Event, Record, Traceback

H = "ERROR 04-07 09:53:02 [core.py:1]"
TRACE = """\
Traceback (most recent call last):
  File "/v/vllm/a.py", line 1, in f
    g()
    ^^^
  File "/v/vllm/b.py", line 2, in g
    raise ValueError(
ValueError: too small"""


def folded(text: str) -> list[Event]:
    return list(events(records(logical_lines(enumerate(text.split("\n"), 1), Source()))))


def tracebacks(text: str) -> list[Traceback]:
    return [event for event in folded(text) if isinstance(event, Traceback)]


def prefixed(prefix: str, text: str = TRACE) -> str:
    return "\n".join(f"{prefix} {line}" for line in text.split("\n"))


def test_a_traceback() -> None:
    (event,) = folded(TRACE)
    assert isinstance(event, Traceback)
    assert (event.exception, event.message) == ("ValueError", "too small")
    assert [(frame.path, frame.line, frame.function, frame.code) for frame in event.frames] == [
        ("/v/vllm/a.py", 1, "f", "g()"),
        ("/v/vllm/b.py", 2, "g", "raise ValueError("),
    ]
    assert (event.first_line, event.last_line) == (1, 7)
    assert [line.number for line in event.raised] == [7]


def test_words_and_traceback_of_a_logged_failure() -> None:
    words, event = folded(f"{H} EngineCore failed to start.\n{prefixed(H)}")
    assert isinstance(words, Record)
    assert words.message == "EngineCore failed to start."
    assert isinstance(event, Traceback)
    assert (event.level, event.file, event.at, event.first_line) == ("ERROR", "core.py", 1, 2)


def test_words_that_end_in_the_head_of_a_traceback() -> None:
    words, event = folded(f"{H} Exception in worker X: MESSAGE, {prefixed(H)[len(H) + 1 :]}")
    assert words == Record("Exception in worker X: MESSAGE,", words.lines, "ERROR", "core.py", 1, time="04-07 09:53:02")
    assert isinstance(event, Traceback)
    assert len(event.frames) == 2


def test_two_processes_in_turn() -> None:
    lines = [
        line
        for pair in zip(prefixed("(A pid=1)").split("\n"), prefixed("(B pid=2)").split("\n"), strict=False)
        for line in pair
    ]
    found = tracebacks("\n".join(lines))
    assert [(event.process, len(event.frames), event.message) for event in found] == [
        ("A pid=1", 2, "too small"),
        ("B pid=2", 2, "too small"),
    ]


def test_headed_and_unheaded_lines_in_turn() -> None:
    lines = [line for pair in zip(prefixed(H).split("\n"), TRACE.split("\n"), strict=False) for line in pair]
    found = tracebacks("\n".join(lines))
    assert [(event.level, len(event.frames)) for event in found] == [("ERROR", 2), ("", 2)]


def test_chains_are_linked() -> None:
    for words in (
        "The above exception was the direct cause of the following exception:",
        "During handling of the above exception, another exception occurred:",
    ):
        second = TRACE.replace("ValueError: too small", "RuntimeError: outer")
        (event,) = folded(f"{TRACE}\n\n{words}\n\n{second}")
        assert isinstance(event, Traceback)
        assert [link.exception for link in event.chain()] == ["RuntimeError", "ValueError"]
        assert [len(link.frames) for link in event.chain()] == [2, 2]
        assert event.first_line == 11
        (logged,) = tracebacks(prefixed(H, f"{TRACE}\n\n{words}\n\n{second}"))
        assert [link.exception for link in logged.chain()] == ["RuntimeError", "ValueError"]


def test_a_chain_that_is_cut_still_gives_what_was_read() -> None:
    words = "During handling of the above exception, another exception occurred:"
    (event,) = tracebacks(f"{TRACE}\n\n{words}\n")
    assert event.exception == "ValueError"


def test_a_log_cut_in_its_head() -> None:
    (event,) = folded("\n".join(prefixed("[rank0]:").split("\n")[4:]))
    assert isinstance(event, Traceback)
    assert (event.process, event.exception, len(event.frames)) == ("rank0", "ValueError", 1)


def test_a_log_cut_before_the_exception() -> None:
    (event,) = folded("\n".join(TRACE.split("\n")[:-1]))
    assert isinstance(event, Traceback)
    assert (event.exception, event.message, event.raised, len(event.frames)) == ("", "", (), 2)


def test_the_exception_of_a_traceback_that_lost_its_prefix() -> None:
    lines = prefixed("(A pid=1)").split("\n")
    (event,) = folded("\n".join([*lines[:-1], "ValueError: too small"]))
    assert isinstance(event, Traceback)
    assert (event.process, event.exception, len(event.frames)) == ("A pid=1", "ValueError", 2)


def test_bare_exceptions() -> None:
    assert [(event.exception, event.message) for event in tracebacks("ValueError: Too large swap space.")] == [
        ("ValueError", "Too large swap space.")
    ]
    assert tracebacks("AssertionError")[0].exception == "AssertionError"
    (logged,) = tracebacks(f"{H} torch.OutOfMemoryError: CUDA out of memory.")
    assert (logged.exception, logged.level, logged.frames) == ("torch.OutOfMemoryError", "ERROR", ())


def test_a_message_goes_on_until_a_header_a_blank_or_a_frame() -> None:
    text = "AssertionError: Initial free 70.41 GiB,\ncurrent free 78.02 GiB.\nTo fix this, isolate\n"
    for after in ("", "INFO 04-07 09:53:02 [a.py:1] x", '  File "a.py", line 1, in f', "Process X:"):
        event = folded(f"{text}{after}\nend")[0]
        assert isinstance(event, Traceback)
        assert event.message == ("Initial free 70.41 GiB,\ncurrent free 78.02 GiB.\nTo fix this, isolate")
        assert [line.number for line in event.raised] == [1, 2, 3]


def test_pydantic_messages_are_kept_whole() -> None:
    message = "1 validation error for ModelConfig\n  Value error, max_num (8192) [type=x]\n    For more see x"
    text = TRACE.replace("ValueError: too small", f"pydantic_core._pydantic_core.ValidationError: {message}")
    assert tracebacks(text)[0].message == message
    assert tracebacks(prefixed("(APIServer pid=1)", text))[0].message == message
    (cut,) = tracebacks(TRACE.replace("ValueError: too small", "  Value error, max_num (8192)"))
    assert (cut.exception, cut.message) == ("", "Value error, max_num (8192)")


def test_a_logged_message_of_several_paragraphs_is_kept() -> None:
    (event,) = tracebacks(prefixed(H, f"{TRACE}\nkernel errors might be late\n\nCompile with X\n"))
    assert event.message == "too small\nkernel errors might be late\n\nCompile with X"


def test_words_before_another_traceback_are_not_the_message() -> None:
    first, words, second = folded(prefixed(H, f"RuntimeError: NCCL error\nWorkerProc failed to start.\n{TRACE}"))
    assert isinstance(first, Traceback)
    assert first.message == "NCCL error"
    assert isinstance(words, Record)
    assert words.message == "WorkerProc failed to start."
    assert isinstance(second, Traceback)


def test_deaths_without_an_exception_stay_records() -> None:
    for text in (
        "Fatal Python error: Segmentation fault",
        "Illegal instruction",
        "Killed",
        "Bus error (core dumped)",
        "  what():  CUDA error: x",
        "terminate called after throwing an instance of 'c10::Error'",
    ):
        (event,) = folded(text)
        assert isinstance(event, Record)
        assert event.message == text


def test_quoted_tracebacks_are_no_tracebacks() -> None:
    request = "INFO 08-30 10:41:12 logger.py:36] Received request chat-1: prompt: "
    text = "\n".join(f"{request}{line}" for line in TRACE.split("\n"))
    assert [type(event) for event in folded(text)] == [Record]
    assert tracebacks('{"error": {"message": "ValueError: x"}}') == []
    assert tracebacks("INFO 08-30 10:41:12 a.py:1] the user said 'Traceback (most recent call last):'") == []


def test_exception_groups() -> None:
    text = """\
  + Exception Group Traceback (most recent call last):
  |   File "/v/a.py", line 1, in f
  |     g()
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/v/b.py", line 2, in g
    |     raise ValueError(
    | ValueError: too small
    +------------------------------------"""
    found = tracebacks(text)
    assert [(event.exception, event.message) for event in found] == [
        ("ExceptionGroup", "unhandled errors in a TaskGroup (1 sub-exception)"),
        ("ValueError", "too small"),
    ]
    assert [frame.function for event in found for frame in event.frames] == ["f", "g"]


def test_blank_lines_between_all_lines() -> None:
    (event,) = tracebacks("\n\n".join(TRACE.split("\n")))
    assert (event.exception, len(event.frames)) == ("ValueError", 2)


def test_memory_is_bounded_on_endless_tracebacks() -> None:
    endless = "\n".join(['  File "/a.py", line 1, in f'] * 5000)
    (event,) = tracebacks(f"Traceback (most recent call last):\n{endless}\nRecursionError: x\n" + "more\n" * 5000)[:1]
    assert len(event.frames) <= 1500
    assert event.message.count("\n") <= 200
