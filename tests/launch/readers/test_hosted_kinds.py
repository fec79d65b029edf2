from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.edit import apply_to, remove_option, set_env, set_option, unset_env
from vllm_doctor.launch.files import read_launches, reader_of
from vllm_doctor.launch.types import Launch
from vllm_doctor.launch.writer import Edits

DATA = Path(__file__).parent.parent / "data"
KINDS = (
    "dockerfile",
    "systemd",
    "quadlet",
    "makefile",
    "justfile",
    "markdown",
    "python",
    "env",
    "powershell",
    "document",
    "template",
)
SHEETS = sorted(sheet for kind in KINDS for sheet in (DATA / kind).glob("*.json"))
SWITCHES = {"--enforce-eager": 0, "--trust-remote-code": 0, "--enable-lora": 0}


def arity(flag: str) -> int | str | None:
    return SWITCHES.get(flag, 1)


def file_of(sheet: Path) -> Path:
    (file,) = [one for one in sheet.parent.glob(sheet.stem + "*") if one != sheet and one.stem == sheet.stem]
    return file


def read(sheet: Path) -> tuple[dict[str, Any], str, str, tuple[Launch, ...]]:
    file = file_of(sheet)
    text = file.read_bytes().decode("utf-8")
    return json.loads(sheet.read_text("utf-8")), text, str(file), read_launches(text, str(file))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.name}/{sheet.stem}")
def test_a_file_is_read_as_its_sheet_says(sheet: Path) -> None:
    wanted, text, file, found = read(sheet)
    reader = reader_of(file, text)
    assert reader is not None
    assert reader.name == ("shell" if sheet.parent.name == "document" else sheet.parent.name)
    assert {launch.kind for launch in found} <= {sheet.parent.name}
    said = []
    for launch, one in zip(found, wanted["launches"], strict=False):
        row = {
            "program": launch.program,
            "line": launch.line,
            "argv": list(launch.argv),
            "env": {variable.name: variable.value for variable in launch.env},
            "image": launch.image,
            "container": launch.container,
            "effective": None if launch.argv_effective is None else list(launch.argv_effective),
        }
        said.append({key: row[key] for key in row if key in one or (key == "effective" and row[key] is not None)})
    assert said == wanted["launches"]
    assert len(found) == len(wanted["launches"])
    for launch in found:
        assert launch.text == text
        assert all(word.span.of(text) == word.raw for word in launch.words)


CHANGES = [(sheet, at) for sheet in SHEETS for at in range(len(json.loads(sheet.read_text("utf-8")).get("edits", ())))]


def changed(launch: Launch, edit: dict[str, Any]) -> Edits:
    if "set" in edit:
        return set_option(launch, arity, *edit["set"])
    if "remove" in edit:
        return remove_option(launch, arity, edit["remove"])
    return set_env(launch, *edit["setenv"]) if "setenv" in edit else unset_env(launch, edit["unsetenv"])


@pytest.mark.parametrize(
    ("sheet", "at"), CHANGES, ids=lambda one: f"{one.parent.name}/{one.stem}" if isinstance(one, Path) else str(one)
)
def test_a_file_is_edited_byte_for_byte(sheet: Path, at: int) -> None:
    wanted, text, _, found = read(sheet)
    edit = wanted["edits"][at]
    launch = found[edit.get("launch", 0)]
    if edit.get("error"):
        with pytest.raises(LaunchError):
            changed(launch, edit)
        return
    assert text.count(edit["old"]) == 1
    edits = changed(launch, edit)
    assert apply_to(launch, edits).text == text.replace(edit["old"], edit["new"])
