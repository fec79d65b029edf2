"""The proof lane's data, as far as it can be checked without a real vLLM."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from vllm_doctor.engine import catalogue
from vllm_doctor.launch.parser import parse_command_line

TOOLS = Path(__file__).parents[1] / "tools" / "real"


@pytest.fixture(scope="module")
def lane() -> Iterator[SimpleNamespace]:
    """The modules of tools/real, which is a program and no package."""
    sys.path.insert(0, str(TOOLS))
    try:
        import models
        import scenario

        yield SimpleNamespace(models=models, scenario=scenario)
    finally:
        sys.path.remove(str(TOOLS))
        for name in ("models", "scenario", "launch"):
            sys.modules.pop(name, None)


def test_scenarios_are_many_and_of_many_causes(lane: SimpleNamespace) -> None:
    scenarios = lane.scenario.scenarios()
    assert len(scenarios) >= 30
    assert len({one.cause for one in scenarios}) >= 20
    assert [name for name, count in Counter(one.name for one in scenarios).items() if count > 1] == []
    assert {one.cause for one in scenarios} <= set(catalogue.load().causes)


def test_every_command_is_a_launch_of_a_model_that_is_made_or_meant_to_be_absent(lane: SimpleNamespace) -> None:
    made = set(yaml.safe_load((TOOLS / "models.yaml").read_text("utf-8")))
    for one in lane.scenario.scenarios():
        command = lane.scenario.command_of(one, 8123)
        launch = parse_command_line(command)
        assert launch, one.name
        assert "{" not in command.replace('{"method', ""), one.name
        assert len(re.findall(r"--max-model-len\b", command)) <= 1, one.name
        absent = one.cause in ("hf-repo-not-found", "hf-unreachable")
        assert absent or launch.argv[0].removeprefix("./") in made, one.name


def test_models_are_written_as_described(lane: SimpleNamespace, tmp_path: Path) -> None:
    lane.models.write_models(tmp_path)
    assert json.loads((tmp_path / "tiny-llama" / "config.json").read_text()) == lane.models.BASE
    assert "rope_theta" not in json.loads((tmp_path / "rope-linear" / "config.json").read_text())
    assert list((tmp_path / "empty").iterdir()) == []
    whole = (tmp_path / "llama-full" / "model.safetensors").stat().st_size
    assert (tmp_path / "llama-cut" / "model.safetensors").stat().st_size == whole // 2


def test_weights_are_safetensors(lane: SimpleNamespace) -> None:
    data = lane.models.safetensors({"a": [2, 3], "b": [4]})
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    assert header["b"] == {"dtype": "BF16", "shape": [4], "data_offsets": [12, 20]}
    assert len(data) == 8 + size + 20
