"""Files of a kind with what they must be read as, and what edits must make of them, byte for byte.

Beside each file of `tests/launch/data/KIND` stands FILE.json: its launches, and edits with the lines that they
take away and put in. Lines are compared with their line breaks; all other lines must stay.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vllm_doctor.launch.edit import remove_option, set_env, set_option, unset_env
from vllm_doctor.launch.files import read_launches, reader_of
from vllm_doctor.launch.types import Launch
from vllm_doctor.text import Edit, apply
from vllm_doctor.vllm import arity

DATA = Path(__file__).parents[1] / "data"


def files(kind: str) -> list[str]:
    """The names of the files of a kind."""
    return sorted(path.name for path in (DATA / kind).iterdir() if path.suffix != ".json" and path.is_file())


def text_of(kind: str, name: str) -> str:
    """A file's text with its own line breaks."""
    return (DATA / kind / name).read_bytes().decode()


def expected(kind: str, name: str) -> dict[str, Any]:
    """What stands in the file's sheet."""
    sheet: dict[str, Any] = json.loads((DATA / kind / f"{name}.json").read_text(encoding="utf-8"))
    return sheet


def said(launch: Launch) -> dict[str, Any]:
    """A launch as the sheets have it."""
    made: dict[str, Any] = {
        "program": launch.program,
        "source": launch.program_source,
        "line": launch.line,
        "image": launch.image,
        "argv": list(launch.argv),
        "env": {variable.name: variable.value for variable in launch.env},
        "container": launch.container,
    }
    return made | ({"effective": list(launch.argv_effective)} if launch.argv_effective is not None else {})


def launches(kind: str, name: str) -> tuple[Launch, ...]:
    """The launches of a file, read by the reader of its kind."""
    text, file = text_of(kind, name), str(DATA / kind / name)
    reader = reader_of(file, text)
    assert reader is not None
    assert reader.name == kind
    return read_launches(text, file)


def edits_of(launch: Launch, wish: Sequence[Any]) -> Sequence[Edit]:
    """The edits for a wish: ["set", FLAG, VALUE], ["remove", FLAG], ["setenv", NAME, VALUE], ["unsetenv", NAME]."""
    if wish[0] == "set":
        return set_option(launch, _arity, wish[1], wish[2])
    if wish[0] == "remove":
        return remove_option(launch, _arity, wish[1])
    return set_env(launch, wish[1], wish[2]) if wish[0] == "setenv" else unset_env(launch, wish[1])


def _arity(flag: str) -> int | str | None:
    return arity(flag, "0.11.0")


def differences(launch: Launch, edits: Sequence[Edit]) -> list[str]:
    """The lines that edits take away ("-") and put in ("+")."""
    before, after = launch.text.splitlines(keepends=True), apply(launch.text, edits).splitlines(keepends=True)
    lines = list(difflib.unified_diff(before, after, n=0))[2:]
    return [line.rstrip("\n") for line in lines if not line.startswith("@@")]


def check_read(kind: str, name: str) -> None:
    """The launches are those of the sheet, and each word stands where it says."""
    found = launches(kind, name)
    assert [said(launch) for launch in found] == expected(kind, name)["launches"]
    for launch in found:
        assert launch.kind == kind
        for word in launch.words:
            assert word.raw in ("", word.span.of(launch.text))


def check_edits(kind: str, name: str) -> None:
    """Every edit of the sheet changes just its lines, or is refused."""
    from vllm_doctor.errors import LaunchError

    found = launches(kind, name)
    for wish in expected(kind, name)["edits"]:
        launch = found[wish["launch"]]
        try:
            made: list[str] | str = differences(launch, edits_of(launch, wish["do"]))
        except LaunchError:
            made = "refused"
        assert made == wish["lines"], wish
