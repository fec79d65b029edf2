"""The loop over the fixtures: every one against the whole catalogue, as it is and as other tools print it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.log.wraps import WRAPS
from vllm_doctor.finding import Diagnosis
from vllm_doctor.pipeline import Options, diagnose

ROOT = Path(__file__).parent.parent / "fixtures"
FOLDERS = sorted(path.parent for path in ROOT.rglob("expected.yaml"))
IDS = [str(folder.relative_to(ROOT)) for folder in FOLDERS]


def _expected(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))


def _options(folder: Path) -> Options:
    launch = next((path for path in sorted(folder.glob("launch.*"))), None)
    return Options(launch_file=launch)


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_fixture(folder: Path) -> None:
    expected = _expected(folder)
    answer = diagnose(folder / "log.txt", options=_options(folder))
    assert _root(answer) == expected["root_cause"]
    assert answer.verdict == expected["verdict"]
    others = {finding.id for finding in answer.findings if finding is not answer.root_cause and finding.role != "note"}
    assert set(expected.get("also", [])) <= others
    assert set(expected.get("symptoms", [])) <= {finding.id for finding in answer.findings if finding.role == "symptom"}
    figures = answer.root_cause.figures if answer.root_cause else {}
    assert {name: str(figures.get(name)) for name in expected.get("figures", {})} == {
        name: str(value) for name, value in expected.get("figures", {}).items()
    }
    if "fixed" in expected:
        assert answer.root_cause is not None
        assert answer.root_cause.fixes[0].command == expected["fixed"].rstrip("\n")
    for name, value in expected.get("deployment", {}).items():
        assert str(getattr(answer.deployment, name)) == str(value)


# every fixture in four of the wrappers, in turn, so that each wrapper meets many fixtures in bounded time
WRAPPED = [
    pytest.param(folder, how, id=f"{folder.relative_to(ROOT)}-{how}")
    for index, folder in enumerate(FOLDERS)
    for how in [list(WRAPS)[(index + step * 7) % len(WRAPS)] for step in range(4)]
]


@pytest.mark.parametrize(("folder", "how"), WRAPPED)
def test_fixture_as_other_tools_print_it(folder: Path, how: str) -> None:
    text = (folder / "log.txt").read_bytes().decode("utf-8", "surrogateescape")
    wrapped = "\n".join(WRAPS[how](text.rstrip("\n").split("\n"))) + "\n"
    answer = diagnose(wrapped.encode("utf-8", "surrogateescape"), options=_options(folder))
    assert _root(answer) == _expected(folder)["root_cause"]


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_origin_is_told(folder: Path) -> None:
    origin = yaml.safe_load((folder / "origin.yaml").read_text("utf-8"))
    assert origin["kind"] in ("real", "induced", "written")
    if origin["kind"] == "written":
        assert origin["messages"]
        for message in origin["messages"]:
            assert {"release", "file", "line", "text"} <= set(message)


def test_no_path_of_a_machine_in_a_fixture() -> None:
    pattern = re.compile(r"/(?:root/\.(?:cache/vllm-(?:real|sources)|pyenv)|work|tmp)/")
    found = [
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and pattern.search(path.read_text("utf-8", "replace"))
    ]
    assert found == []


def _root(answer: Diagnosis) -> str | None:
    return answer.root_cause.id if answer.root_cause else None
