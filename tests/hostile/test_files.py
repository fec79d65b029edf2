"""Files that are none: pipes, devices, loops of links; named by the user or found in a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from vllm_doctor import pipeline
from vllm_doctor.engine import catalogue
from vllm_doctor.errors import DoctorError, InputError
from vllm_doctor.launch.yamlfile.beside import read_beside
from vllm_doctor.model.config import read_config

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder with one of each."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "one.yaml").symlink_to(tmp_path / "two.yaml")
    (tmp_path / "two.yaml").symlink_to(tmp_path / "one.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nothing")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "folder.yaml" / "up").symlink_to(tmp_path)
    return tmp_path


ODD = ["pipe.yaml", "loop.yaml", "one.yaml", "gone.yaml", "zero.yaml", "folder.yaml", "nothing.yaml", "a\0b"]


@posix
@pytest.mark.parametrize("name", ODD)
def test_a_launch_file_that_is_none_is_an_error_at_once(name: str, odd: Path) -> None:
    """Never waited for, never read."""
    with pytest.raises(InputError):
        pipeline.check(odd / name)
    with pytest.raises(InputError):
        pipeline.diagnose("INFO x", options=pipeline.Options(launch_file=odd / name))


@posix
@pytest.mark.parametrize("name", [name for name in ODD if name != "pipe.yaml"])
def test_a_log_that_is_no_file_is_an_error(name: str, odd: Path) -> None:
    """A pipe is read as a shell's `<(...)` is; a device that never ends is not."""
    with pytest.raises(InputError):
        pipeline.diagnose(odd / name)


@posix
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/full"])
def test_a_device_is_no_log(device: str) -> None:
    """It would be read for ever."""
    with pytest.raises(InputError, match="device"):
        pipeline.diagnose(Path(device))


@posix
def test_the_empty_device_is_an_empty_log() -> None:
    """/dev/null ends at once."""
    with pytest.raises(InputError, match="empty"):
        pipeline.diagnose(Path("/dev/null"))


@posix
def test_rules_are_read_from_regular_files_inside_their_folder_only(
    odd: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Loops, pipes, devices and links that lead out are passed over."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "evil.yaml").write_text("id: [", "utf-8")
    (odd / "out.yaml").symlink_to(outside / "evil.yaml")
    (odd / "away").symlink_to(outside)
    assert catalogue.read_folder(odd, {}, own=True) == []


@posix
def test_what_a_launch_file_names_beside_it_is_a_small_file_below_it(odd: Path) -> None:
    """For `env_file`, `extends`, `EnvironmentFile`."""
    inside = odd / "project"
    inside.mkdir()
    compose = str(inside / "compose.yaml")
    (odd / "secret.env").write_text("A=b")
    (inside / "link.env").symlink_to(odd / "secret.env")
    os.mkfifo(inside / "pipe.env")
    (inside / "zero.env").symlink_to("/dev/zero")
    (inside / "loop.env").symlink_to(inside / "loop.env")
    (inside / "large.env").write_bytes(b"A=b\n" * (1 << 19))
    (inside / "ok.env").write_text("A=b")
    names = [
        "link.env",
        "pipe.env",
        "zero.env",
        "loop.env",
        "large.env",
        "../secret.env",
        "/etc/passwd",
        "$HOME/x",
        "a\0b",
        ".",
        "x" * 5000,
    ]
    assert [read_beside(compose, name) for name in names] == [None] * len(names)
    assert read_beside(compose, "ok.env") == "A=b"


@posix
@pytest.mark.parametrize("name", ["pipe", "zero", "loop", "out", "large"])
def test_a_config_that_is_no_file_of_the_model_is_an_error(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A published model's folder may hold links."""
    config = tmp_path / "config.json"
    if name == "pipe":
        os.mkfifo(config)
    elif name == "large":
        config.write_bytes(b"{" + b" " * (5 << 20) + b"}")
    else:
        outside = tmp_path_factory.mktemp("outside") / "config.json"
        outside.write_text("{}")
        config.symlink_to({"zero": "/dev/zero", "loop": str(config), "out": str(outside)}[name])
    with pytest.raises(DoctorError):
        read_config(tmp_path)
