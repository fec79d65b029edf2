import pytest

from vllm_doctor.log.header import header


@pytest.mark.parametrize(
    ("text", "level", "time", "file", "at", "message"),
    [
        ("INFO 04-07 09:53:02 [core.py:515] hi", "INFO", "04-07 09:53:02", "core.py", 515, "hi"),
        (
            "ERROR 04-04 03:34:54 llm_engine.py:70]   hi",
            "ERROR",
            "04-04 03:34:54",
            "llm_engine.py",
            70,
            "  hi",
        ),
        (
            "DEBUG 10-18 18:19:33 [v1/executor/multiproc_executor.py:558] hi",
            "DEBUG",
            "10-18 18:19:33",
            "v1/executor/multiproc_executor.py",
            558,
            "hi",
        ),
        (
            "DEBUG 10-18 18:19:33 [v1/worker/.../a/b.py:5] hi",
            "DEBUG",
            "10-18 18:19:33",
            "v1/worker/.../a/b.py",
            5,
            "hi",
        ),
        (
            "INFO 2026-04-07 09:53:02.123 [core.py:515] hi",
            "INFO",
            "2026-04-07 09:53:02.123",
            "core.py",
            515,
            "hi",
        ),
        ("INFO 04-07 09:53:02 [core.py:515]", "INFO", "04-07 09:53:02", "core.py", 515, ""),
        ("INFO:     Started server process [1]", "INFO", "", "", 0, "Started server process [1]"),
        ("[W1122 10:37:51.30 socket.cpp:207] hi", "WARNING", "11-22 10:37:51.30", "socket.cpp", 207, "hi"),
        ("[W106 02:35:55.88 P.cpp:1] hi", "WARNING", "1-06 02:35:55.88", "P.cpp", 1, "hi"),
        ("E0711 09:02:51.6 1874524 thd.cc:157] hi", "ERROR", "07-11 09:02:51.6", "thd.cc", 157, "hi"),
        ("[E ProcessGroupNCCL.cpp:563] hi", "ERROR", "", "ProcessGroupNCCL.cpp", 563, "hi"),
        (
            "[2024-07-11 09:02:51,830 E 18 19] core_worker.cc:251: hi",
            "ERROR",
            "2024-07-11 09:02:51,830",
            "core_worker.cc",
            251,
            "hi",
        ),
        (
            "DEBUG 2024-08-18 05:43:40,351 a.b:317: hi",
            "DEBUG",
            "2024-08-18 05:43:40,351",
            "",
            0,
            "a.b:317: hi",
        ),
    ],
)
def test_headers(text: str, level: str, time: str, file: str, at: int, message: str) -> None:
    found = header(text)
    assert found is not None
    assert (found.level, found.time, found.file, found.at, text[found.end :]) == (
        level,
        time,
        file,
        at,
        message,
    )


@pytest.mark.parametrize(
    ("text", "level", "message"),
    [
        ("- gpustack.worker - INFO - hi", "INFO", "hi"),
        ("xinference.api 209102 ERROR    [address=x] hi", "ERROR", "[address=x] hi"),
        ("INFO     | module.a:run:12 - hi", "INFO", "hi"),
        ("1 kserve ERROR [main.py:f():254] hi", "ERROR", "[main.py:f():254] hi"),
        ("[WARN] [a.py:1:f] hi", "WARNING", "[a.py:1:f] hi"),
    ],
)
def test_a_level_after_a_time(text: str, level: str, message: str) -> None:
    found = header(text, timed=True)
    assert found is not None
    assert (found.level, text[found.end :]) == (level, message)
    assert header(text) is None


@pytest.mark.parametrize("text", ["", "we saw an ERROR there", "x NCCL WARN hi", '"a" - ERROR - x', "[x] [y"])
def test_words_are_no_header_after_a_time(text: str) -> None:
    assert header(text, timed=True) is None


@pytest.mark.parametrize("text", ["ERROR ... EngineCore failed", "INFO about things", "[rank0]: x", "Internal"])
def test_no_header(text: str) -> None:
    assert header(text) is None
