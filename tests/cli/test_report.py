"""`vllm-doctor report`."""

from __future__ import annotations

from .conftest import FAILED, HEALTHY, Doctor


def test_a_report_of_a_file_and_of_a_pipe(doctor: Doctor) -> None:
    ran = doctor("report", FAILED)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("### Your current environment\n")
    piped = doctor("report", stdin=FAILED.read_bytes())
    assert piped.out == ran.out.replace(str(FAILED), "standard input")


def test_the_command_that_was_given(doctor: Doctor) -> None:
    out = doctor("report", FAILED, "--command", "vllm serve /models/llama-3.1-8b --seed 7").out
    assert "vllm serve /models/llama-3.1-8b --seed 7" in out


def test_exit_codes(doctor: Doctor) -> None:
    assert doctor("report", HEALTHY).code == 0
    assert doctor("report", "absent").code == 2
