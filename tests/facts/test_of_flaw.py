"""Facts of what is broken in a launch's text."""

from __future__ import annotations

from vllm_doctor.facts.of_flaw import of_flaws
from vllm_doctor.finding import Figure
from vllm_doctor.launch.parser import parse_command_line


def facts(text: str) -> list[tuple[dict[str, Figure], list[str]]]:
    """The facts of each kind of flaw, and the texts at their places."""
    launch = parse_command_line(text)
    assert launch is not None
    return [
        ({fact.name: fact.value for fact in about}, [span.of(text) for span in spans])
        for about, spans in of_flaws(launch)
    ]


def test_a_command_that_ends_early() -> None:
    ((about, places),) = facts("vllm serve m \\\n  --port 1\n  --dtype half\n  --x 2")
    assert about == {
        "flaw.how": "missing-backslash",
        "flaw.count": 2,
        "flaw.starts": True,
        "flaw.received": "m --port 1",
        "flaw.lost": "--dtype half --x 2",
        "flaw.said": "1",
    }
    assert places == ["1", "half"]


def test_what_is_received_otherwise_is_not_lost() -> None:
    ((about, places),) = facts("docker run vllm/vllm-openai:v0.11.2 vllm serve m --port 1")
    assert about["flaw.entry"] == "vllm serve"
    assert about["flaw.official"] is True
    assert about["flaw.received"] == "vllm serve m --port 1"
    assert "flaw.lost" not in about
    assert places == ["vllm serve"]


def test_a_command_that_starts_nothing() -> None:
    ((about, _),) = facts("docker run --gpus all \\\n  # why\n  vllm/vllm-openai:v0.11.2 m")
    assert about["flaw.starts"] is False
    assert "flaw.lost" not in about


def test_each_kind_once_and_none_of_a_sane_command() -> None:
    found = facts('vllm serve m \u2014port 1 \u2014dtype half --a {"b": 1}')
    assert [(about["flaw.how"], about["flaw.count"]) for about, _ in found] == [("dash", 2), ("shell-json", 1)]
    assert facts("vllm serve m --port 1") == []


def test_an_image_of_the_same_name_may_be_built_otherwise() -> None:
    ((about, _),) = facts("docker run registry/own/vllm-openai:v0.11.2 vllm serve m")
    assert about["flaw.official"] is False
    ((about, _),) = facts("docker run mirror/vllm/vllm-openai@sha256:1 vllm serve m")
    assert about["flaw.official"] is True
