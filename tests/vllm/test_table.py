"""The shipped data as such."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vllm_doctor import vllm
from vllm_doctor.vllm import values
from vllm_doctor.vllm.table import DATA, at, joined, load, within

KINDS_ELSEWHERE = {"config"}  # read by config_values


def test_all_releases_together_are_small() -> None:
    assert sum(path.stat().st_size for path in DATA.glob("*.json")) < 1_000_000


def test_nothing_is_read_at_import() -> None:
    code = (
        "import vllm_doctor.vllm as v; from vllm_doctor.vllm.table import load;"
        "print(load.cache_info().currsize); v.releases(); print(load.cache_info().currsize)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["0", "1"]


def test_every_kind_is_one_that_the_reader_knows() -> None:
    for entry in load("options")["options"].values():
        for _, kind in entry["kind"]:
            if kind.lstrip("?") not in KINDS_ELSEWHERE:
                values.refusal(kind, "x")


def test_no_path_of_a_machine_stands_in_the_data() -> None:
    for path in DATA.glob("*.json"):
        text = path.read_text("utf-8")
        assert "/root/" not in text
        assert "VLLMSTUB" not in text


def test_every_release_has_the_options_that_all_have() -> None:
    for release in vllm.releases():
        for flag in (
            "--max-model-len",
            "--tensor-parallel-size",
            "--gpu-memory-utilization",
            "--port",
            "--dtype",
        ):
            assert vllm.option(flag, release) is not None, (flag, release)
            assert vllm.option(flag, release, "api_server") is not None, (flag, release)


@pytest.mark.parametrize(("number", "value"), [(0, None), (2, "a"), (4, "a"), (5, "b"), (9, "b")])
def test_at(number: int, value: str | None) -> None:
    assert at([[2, "a"], [5, "b"]], number) == value
    assert at(None, number) is None


def test_ranges() -> None:
    assert within([[1, 2], [5, 5]], 5)
    assert not within([[1, 2], [5, 5]], 4)
    assert joined([[4, 6], [0, 1]], [[2, 2], [5, 9]]) == [[0, 2], [4, 9]]
