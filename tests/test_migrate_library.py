"""`migrate` of the library: paths, commands, options, errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor import InputError, Options, migrate


def test_a_command_and_a_file(tmp_path: Path) -> None:
    made = migrate("vllm serve org/m --swap-space 4", "0.33.0", Options(vllm_version="0.8.3"))
    assert (made.file, made.fixed) == ("", "vllm serve org/m")
    path = tmp_path / "run.sh"
    path.write_text("#!/bin/sh\nvllm serve org/m --swap-space 4\n", "utf-8")
    made = migrate(path, "0.33.0", Options(vllm_version="0.8.3", language="zh"))
    assert (made.file, made.fixed) == (str(path), "#!/bin/sh\nvllm serve org/m\n")
    assert "CPU 内存" in made.launches[0].steps[0].why
    assert path.read_text("utf-8").endswith("--swap-space 4\n")


def test_what_the_project_asks_for_is_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("vllm==0.8.5\n", "utf-8")
    path = tmp_path / "run.sh"
    path.write_text("vllm serve org/m --swap-space 4\n", "utf-8")
    made = migrate(path, "0.33.0")
    assert (made.launches[0].vllm_version, made.launches[0].version_source) == ("0.8.5", "requirements.txt")
    assert made.notes == ("requirements.txt: vllm==0.8.5: make it 0.33.0 too",)


def test_releases_that_the_table_lacks() -> None:
    for to, given, where in (("0.99.0", None, "--to"), ("0.33.0", "0.99.0", "--from")):
        with pytest.raises(InputError, match="no release of vLLM") as raised:
            migrate("vllm serve org/m", to, Options(vllm_version=given))
        assert raised.value.where == where
