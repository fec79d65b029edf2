"""The scenarios of scenarios.yaml, and what proves each: the cause is right, the fixed command starts."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from launch import free_port, held, launch  # the folder is a program, so its files are found beside it

from vllm_doctor import DoctorError, diagnose
from vllm_doctor.launch.diff import changed
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.vllm import arity

if TYPE_CHECKING:
    from vllm_doctor import Finding

HERE = Path(__file__).parent
BASE = "--load-format dummy --skip-tokenizer-init --enforce-eager --port {port} --max-model-len 1024"


@dataclass(frozen=True)
class Scenario:
    """A launch that fails. See scenarios.yaml for the keys; `change` None means that no restart helps."""

    name: str
    command: str
    cause: str
    change: list[str] | None = None
    allow: str | None = None
    hold: bool = False


@dataclass
class Proof:
    """What came of a scenario; `healed` is None where nothing can heal it, or nobody asked."""

    name: str
    failed: str
    cause: str | None = None
    right: bool = False
    command: str | None = None
    kept: bool | None = None
    healed: bool | None = None
    through_run: bool | None = None
    error: str = ""


@dataclass(frozen=True)
class Lane:
    """Where and how scenarios run: the models' folder, the logs' folder, the environment, seconds for one start."""

    models: Path
    logs: Path
    env: dict[str, str]
    limit: float = 180
    doctor: list[str] = field(default_factory=lambda: [sys.executable, "-m", "vllm_doctor"])


def scenarios() -> list[Scenario]:
    """All of them, in their order."""
    rows: list[dict[str, Any]] = yaml.safe_load((HERE / "scenarios.yaml").read_text("utf-8"))
    return [Scenario(**row) for row in rows]


def command_of(scenario: Scenario, port: int) -> str:
    """The scenario's command with its port and the flags that `{base}` stands for.

    A flag that the scenario gives itself is not given twice.
    """
    base = BASE.replace(" --max-model-len 1024", "") if "--max-model-len" in scenario.command else BASE
    return scenario.command.replace("{base}", base).replace("{port}", str(port))


def prove(scenario: Scenario, lane: Lane, *, through: str) -> Proof:
    """Make it fail, diagnose it, start what is proposed; `through` is "diagnose", "run", "both" or "nothing"."""
    port = free_port()
    command = command_of(scenario, port)
    holder = held(port) if scenario.hold else None
    try:
        log = lane.logs / f"{scenario.name}.log"
        failed = launch(command, log, folder=lane.models, env=lane.env, limit=lane.limit, port=port)
        proof = Proof(scenario.name, failed)
        _diagnose(proof, scenario, log)
        if scenario.change is not None and through in ("diagnose", "both"):
            _heal(proof, scenario, command, lane)
        if through in ("run", "both"):
            _through_run(proof, scenario, command, lane)
        return proof
    finally:
        if holder:
            holder.close()


def _diagnose(proof: Proof, scenario: Scenario, log: Path) -> None:
    try:
        root: Finding | None = diagnose(log).root_cause
    except DoctorError as error:
        proof.error = str(error)
        return
    proof.cause = root.id if root else None
    proof.right = proof.cause == scenario.cause
    proof.command = root.fixes[0].command if root and root.fixes else None


def _heal(proof: Proof, scenario: Scenario, command: str, lane: Lane) -> None:
    """Start the first fix's command: it must keep all but what the scenario allows, and serve."""
    proof.healed = False
    before, after = parse_command_line(command), parse_command_line(proof.command or "")
    if before is None or after is None or proof.command is None:
        return
    touched = changed(before, after, lambda flag: arity(flag, None))
    proof.kept = set(touched) <= set(scenario.change or ())
    if proof.kept:
        log = lane.logs / f"{scenario.name}.healed.log"
        port = None if scenario.hold else _port(proof.command)
        proof.healed = launch(
            proof.command, log, folder=lane.models, env=lane.env, limit=lane.limit, port=port
        ) == "started"


def _through_run(proof: Proof, scenario: Scenario, command: str, lane: Lane) -> None:
    """Have `vllm-doctor run` heal it, or leave it down where only a fix by name would help."""
    log = lane.logs / f"{scenario.name}.run.log"
    words = " ".join([*lane.doctor, "run --heal 3 --unsafe --", command])
    port = None if scenario.hold else _port(command)
    state = launch(words, log, folder=lane.models, env=lane.env, limit=3 * lane.limit, port=port)
    rises = scenario.change is not None and scenario.allow is None
    proof.through_run = (state == "started") == rises and state != "limit"


def _port(command: str) -> int | None:
    words = command.split()
    return int(words[words.index("--port") + 1]) if "--port" in words else None
