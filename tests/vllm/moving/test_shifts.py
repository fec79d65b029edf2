from __future__ import annotations

import json

import pytest

from vllm_doctor import vllm
from vllm_doctor.vllm.moving import shifts
from vllm_doctor.vllm.table import at, load

from .planned import launched

ENTRIES = load("shifts")["shifts"]


def names(command: str, old: str, new: str, env: dict[str, str | None] | None = None) -> list[str]:
    return [one.name for one in shifts(launched(command, old, env), (old,), new)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["name"]))
def test_every_entry_is_whole(entry: dict[str, object]) -> None:
    steps = entry.get("steps") or list(dict(entry["engines"]).items())  # type: ignore[call-overload]
    values = {value for _, value in steps}  # type: ignore[attr-defined]
    assert set(entry["text"]) == values  # type: ignore[call-overload]
    assert all(all(text) and len(text) == 2 for text in dict(entry["text"]).values())  # type: ignore[call-overload]
    assert set(dict(entry["pin"])) in (values, set())  # type: ignore[call-overload]
    assert entry["source"]


@pytest.mark.parametrize("entry", [one for one in ENTRIES if "steps" in one], ids=lambda entry: str(entry["name"]))
def test_steps_are_those_of_the_table(entry: dict[str, list[list[str]]]) -> None:
    """Where the parser itself has the default, the table knows it; `None` there is decided behind the parser."""
    every = vllm.releases()
    steps = [[every.index(first), value] for first, value in entry["steps"]]
    for number, release in enumerate(every):
        default = vllm.default(str(entry["name"]), release, "api_server")
        if default is not None:
            text = default if isinstance(default, str) else json.dumps(default)
            assert at(steps, number) == text, release


def test_only_what_the_launch_leaves_open() -> None:
    assert "--gpu-memory-utilization" in names("org/m", "0.19.1", "0.20.0")
    assert "--gpu-memory-utilization" not in names("org/m --gpu-memory-utilization 0.8", "0.19.1", "0.20.0")
    assert "reasoning" in names("org/m --reasoning-parser qwen3", "0.15.1", "0.16.0")
    assert "reasoning" not in names("org/m", "0.15.1", "0.16.0")
    assert "--model" in names("--port 80", "0.9.2", "0.33.0")
    assert "--model" not in names("org/m", "0.9.2", "0.33.0")


def test_the_engine_and_what_comes_with_it() -> None:
    assert {"engine", "--enable-prefix-caching"} <= set(names("org/m", "0.7.3", "0.8.0"))
    assert {"engine", "--enable-prefix-caching"} <= set(names("org/m", "0.10.2", "0.33.0", {"VLLM_USE_V1": "0"}))
    assert "engine" not in names("org/m", "0.7.3", "0.8.0", {"VLLM_USE_V1": "1"})
    assert "engine" in names("org/m --num-scheduler-steps 8", "0.8.3", "0.33.0")


def test_only_what_differs_for_every_release_that_it_may_be() -> None:
    given = launched("org/m", "0.11.0")
    assert [one.name for one in shifts(given, ("0.19.1", "0.20.0"), "0.33.0")] == ["--allowed-origins"]
    assert shifts(given, ("x",), "0.33.0") == ()


def test_pins_are_of_the_new_release() -> None:
    found = {one.name: one.pin for one in shifts(launched("org/m", "0.33.0"), ("0.33.0",), "0.9.2")}
    assert [put.name for put in found["request logs"]] == ["--disable-log-requests"]
    found = {one.name: one.pin for one in shifts(launched("org/m", "0.33.0"), ("0.33.0",), "0.6.3")}
    assert found["--generation-config"] == ()
