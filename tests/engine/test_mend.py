"""The edit `mend`: the text of a broken launch, written so that vLLM receives what was meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import vllm_doctor
from vllm_doctor.engine.edits import apply_mend, told, touched
from vllm_doctor.engine.rule_parts import EditSpec
from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.report.json import review_data
from vllm_doctor.vllm import arity

BROKEN = "vllm serve org/model \\\n  --port 8001 \\\n  # half of it\n  --dtype half\n"
WHOLE = "# half of it\nvllm serve org/model \\\n  --port 8001 \\\n  --dtype half\n"


def flags(flag: str) -> int | str | None:
    """What follows a flag in any release."""
    return arity(flag, None)


def test_the_arguments_stay_as_they_were_meant() -> None:
    launch = parse_command_line(BROKEN)
    assert launch is not None
    changes, made = apply_mend(launch, EditSpec("mend", "comment"), flags)
    assert changes == ()
    assert made.text == WHOLE
    assert made.argv == launch.argv


def test_a_flaw_that_is_not_there_changes_nothing() -> None:
    launch = parse_command_line(BROKEN)
    assert launch is not None
    assert apply_mend(launch, EditSpec("mend", "dash"), flags) == ((), launch)


def test_what_it_may_touch_and_tells() -> None:
    edit = EditSpec("mend", "repeated")
    assert {"model", "program"} <= touched(edit)
    assert told(edit) == ()


def test_check_finds_and_mends_a_file(tmp_path: Path) -> None:
    file = tmp_path / "start.sh"
    file.write_text(BROKEN)
    review = vllm_doctor.check(file)
    finding = next(one for one in review.launches[0].findings if one.id == "broken-continuation")
    assert finding.severity == "error"
    assert finding.place == f"{file}:3:3"
    assert "--dtype half" in finding.explanation
    assert finding.fixes[0].effect == "same"
    assert finding.fixes[0].changes == ()
    assert review.fixed == WHOLE
    data = review_data(review)["launches"][0]
    assert data["argv_effective"] == ["org/model", "--port", "8001"]
    assert data["argv"] == ["org/model", "--port", "8001", "--dtype", "half"]


def test_the_config_file_is_put_in_where_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("port: 8001\n")
    file = tmp_path / "start.sh"
    file.write_text("vllm serve org/model --config c.yaml --dtype half\nvllm serve org/model --config=c.yaml\n")
    review = vllm_doctor.check(file)
    data = json.loads(json.dumps(review_data(review)))
    first, second = data["launches"]
    assert first["argv_with_config"] == ["org/model", "--port", "8001", "--dtype", "half"]
    assert "argv_with_config" not in second
    schema = json.loads((Path(vllm_doctor.__file__).parent / "report" / "review.schema.json").read_text())
    Draft202012Validator(schema).validate(data)


def test_nothing_is_mended_that_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM vllm/vllm-openai:v0.11.2\nCMD vllm serve $MODEL --dtype half\n")
    review = vllm_doctor.check(file)
    finding = next(one for one in review.launches[0].findings if one.id == "repeated-program")
    assert finding.fixes == ()
    assert finding.options
    assert review.fixed is None


def test_an_error_is_raised_by_the_edit_itself() -> None:
    from vllm_doctor.launch.files import read_launches

    (launch,) = read_launches("FROM vllm/vllm-openai:v0.11.2\nCMD vllm serve $MODEL\n", "Dockerfile")
    with pytest.raises(LaunchError):
        apply_mend(launch, EditSpec("mend", "shell-form"), flags)
