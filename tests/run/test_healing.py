"""A dead server is diagnosed, and started again with what its fix changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import LIMIT, Wrapper

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")
EXAMPLE = Path(__file__).parents[2] / "examples" / "kv-cache-too-small.log"
SERVE = ("vllm", "serve", "./m", "--port", "8123")


def test_a_death_is_diagnosed_on_standard_error(wrapper: Wrapper) -> None:
    ran = wrapper("--", *SERVE, "--dtype", "fp16")
    assert ran.returncode == 2
    said = ran.stderr.decode()
    assert said.startswith("usage: vllm serve")
    assert "vllm-doctor: the command ended with exit code 2\n" in said
    assert "\nvllm serve ./m --port 8123 --dtype float16\n" in said
    assert "start 2" not in said
    assert wrapper.starts == ["serve ./m --port 8123 --dtype fp16"]


def test_a_good_end_is_not_talked_about(wrapper: Wrapper) -> None:
    ran = wrapper("--heal", "3", "--", *SERVE)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_it_is_healed(wrapper: Wrapper) -> None:
    ran = wrapper("--heal", "3", "--", "X=1", *SERVE, "--dtype", "fp16")
    assert ran.returncode == 0
    assert wrapper.starts == ["serve ./m --port 8123 --dtype fp16", "serve ./m --port 8123 --dtype float16"]
    assert b"vllm-doctor: start 2: --dtype float16\n" in ran.stderr
    assert b"\nX=1 vllm serve ./m --port 8123 --dtype float16\n" in ran.stderr


def test_secrets_run_and_are_not_shown(wrapper: Wrapper) -> None:
    ran = wrapper("--heal", "1", "--", *SERVE, "--api-key", "first-key", "--dtype", "fp16")
    assert wrapper.starts[1] == "serve ./m --port 8123 --api-key first-key --dtype float16"
    assert b"first-key" not in ran.stderr


def test_a_fix_that_costs_waits_for_unsafe(wrapper: Wrapper) -> None:
    log = f"LOG={EXAMPLE}"
    ran = wrapper("--heal", "3", "--", log, *SERVE)
    assert (ran.returncode, len(wrapper.starts)) == (1, 1)
    assert b"vllm-doctor: not started again: the fix costs something, and --unsafe was not given\n" in ran.stderr
    ran = wrapper("--heal", "3", "--unsafe", "--", log, *SERVE)
    assert ran.returncode == 1
    assert wrapper.starts[2] == "serve ./m --port 8123 --max-model-len 16384"
    assert len(set(wrapper.starts[1:])) == len(wrapper.starts[1:]) <= 4


def test_what_passes_is_started_again_but_not_for_ever(wrapper: Wrapper) -> None:
    ran = wrapper("--heal", "2", "--pause", "0.01", "--", "RACE=1", *SERVE)
    assert ran.returncode == 1
    assert wrapper.starts == ["serve ./m --port 8123"] * 3
    assert b"start 2: the same command again, in 0.01 s\n" in ran.stderr
    assert b"not started again: it was started as often as --heal allows\n" in ran.stderr


def test_a_server_that_served_is_diagnosed_and_not_healed(wrapper: Wrapper) -> None:
    ran = wrapper("--heal", "3", "--pause", "0", "--", "SERVED=1", "CODE=4", *SERVE)
    assert (ran.returncode, len(wrapper.starts)) == (4, 1)
    assert b"not started again: " in ran.stderr


def test_the_files_that_are_asked_for(wrapper: Wrapper) -> None:
    log = wrapper.folder / "termination-log"
    log.write_text("what stood there before\n" * 9)
    wrapper("--report", "r.md", "--termination-log", str(log), "--", *SERVE, "--dtype", "fp16")
    title = log.read_text()
    assert title.startswith("invalid-flag-value: ")
    assert title.endswith("; same fix: --dtype float16 (exit code 2)\n")
    assert (wrapper.folder / "r.md").read_text("utf-8").startswith("### Your current environment\n")


def test_a_file_that_cannot_be_written_changes_no_exit_code(wrapper: Wrapper) -> None:
    ran = wrapper("--termination-log", "no/such/folder", "--", *SERVE, "--dtype", "fp16")
    assert ran.returncode == 2
    assert b"vllm-doctor: no/such/folder: cannot be written: " in ran.stderr


def test_events(wrapper: Wrapper) -> None:
    ours, theirs = os.pipe()
    wrapper(
        *(
            "--heal",
            "1",
            "--events",
            str(theirs),
            "--",
            "SERVED=1",
            *SERVE,
            "--api-key",
            "first-key",
            "--dtype",
            "fp16",
        ),
        pass_fds=(theirs,),
    )
    os.close(theirs)
    with os.fdopen(ours) as stream:
        text = stream.read()
    events = [json.loads(line) for line in text.splitlines()]
    assert [event["event"] for event in events] == ["start", "end", "heal", "start", "served", "end"]
    assert {event["schema_version"] for event in events} == {1}
    assert events[1]["code"] == 2
    assert events[1]["diagnosis"]["root_cause"]["id"] == "invalid-flag-value"
    assert events[3]["command"].endswith(" --dtype float16")
    assert (events[5]["code"], events[5]["diagnosis"]) == (0, None)
    assert "first-key" not in text


def test_a_stuck_start_that_ends_well_has_failed_all_the_same(wrapper: Wrapper) -> None:
    ran = wrapper("--kill-stuck", "0.2", "--", "HANG=flag", "POLITE=1", *SERVE)
    assert ran.returncode == 143


@pytest.mark.parametrize("hang", ["race", "flag"])
def test_a_start_is_not_ended_for_what_passes_or_after_it_served(wrapper: Wrapper, hang: str) -> None:
    served = ["SERVED=1"] if hang == "flag" else []
    process = wrapper.start("--kill-stuck", "0.1", "--", f"HANG={hang}", *served, *SERVE)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(4)
    process.terminate()
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 143
    assert b"it had said nothing" not in err


def test_a_stuck_start_is_ended_where_its_cause_is_certain(wrapper: Wrapper) -> None:
    ran = wrapper("--kill-stuck", "0.2", "--heal", "1", "--", "HANG=flag", *SERVE)
    assert ran.returncode == 143
    assert b"vllm-doctor: the command was ended: it had said nothing for 0.2 s" in ran.stderr
