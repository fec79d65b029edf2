"""A failure that is only quoted changes nothing, whichever family it is of and whoever quotes it."""

from pathlib import PurePath

import pytest

from tests.quotes import VOICES
from vllm_doctor.engine import catalogue
from vllm_doctor.engine.analysis import Said, analyse_all
from vllm_doctor.engine.answer import answer as answer_for
from vllm_doctor.engine.rule import Rule
from vllm_doctor.finding import Diagnosis
from vllm_doctor.log import read_log


def _failure(rule: Rule) -> str:
    """The first log of a rule's own examples."""
    return next((example.log for example in rule.examples if example.log), "").rstrip("\n")


SHIPPED = catalogue.load()
RULES = [rule for rule in SHIPPED.rules.values() if _failure(rule)]
FAMILIES: dict[str, list[Rule]] = {}
for _rule in RULES:
    FAMILIES.setdefault(PurePath(_rule.file).parent.name, []).append(_rule)

STARTED = """\
(APIServer pid=31) INFO 09-20 09:59:01 [api_server.py:1896] vLLM API server version 0.10.2
(APIServer pid=31) INFO 09-20 09:59:01 [utils.py:328] non-default args: {'model_tag': 'Qwen/Qwen3-0.6B', 'port': 8000}
(EngineCore_DP0 pid=90) INFO 09-20 09:59:20 [core.py:76] Initializing a V1 LLM engine (v0.10.2) with config: \
model='Qwen/Qwen3-0.6B', speculative_config=None, tokenizer='Qwen/Qwen3-0.6B', dtype=torch.bfloat16, max_seq_len=40960
(EngineCore_DP0 pid=90) INFO 09-20 09:59:31 [gpu_model_runner.py:2392] Model loading took 1.1201 GiB and 0.49 seconds
(EngineCore_DP0 pid=90) INFO 09-20 09:59:41 [kv_cache_utils.py:864] GPU KV cache size: 176,240 tokens
"""
SERVED = """\
(APIServer pid=31) INFO 09-20 09:59:59 [launcher.py:36] Available routes are:
(APIServer pid=31) INFO:     Started server process [31]
(APIServer pid=31) INFO:     Waiting for application startup.
(APIServer pid=31) INFO:     Application startup complete.
"""
GOING_ON = """\
(APIServer pid=31) INFO:     10.0.0.7:41022 - "POST /v1/completions HTTP/1.1" 200 OK
(APIServer pid=31) INFO 09-20 10:00:09 [loggers.py:123] Engine 000: Avg prompt throughput: 4.9 tokens/s, \
Avg generation throughput: 9.9 tokens/s, Running: 0 reqs, Waiting: 0 reqs, GPU KV cache usage: 0.0%
"""
CRASH = """\
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:720] EngineCore encountered a fatal error.
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:720] Traceback (most recent call last):
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:720]   File "/opt/venv/lib/python3.12/site-packages/vllm/v1/\
worker/gpu_model_runner.py", line 2121, in execute_model
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:720]     model_output = self.model(
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:720] {error}
"""
NOT_STARTED = """\
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:718] EngineCore failed to start.
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:718] Traceback (most recent call last):
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:718]   File "/opt/venv/lib/python3.12/site-packages/vllm/v1/\
core/kv_cache_utils.py", line 699, in check_enough_kv_cache_memory
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:718]     raise ValueError("No available memory for the cache \
blocks. "
(EngineCore_DP0 pid=90) ERROR 09-20 10:00:30 [core.py:718] ValueError: No available memory for the cache blocks. \
Try increasing `gpu_memory_utilization` when initializing the engine.
"""
OOM = CRASH.format(
    error="torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.32 GiB. GPU 0 has a total capacity of "
    "79.10 GiB of which 1.02 GiB is free."
)
ILLEGAL = CRASH.format(error="torch.AcceleratorError: CUDA error: an illegal memory access was encountered")


def _answer(text: str) -> Diagnosis:
    log = read_log([text.encode()], "quoted.log")
    return answer_for(log, analyse_all(log.attempts, SHIPPED, Said()), SHIPPED)


def _said(answer: Diagnosis) -> tuple[str, str | None, list[str]]:
    root = answer.root_cause
    return answer.verdict, root.id if root else None, sorted(finding.id for finding in answer.findings)


def test_the_logs_around_are_what_they_seem() -> None:
    assert _said(_answer(STARTED + SERVED + GOING_ON)) == ("healthy", None, [])
    assert _said(_answer(STARTED + NOT_STARTED))[:2] == ("failed", "no-kv-cache-memory")
    assert _said(_answer(STARTED + SERVED + OOM))[:2] == ("failed", "oom-runtime")
    assert _said(_answer(STARTED + SERVED + ILLEGAL))[:2] == ("failed", "cuda-illegal-access")


def test_every_rule_of_logs_is_quoted() -> None:
    assert {rule.id for rule in RULES} == {rule.id for rule in SHIPPED.of_logs}


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_quoted_failure_changes_nothing(family: str, voice: str) -> None:
    quoted = "\n".join(VOICES[voice](_failure(rule)) for rule in FAMILIES[family])
    answer = _answer(STARTED + SERVED + GOING_ON + quoted + "\n" + GOING_ON)
    assert _said(answer) == ("healthy", None, []), [item for found in answer.findings for item in found.evidence]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_quoted_failure_is_not_the_cause_of_what_follows(family: str) -> None:
    quoted = "\n".join(voice(_failure(rule)) for rule in FAMILIES[family] for voice in VOICES.values()) + "\n"
    for before, real in ((STARTED, NOT_STARTED), (STARTED + SERVED, OOM), (STARTED + SERVED, ILLEGAL)):
        answer = _answer(before + quoted + GOING_ON + real)
        assert _said(answer) == _said(_answer(before + GOING_ON + real))
        assert answer.root_cause
        first = before.count("\n") + quoted.count("\n")
        assert min(item.line for item in answer.root_cause.evidence if item.kind == "match") > first
