from __future__ import annotations

from dataclasses import replace

import pytest

from tests.facts.memory_events import facts_of, raised
from vllm_doctor.facts import Fact, Facts
from vllm_doctor.log.types import Frame

ADDRESS = "tcp://10.43.1.2:8000"


def test_the_variable_that_the_failing_line_reads() -> None:
    failed = raised(message=f"invalid literal for int() with base 10: '{ADDRESS}'", exception="ValueError")
    frames = (
        Frame("vllm/utils.py", 512, "get_open_port", "port = envs.VLLM_PORT"),
        Frame("vllm/envs.py", 9, "f", "int(x)"),
    )
    facts = facts_of(replace(failed, frames=frames))
    assert (facts.get("k8s.variable"), facts.get("k8s.service")) == ("VLLM_PORT", "vllm")


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("VLLM_PORT", ADDRESS, "VLLM_PORT"),
        ("VLLM_DP_MASTER_PORT", ADDRESS, "VLLM_DP_MASTER_PORT"),
        ("VLLM_PORT", "29600", None),
        ("VLLM_SERVER_PORT", ADDRESS, None),
        ("REDIS_PORT", ADDRESS, None),
    ],
)
def test_the_launch_s_variable(name: str, value: str, variable: str | None) -> None:
    facts = Facts({f"env.{name}": Fact(f"env.{name}", value)})
    assert facts.get("k8s.variable") == variable
    assert facts.get("k8s.value") == (value if variable else None)


def test_a_service_s_name_has_dashes() -> None:
    assert facts_of(k8s__read="VLLM_DP_MASTER_PORT").get("k8s.service") == "vllm-dp-master"
