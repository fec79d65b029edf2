from __future__ import annotations

import pytest

from tests.engine.rules import rule
from tests.engine.test_schema import GOOD, problems
from vllm_doctor.engine.repair import Workbench, fixes_of
from vllm_doctor.facts import Facts
from vllm_doctor.finding import Change, Fix
from vllm_doctor.launch.files import read_launches

RULE = "id: x\nsignatures: []\nfixes:\n  - {id: a, edits: [{give: NAME, to: VALUE}], effect: same, why: w}\n"
COMPOSE = "services:\n  vllm:\n    image: vllm/vllm-openai:v0.11.0\n    command: --model m -tp 2\n"


def fixes(text: str, file: str, name: str = "ipc", value: str = "host") -> list[Fix]:
    launch = read_launches(text, file)[0]
    made = fixes_of(rule(RULE.replace("NAME", name).replace("VALUE", value)), Facts(), Workbench(launch))
    return [one.fix for one in made]


def test_an_option_of_docker_stands_in_the_command() -> None:
    (fix,) = fixes("docker run --gpus all vllm/vllm-openai:v0.11.0 --model m -tp 2\n", "run.sh")
    assert fix.command == "docker run --gpus all --ipc=host vllm/vllm-openai:v0.11.0 --model m -tp 2"
    assert fix.changes == (Change("give", "ipc", None, "host"),)
    assert fix.safe


def test_what_stands_beside_the_command_is_told_by_a_patch() -> None:
    (fix,) = fixes(COMPOSE, "compose.yaml")
    assert fix.command is None
    assert [line for line in (fix.patch or "").splitlines() if line.startswith(("+ ", "- "))] == ["+    ipc: host"]


@pytest.mark.parametrize(("text", "file"), [("vllm serve m -tp 2\n", "run.sh"), ("docker exec s vllm serve m", "a.sh")])
def test_what_runs_in_no_container_of_its_own_can_be_given_nothing(text: str, file: str) -> None:
    assert fixes(text, file) == []


def test_only_what_is_known_may_be_given() -> None:
    wrong = GOOD.replace("{set: --max-model-len, to: '{len}'}", "{give: luck, to: much}")
    assert problems(wrong) == ["rule.yaml:10:22: a container may be given: ipc, shm, enableServiceLinks, startupProbe, start_period"]
    without = wrong.replace("luck, to: much", "ipc")
    assert problems(without) == ["rule.yaml:10:21: give needs `to`"]
