"""The shipped table against a release that is asked anew: the one that the real environment holds."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor import vllm
from vllm_doctor.vllm.table import at, load, within

TOOL = Path(__file__).parents[2] / "tools" / "flag_table"
RELEASE = "0.32.0"


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the installed vLLM says of itself."""
    told = os.environ.get("VLLM_REAL_ENV")
    if not told:
        pytest.skip(f"VLLM_REAL_ENV names no environment with vLLM {RELEASE} (tools/real makes one)")
    python = Path(told) / "bin" / "python"
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    folder = tmp_path_factory.mktemp("release")
    (folder / RELEASE).mkdir()
    (folder / RELEASE / "vllm").symlink_to(Path(site) / "vllm")
    command = [python, TOOL / "oracle.py", "dump", folder, folder / "out", RELEASE]
    subprocess.run(command, check=True, capture_output=True)
    found: dict[str, Any] = json.loads((folder / "out" / f"{RELEASE}.json").read_text())
    return found


def tables(answer: dict[str, Any]) -> dict[str, Any]:
    """The data files that this one release makes."""
    sys.path.insert(0, str(TOOL))
    try:
        spec = importlib.util.spec_from_file_location("flag_table_main", TOOL / "__main__.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made: dict[str, Any] = module.tables([answer])
    finally:
        sys.path.remove(str(TOOL))
    return made


def sliced(value: Any, number: int) -> Any:
    """A table as it holds for one release number: what is there, each history as its value."""
    if isinstance(value, list) and value and isinstance(value[0], list) and not isinstance(value[0][0], list):
        return at(value, number)
    if not isinstance(value, dict):
        return value
    spans = value.get("at")
    if isinstance(spans, list):
        by_program = all(not item or isinstance(item[0], list) for item in spans)
        there = [within(part, number) for part in (spans if by_program else [spans])]
        if not any(there):
            return None
        rest = {key: sliced(inner, number) for key, inner in value.items() if key != "at"}
        return {"there": there} | {key: inner for key, inner in rest.items() if inner is not None}
    inner = {key: sliced(item, number) for key, item in value.items()}
    return {key: item for key, item in inner.items() if item not in (None, {})}


@pytest.mark.real
@pytest.mark.parametrize("name", ["options", "keys", "variables"])
def test_a_release_asked_anew_tells_what_the_table_tells(answer: dict[str, Any], name: str) -> None:
    number = vllm.releases().index(RELEASE)
    shipped, made = load(name), tables(answer)[name]
    for section in ("options", "habits") if name == "options" else ("",):
        left = sliced(shipped[section] if section else shipped, number)
        right = sliced(made[section] if section else made, 0)
        assert {key: left.get(key) for key in left | right} == {key: right.get(key) for key in left | right}


@pytest.mark.real
def test_the_registries_are_those_of_the_table(answer: dict[str, Any]) -> None:
    for kind in ("quantizations", "tool-parsers", "reasoning-parsers", "attention-backends"):
        assert sorted(answer["names"][kind]) == sorted(vllm.names(kind, RELEASE))  # type: ignore[arg-type]
    groups = answer["names"]["architectures"].values()
    assert {name for group in groups for name in group} == set(vllm.names("architectures", RELEASE))
