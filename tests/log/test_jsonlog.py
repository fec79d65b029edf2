import json

import pytest

from vllm_doctor.log.jsonlog import logged


@pytest.mark.parametrize(
    "data",
    [
        {"log": "hi\n", "stream": "stderr", "time": "t"},
        {"message": "hi\n", "level": "info"},
        {"msg": "hi\n", "ts": 1},
        {"textPayload": "hi\n", "timestamp": "t"},
        {"jsonPayload": {"message": "hi\n"}, "severity": "INFO"},
        {"MESSAGE": "hi\n", "PRIORITY": "6"},
        {"asctime": "t", "levelname": "INFO", "name": "vllm", "message": "hi\n"},
    ],
)
def test_records_of_loggers(data: dict[str, object]) -> None:
    record = logged(json.dumps(data))
    assert record is not None
    assert record.text == "hi\n"


@pytest.mark.parametrize(
    "data",
    [
        {"object": "error", "message": "m", "type": "BadRequestError", "code": 400},
        {"error": {"message": "m"}, "timestamp": "t"},
        {"message": "m", "type": "x", "code": 1, "time": "t"},
        {"message": "alone"},
        {"model": "m", "messages": [], "name": "n"},
        {"time": "t"},
        ["log", "time"],
        7,
    ],
)
def test_bodies_are_no_records(data: object) -> None:
    assert logged(json.dumps(data)) is None


def test_vllms_json_logging_keeps_level_place_process_and_traceback() -> None:
    record = logged(
        json.dumps(
            {
                "asctime": "2026-01-01 00:00:00,000",
                "levelname": "error",
                "message": "failed",
                "processName": "EngineCore_DP0",
                "process": 12,
                "filename": "core.py",
                "lineno": 390,
                "exc_info": "Traceback (most recent call last):\nValueError: x",
            }
        )
    )
    assert record is not None
    assert record.text == "failed\nTraceback (most recent call last):\nValueError: x"
    assert (record.level, record.file, record.at, record.process) == (
        "ERROR",
        "core.py",
        390,
        "EngineCore_DP0 pid=12",
    )


def test_pods_are_containers() -> None:
    record = logged(json.dumps({"log": "x", "kubernetes": {"pod_name": "p", "container_name": "c"}}))
    assert record is not None
    assert record.container == "p/c"


@pytest.mark.parametrize("text", ["{", "{}", '{"a":', "[" * 9000, '{"log": "\\ud800", "time": "t"}'])
def test_broken_json_is_no_crash(text: str) -> None:
    logged(text)
