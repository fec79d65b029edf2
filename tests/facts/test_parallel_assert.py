from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, line
from vllm_doctor.log.types import Frame, Traceback


def failed(code: str, message: str = "", exception: str = "AssertionError") -> Traceback:
    lines = (line("Traceback (most recent call last):"), line(f"{exception}: {message}", 2))
    frame = Frame("/opt/vllm/model_executor/models/arctic.py", 210, "__init__", code)
    return Traceback(exception, message, (frame,), lines, lines[1:])


@pytest.mark.parametrize(
    "code",
    [
        "assert self.total_num_heads % tp_size == 0",
        "assert tp_size % self.total_num_kv_heads == 0",
        "assert num_heads % tensor_model_parallel_world_size == 0",
        "assert config.intermediate_size % self.world_size == 0",
        "assert self.num_heads % self.tp_size == 0",
    ],
)
def test_a_size_that_the_workers_cannot_share(code: str) -> None:
    assert facts_of(failed(code))["parallel.asserted"] is True


@pytest.mark.parametrize(
    "event",
    [
        failed("assert self.hidden_size % self.num_heads == 0"),
        failed("assert config.use_sliding_window"),
        failed("assert rank < tp_size"),
        failed("assert num_heads % tp_size == 0", "25 is not divisible by 4"),
        failed("assert num_heads % tp_size == 0", exception="ValueError"),
    ],
)
def test_other_failures_say_nothing(event: Traceback) -> None:
    assert facts_of(event).get("parallel.asserted") is None
