from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.edit import apply_to, set_env, set_option
from vllm_doctor.launch.files import read_launches

BASE = "services:\n  base:\n    image: vllm/vllm-openai:v0.10.0\n    command: [--model, org/m]\n    environment: {A: '1'}\n    env_file: [x.env]\n"


def test_a_service_may_extend_one_of_another_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/base.yaml").write_text(BASE)
    (tmp_path / "sub/x.env").write_text("# note\nexport Q='w x'\nR=1 # why\n")
    text = "services:\n  one:\n    extends: {file: sub/base.yaml, service: base}\n    environment:\n      B: '2'\n"
    (launch,) = read_launches(text, str(tmp_path / "compose.yaml"))
    assert (launch.argv, launch.image, launch.line) == (("--model", "org/m"), "vllm/vllm-openai:v0.10.0", 3)
    assert {variable.name: variable.value for variable in launch.env} == {"Q": "w x", "R": "1", "A": "1", "B": "2"}
    with pytest.raises(LaunchError):
        set_option(launch, lambda _: 1, "--model", "x")
    assert apply_to(launch, set_env(launch, "B", "3")).text == text.replace("'2'", "'3'")


def test_a_file_outside_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "in").mkdir()
    text = "services:\n  one:\n    extends: {file: ../base.yaml, service: base}\n"
    assert read_launches(text, str(tmp_path / "in/compose.yaml")) == ()
