import pytest

from vllm_doctor.log import read_log
from vllm_doctor.log.types import Attempt

TIME = "INFO 04-07 09:53:02"
PLATFORM = f"{TIME} [__init__.py:239] Automatically detected platform cuda."
VERSION = f"{TIME} [api_server.py:1034] vLLM API server version 0.8.3"
ARGS = f"{TIME} [api_server.py:1035] args: Namespace(model='m')"
ENGINE = f"{TIME} [core.py:70] Initializing a V1 LLM engine (v0.8.3) with config: model='m'"
DEATH = 'Traceback (most recent call last):\n  File "/v/vllm/a.py", line 1, in f\n    g()\nValueError: x'
SERVED = "INFO:     Application startup complete."
LOGO = f"{TIME} [utils.py:325]  ▄▄ ▄█ █     █     █ ▀▄▀ █  version 0.15.1\n{TIME} [utils.py:325]   █▄█▀ █     █"
NON_DEFAULT = f"{TIME} [utils.py:261] non-default args: {{'model': 'm'}}"
START = f"{PLATFORM}\n{VERSION}\n{ARGS}\n{PLATFORM}\n{ENGINE}"


def cut(*texts: str) -> list[Attempt]:
    return list(read_log(["\n".join(texts).encode()], "a").attempts)


def starts(*texts: str) -> list[int]:
    return [attempt.first_line for attempt in cut(*texts)]


def by(process: str, text: str) -> str:
    return "\n".join(f"({process}) {line}" for line in text.split("\n"))


def test_all_steps_of_one_start_are_one_attempt() -> None:
    assert starts("$ vllm serve m", START, DEATH) == [1]
    assert starts(by("APIServer pid=1", f"{LOGO}\n{NON_DEFAULT}"), by("EngineCore pid=2", ENGINE), DEATH) == [1]


def test_the_next_banner_of_the_same_process_is_the_next_start() -> None:
    assert starts(START, DEATH, START, DEATH) == [1, 10]
    assert starts(START, START) == [1, 7]
    one = by("APIServer pid=1", f"{LOGO}\n{NON_DEFAULT}")
    assert starts(one, "x", one) == [1, 5]


def test_the_platform_line_before_a_banner_belongs_to_its_start() -> None:
    (first, second) = cut(VERSION, DEATH, PLATFORM, "some warning", VERSION)
    assert (first.last_line, second.first_line, second.last_line) == (5, 6, 8)
    (first, second) = cut(VERSION, SERVED, PLATFORM, "some warning", VERSION)
    assert (first.served, first.last_line, second.first_line, second.served) == (True, 2, 3, False)


def test_a_shell_command_begins_an_attempt() -> None:
    assert starts("$ vllm serve a", DEATH, "$ vllm serve b", DEATH) == [1, 6]
    assert starts("+ vllm serve a", START, "x", "+ exec vllm serve b", START) == [1, 8]
    assert starts("root@h:/x# python3 -m vllm.entrypoints.openai.api_server --model m", DEATH) == [1]
    assert starts("hello", "$ vllm serve a", START) == [1]


def test_several_servers_that_start_together_are_one_attempt() -> None:
    servers = [by(f"ApiServer_{n} pid={n}", f"{VERSION}\n{ARGS}") for n in range(1, 4)]
    assert starts(*servers, by("EngineCore_DP0 pid=9", ENGINE), by("EngineCore_DP1 pid=10", ENGINE)) == [1]
    pods = ["\n".join(f"[pod/vllm-{n}/s] {line}" for line in START.split("\n")) for n in range(3)]
    assert starts(*pods) == [1]


def test_a_pod_that_restarts_begins_an_attempt() -> None:
    pod = "\n".join(f"[pod/vllm-0/s] {line}" for line in f"{START}\n{DEATH}".split("\n"))
    assert len(starts(pod, pod, pod)) == 3


def test_another_pid_after_a_failure_begins_an_attempt() -> None:
    def start(pid: int) -> str:
        return by(f"APIServer pid={pid}", f"{LOGO}\n{NON_DEFAULT}\n{DEATH}")

    assert len(starts(start(1), start(20))) == 2


def test_a_workers_platform_line_cuts_nothing() -> None:
    worker = by("Worker_TP0 pid=5", DEATH)
    assert starts(START, worker, by("Worker_TP1 pid=6", PLATFORM), by("APIServer pid=1", DEATH)) == [1]


@pytest.mark.parametrize(
    ("line", "served"),
    [
        (SERVED, True),
        (f"(APIServer pid=1) {SERVED}", True),
        ("INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", True),
        (f"{TIME} [launcher.py:29] Available routes are:", False),
        (
            f"{TIME} [core.py:253] init engine (profile, create kv cache, warmup model) took 9.84 seconds",
            False,
        ),
        (f"{TIME} [logger.py:1] Received request a: prompt: 'Application startup complete'", False),
    ],
)
def test_served(line: str, served: bool) -> None:
    (attempt,) = cut(START, line)
    assert attempt.served is served


def test_a_port_that_is_taken_is_not_served() -> None:
    bind = "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 80): in use"
    (attempt,) = cut(SERVED, bind)
    assert not attempt.served


def test_events_stand_in_the_order_of_the_log() -> None:
    (attempt,) = cut(START, DEATH.replace("ValueError: x", ""), "words", "AssertionError")
    lines = [event.first_line for event in attempt.events]
    assert lines == sorted(lines)


def test_many_restarts_are_kept_in_bounds() -> None:
    log = read_log([f"{VERSION}\n{DEATH}\n".encode()] * 1000, "a")
    assert len(log.attempts) <= 201
    assert log.attempts[0].first_line == 1
    assert log.attempts[-1].last_line == 5000
    assert sum(attempt.repeats for attempt in log.attempts) == 1000


def test_an_empty_log_has_one_attempt() -> None:
    assert cut("") == [Attempt(1, 1, ())]
