"""The library: `diagnose` and `check` from end to end, and the case that the project began with."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vllm_doctor
from vllm_doctor import InputError, LaunchError, Options, RuleErrors, check, diagnose
from vllm_doctor.report.json import diagnosis_data, review_data

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
LOG = ROOT / "examples" / "kv-cache-too-small.log"
MODEL = "OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym"
FIRST = f"""\
vllm serve {MODEL} --dtype half \\
  --tensor-parallel-size 1 --max-model-len 4096 --gpu-memory-utilization 0.95 --distributed-executor-backend mp \\
  --served-model-name mistral --tokenizer-mode mistral --config-format mistral --load_format mistral"""
SECOND = f"""\
VLLM_USE_V1=0 {FIRST} \\
  --hf-config-path mistralai/Mistral-Small-3.1-24B-Instruct-2503 \\
  --tokenizer mistralai/Mistral-Small-3.1-24B-Instruct-2503"""
WITHOUT_FLAGS = FIRST[: FIRST.index(" --tokenizer-mode")]


def _fixture(name: str) -> Path:
    return FIXTURES / name / "log.txt"


def test_every_way_to_give_a_log_gives_one_answer() -> None:
    data = LOG.read_bytes()
    wanted = diagnose(LOG, names=["x"])
    with LOG.open("rb") as stream:
        assert diagnose(stream, names=["x"]) == wanted
    assert diagnose(data, names=["x"]) == wanted
    assert diagnose(data.decode(), names=["x"]) == wanted
    assert diagnose(io.BytesIO(data), names=["x"]) == wanted
    assert diagnose((data[at : at + 777] for at in range(0, len(data), 777)), names=["x"]) == wanted
    assert diagnose(str(LOG.read_text()), names=["x"]).sources[0].name == "x"


def test_an_answer_is_frozen_and_has_the_promised_keys() -> None:
    answer = diagnose(LOG)
    with pytest.raises(FrozenInstanceError):
        answer.verdict = "healthy"  # type: ignore[misc]
    data = diagnosis_data(answer)
    schema = json.loads((ROOT / "vllm_doctor" / "report" / "diagnosis.schema.json").read_text("utf-8"))
    jsonschema.validate(data, schema)
    assert next(iter(data)) == "schema_version"
    assert {"sources", "verdict", "root_cause", "findings", "attempts", "deployment"} <= set(data)


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in FIXTURES.rglob("expected.yaml")), ids=lambda path: path.name
)
def test_every_answer_keeps_to_the_json_schema(folder: Path) -> None:
    schema = json.loads((ROOT / "vllm_doctor" / "report" / "diagnosis.schema.json").read_text("utf-8"))
    jsonschema.validate(diagnosis_data(diagnose(folder / "log.txt")), schema)


def test_all_that_is_promised_can_be_imported() -> None:
    for name in vllm_doctor.__all__:
        assert getattr(vllm_doctor, name) is not None
    with pytest.raises(AttributeError):
        _ = vllm_doctor.nothing


def test_the_package_alone_imports_no_room() -> None:
    code = "import sys, vllm_doctor; print(sorted(name for name in sys.modules if name.startswith('vllm_doctor')))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['vllm_doctor', 'vllm_doctor.errors', 'vllm_doctor.values']"


def test_a_diagnosis_imports_neither_yaml_nor_the_network() -> None:
    code = (
        "import sys; from pathlib import Path; from vllm_doctor import diagnose, check\n"
        f"diagnose(Path({str(LOG)!r})); check('vllm serve m')\n"
        "print([name for name in ('huggingface_hub', 'rich', 'requests', 'http', 'click') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_options_are_all_optional() -> None:
    assert diagnose(LOG, options=Options()) == diagnose(LOG)


@pytest.mark.parametrize("data", ["", b"", "hello\n", b"\0\xff" * 99])
def test_what_is_no_log(data: str | bytes) -> None:
    with pytest.raises(InputError, match=r"this is no vLLM log|this log is empty"):
        diagnose(data)


def test_what_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no log was given"):
        diagnose()
    with pytest.raises(InputError, match="No such file"):
        diagnose(tmp_path / "absent.log")
    with pytest.raises(LaunchError, match="no vLLM launch in this command"):
        diagnose(LOG, options=Options(command="python train.py"))
    (tmp_path / "run.sh").write_text("make\n")
    with pytest.raises(LaunchError, match="no vLLM launch was found"):
        diagnose(LOG, options=Options(launch_file=tmp_path / "run.sh"))
    (tmp_path / "acme.yaml").write_text("id: acme/x\n")
    with pytest.raises(RuleErrors) as caught:
        diagnose(LOG, options=Options(rules=(tmp_path,)))
    assert {problem.file for problem in caught.value.problems} == {f"{tmp_path.name}/acme.yaml"}


def test_logs_of_one_deployment_are_one_answer() -> None:
    answer = diagnose(_fixture("healthy/llama-h200"), LOG, names=["rank0", "rank1"])
    assert [source.name for source in answer.sources] == ["rank0", "rank1"]
    assert answer.root_cause is not None
    assert answer.root_cause.id == "kv-cache-too-small"
    assert {item.source for item in answer.root_cause.evidence} == {"rank1"}


def test_the_first_attempt() -> None:
    log = _fixture("native-format-flags/mistral-small-int4-assertion")
    root = diagnose(log, options=Options(command=FIRST)).root_cause
    assert root is not None
    assert root.id == "native-format-flags"
    assert [step.run for step in root.fixes[0].steps] == ["pip install 'vllm>=0.8.3'"]
    assert root.fixes[0].command == WITHOUT_FLAGS
    assert root.fixes[0].checks == ("parses as vLLM 0.8.3",)


def test_the_second_attempt() -> None:
    log = _fixture("quant-config-not-loaded/mistral-small-config-of-base-a10")
    answer = diagnose(log, options=Options(command=SECOND))
    root = answer.root_cause
    assert root is not None
    assert root.id == "quant-config-not-loaded"
    roles = {finding.id: finding.role for finding in answer.findings}
    assert (roles["oom-weights"], roles["native-format-flags"]) == ("symptom", "cause")
    assert (root.figures["unquantized_gib"], root.figures["gpu_total_gib"]) == (44.7, 21.99)
    assert root.fixes[0].command == f"VLLM_USE_V1=0 {WITHOUT_FLAGS}"
    assert root.fixes[0].effect == "same"


def test_the_third_attempt() -> None:
    root = diagnose(_fixture("kv-cache-too-small/mistral-small-int4-a10")).root_cause
    assert root is not None
    assert root.id == "kv-cache-too-small"
    assert (root.figures["max_len"], root.figures["kv_needed_gib"], root.figures["kv_free_gib"]) == (131072, 20.0, 5.42)
    proposed = int(str(root.fixes[0].command).rsplit(maxsplit=1)[1])
    assert proposed <= 35520 * 0.98
    assert proposed % 256 == 0
    assert any("VLLM_USE_V1=0" in str(fix.command) for fix in root.fixes[1:])


def test_what_works_in_the_end_to_the_letter() -> None:
    tried = SECOND.replace(" --dtype half", "").replace("--max-model-len 4096", "--max-model-len 128")
    assert check(tried, tidy=True).fixed == (
        f"VLLM_USE_V1=0 vllm serve {MODEL} \\\n"
        "  --max-model-len 128 \\\n"
        "  --gpu-memory-utilization 0.95 \\\n"
        "  --served-model-name mistral"
    )


def test_before_the_launch_both_mistakes_are_seen() -> None:
    review = check(SECOND, Options(gpu="A10"))
    (launch,) = review.launches
    assert {"native-format-flags", "quant-config-not-loaded"} <= {finding.id for finding in launch.findings}
    assert launch.fixed == f"VLLM_USE_V1=0 {WITHOUT_FLAGS}"
    jsonschema.validate(
        review_data(review), json.loads((ROOT / "vllm_doctor" / "report" / "review.schema.json").read_text("utf-8"))
    )


def test_a_file_is_reviewed_with_all_else_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    head, tail = "#!/bin/bash\r\n# \t注意\r\nset -e\r\n", "\r\n\r\necho done"
    path.write_bytes(f"{head}{FIRST}{tail}".encode())
    review = check(path)
    assert review.fixed == f"{head}{WITHOUT_FLAGS}{tail}"
    assert (review.file, review.launches[0].line) == (str(path), 4)
    assert path.read_bytes() == f"{head}{FIRST}{tail}".encode()


def test_nothing_of_a_command_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    command = f'vllm serve "$(touch {mark})" --port `touch {mark}` ; touch {mark}'
    check(command)
    diagnose(LOG, options=Options(command=command))
    log = LOG.read_text().replace("vllm serve /models/llama-3.1-8b", f"vllm serve $(touch {mark}) `touch {mark}`", 1)
    fixed = diagnose(log).root_cause
    assert not mark.exists()
    assert fixed is not None
    assert all("touch" not in (fix.command or "") for fix in fixed.fixes)


def test_own_rules_are_read_from_their_folder(tmp_path: Path) -> None:
    shutil.copy(next((ROOT / "rules" / "symptoms").glob("engine-died.yaml")), tmp_path / "x.yaml")
    with pytest.raises(RuleErrors, match="your own rules have a prefix"):
        diagnose(LOG, options=Options(rules=(tmp_path,)))


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=300), st.integers(0, 147))
def test_any_bytes_inside_a_log_give_an_answer(noise: bytes, at: int) -> None:
    lines = LOG.read_bytes().splitlines(keepends=True)
    answer = diagnose(b"".join([*lines[:at], noise, b"\n", *lines[at:]]))
    assert answer.verdict in ("failed", "warned", "healthy", "incomplete", "unknown-failure")


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_any_text_can_be_reviewed(text: str) -> None:
    for review in (check(text), check(f"vllm serve m {text}")):
        assert review.fixed is None or review.fixed != review.text


def test_a_cause_that_lacks_the_name_of_vllm() -> None:
    line = "2026-01-04 10:00:01 api-1  | ptxas fatal   : Value 'sm_121a' is not defined for option 'gpu-name'\n"
    made = diagnose(line)
    assert made.root_cause
    assert made.root_cause.id == "gpu-arch-unsupported"


def test_the_release_that_a_project_asks_for_is_what_a_launch_file_is_held_against(tmp_path: Path) -> None:
    script = tmp_path / "serve.sh"
    script.write_text("vllm serve org/model --swap-space 8\n")
    (tmp_path / "requirements.txt").write_text("vllm==0.20.0\n")
    review = check(script)
    (launch,) = review.launches
    assert (launch.vllm_version, launch.version_source) == ("0.20.0", "requirements.txt")
    assert [finding.id for finding in launch.findings] == ["unknown-flag"]
    assert review_data(review)["launches"][0]["version_source"] == "requirements.txt"
    (told,) = check(script, Options(vllm_version="0.9.2")).launches
    assert (told.vllm_version, told.version_source, told.findings) == ("0.9.2", "given", ())
    (command,) = check(script.read_text()).launches
    assert (command.vllm_version, command.version_source) == (None, None)
    (installed,) = check("pip install vllm==0.10.2 && " + script.read_text()).launches
    assert (installed.vllm_version, installed.version_source) == ("0.10.2", "pip install")


def test_a_failures_answer_notes_what_the_command_does_not_do_and_no_matter_of_taste() -> None:
    command = "vllm serve /m --port 1 --port 2 --max-model-l 9 --tensor-parallel-size 1"
    noted = {
        finding.id for finding in diagnose(LOG, options=Options(command=command)).findings if finding.role == "note"
    }
    assert "duplicate-flag" in noted
    assert not noted & {"abbreviated-flag", "needless-flag"}
    (launch,) = check(command).launches
    assert {finding.id for finding in launch.findings} == {"duplicate-flag", "abbreviated-flag", "needless-flag"}


def test_a_commands_fix_names_no_file() -> None:
    (launch,) = check("vllm serve m --max-num-seqs 0", Options(vllm_version="0.20.0")).launches
    (fix,) = launch.findings[0].fixes
    assert (fix.command, fix.file, fix.patch, launch.file) == ("vllm serve m", None, None, "")
