from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor.launch.files import read_launches

CONFIG = "model: org/m\nmax-model-len: 4096\nenforce-eager: true\n"


def with_config(folder: Path, command: str) -> tuple[str, ...] | None:
    (folder / "serve").mkdir(exist_ok=True)
    (folder / "serve/vllm.yaml").write_text(CONFIG)
    (launch,) = read_launches(command, str(folder / "start.sh"))
    return launch.argv_with_config


def test_a_config_file_stands_before_the_command_line(tmp_path: Path) -> None:
    added = ("--model", "org/m", "--max-model-len", "4096", "--enforce-eager")
    command = "vllm serve other --port 1 --config serve/vllm.yaml --max-model-len 9"
    assert with_config(tmp_path, command) == ("other", *added, "--port", "1", "--max-model-len", "9")
    assert with_config(tmp_path, "vllm serve --config=serve/vllm.yaml --port 1") == (*added, "--port", "1")


@pytest.mark.parametrize(
    "name", ["../outside.yaml", "missing.yaml", "$DIR/vllm.yaml", "link.yaml", "serve", "x.json", "/etc/passwd"]
)
def test_only_files_below_the_folder_are_read(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.yaml").write_text(CONFIG)
    (inside / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    assert with_config(inside, f"vllm serve m --config {name}") is None


def test_a_launch_without_a_file_follows_nothing() -> None:
    (launch,) = read_launches("vllm serve m --config x.yaml", "command")
    assert launch.argv_with_config is None
