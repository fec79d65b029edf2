import pytest

from tests.engine.rules import analysed, rule
from vllm_doctor.engine.match import Matcher, fold
from vllm_doctor.facts.collect import of_events
from vllm_doctor.log import read_log

TRACE = """\
    (EngineCore_DP0 pid=7) ERROR 11-22 10:37:58 [core.py:1231] Traceback (most recent call last):
    (EngineCore_DP0 pid=7) ERROR 11-22 10:37:58 [core.py:1231]   File "/x/vllm/v1/worker/gpu_worker.py", line 384, in load_model
    (EngineCore_DP0 pid=7) ERROR 11-22 10:37:58 [core.py:1231]     self.model_runner.load_model()
    (EngineCore_DP0 pid=7) ERROR 11-22 10:37:58 [core.py:1231] torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 320.00 MiB.
"""
PLAIN = "id: out\nsignatures: [{id: a, message: 'CUDA out of memory'}]\n"


def root(log: str, *rules: str) -> str | None:
    found = analysed(log, *rules)[-1].decision.root
    return f"{found.rule.id}.{found.signature.id}" if found else None


def test_a_message_is_searched_in_records_and_exceptions() -> None:
    assert root(TRACE, PLAIN) == "out.a"
    assert root("ERROR 11-22 10:37:58 [core.py:1] Exception in worker: CUDA out of memory. Tried\n", PLAIN) == "out.a"


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ("exception: OutOfMemoryError", True),
        ("exception: [ValueError, OutOfMemoryError]", True),
        ("exception: ValueError", False),
        ("frames: [load_model]", True),
        ("frames: ['worker/gpu_worker.py:load_model']", True),
        ("frames: ['v1/worker/gpu_worker.py']", True),
        ("frames: ['gpu_worker.py:init_device']", False),
        ("frames: ['ker/gpu_worker.py']", False),
        ("frames: [nothing, load_model]", True),
        ("without_frames: [load_model]", False),
        ("without_frames: [capture_model]", True),
        ("level: ERROR", True),
        ("level: [WARNING, INFO]", False),
        ("file: core.py", True),
        ("file: worker.py", False),
        ("facts: {start.phase: {known: false}}", True),
        ("facts: {start.phase: serving}", False),
    ],
)
def test_every_part_of_a_signature_must_fit(more: str, fits: bool) -> None:
    text = f"id: out\nsignatures:\n  - id: a\n    message: CUDA out of memory\n    {more}\n"
    assert (root(TRACE, text) == "out.a") is fits


def test_the_first_signature_that_fits_is_named() -> None:
    text = "id: out\nsignatures:\n  - {id: a, message: 'never in this log'}\n  - {id: b, message: 'out of memory'}\n  - {id: c, message: CUDA}\n"
    assert root(TRACE, text) == "out.b"


def test_captures_become_typed_facts_of_the_match() -> None:
    text = "id: out\nfigures: {tried: oom.tried_gib, len: args.max_model_len}\nsignatures: [{id: a, message: 'allocate (?P<tried>[\\d.]+ MiB) for (?P<len>\\d+)'}]\n"
    match = analysed("torch.OutOfMemoryError: Tried to allocate 512.00 MiB for 4096\n", text)[0].decision.root
    assert match
    assert match.facts["oom.tried_gib"] == 0.5
    assert match.facts["args.max_model_len"] == 4096


def test_a_message_that_a_terminal_wrapped_still_fits() -> None:
    text = "id: race\nsignatures: [{id: a, message: 'Initial free memory 8 GiB, current free memory'}]\n"
    assert (
        root(
            "AssertionError: Error in profiling. Initial free memory 8 GiB,\ncurrent free memory 9 GiB.\n",
            text,
        )
        == "race.a"
    )
    assert fold("a \n\t b") == "a b"


def test_the_phase_is_that_before_the_event() -> None:
    log = (
        "INFO 11-22 10:37:58 [m.py:1] Starting to load model m...\n"
        + "ValueError: it broke here\n"
        + "INFO 11-22 10:37:59 [m.py:1] Model loading took 1.0 GiB\n"
    )
    text = "id: x\nsignatures: [{id: a, message: 'it broke here', facts: {start.phase: loading}}]\n"
    assert root(log, text) == "x.a"


def test_facts_alone_can_be_a_signature() -> None:
    text = "id: x\nsignatures: [{id: a, facts: {vllm.version: '0.8.3'}}]\n"
    (analysis,) = analysed("INFO 11-22 10:37:58 [api_server.py:1] vLLM API server version 0.8.3\n", text)
    assert analysis.decision.root
    assert analysis.decision.root.first_line == 1


def test_what_a_client_said_is_no_event() -> None:
    log = "INFO 11-22 10:37:58 [logger.py:39] Received request cmpl-1: prompt: 'torch.OutOfMemoryError: CUDA out of memory. Tried', params: SamplingParams(n=1)\n"
    assert root(log, PLAIN) is None


def test_a_pattern_that_takes_too_long_is_skipped_and_named() -> None:
    slow = rule("id: slow\nsignatures: [{id: a, literal: aaaaaaaa, message: '(?:a|aa)+(?:a|aa)+$'}]\n")
    events = read_log([b"ValueError: " + b"a" * 4000 + b"!\n"], "x").attempts[0].events
    matcher = Matcher([slow])
    assert matcher.matches(events, of_events(events)) == []
    assert matcher.skipped == ["slow: the pattern 'a' took too long and was skipped"]
