"""`vllm-doctor check`."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Doctor

NATIVE = "vllm serve OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym --tensor-parallel-size 1"
TIDY = "vllm serve OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym"
ATTEMPT = """\
VLLM_USE_V1=0 vllm serve OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym \\
  --tensor-parallel-size 1 --max-model-len 128 --gpu-memory-utilization 0.95 \\
  --distributed-executor-backend mp \\
  --served-model-name mistral --tokenizer-mode mistral --config-format mistral --load_format mistral \\
  --hf-config-path mistralai/Mistral-Small-3.1-24B-Instruct-2503 \\
  --tokenizer mistralai/Mistral-Small-3.1-24B-Instruct-2503
"""
WORKS = """\
VLLM_USE_V1=0 vllm serve OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym \\
  --max-model-len 128 \\
  --gpu-memory-utilization 0.95 \\
  --served-model-name mistral
"""
GOOD = "vllm serve org/model --port 8000"


def test_the_reference_command_to_the_letter(doctor: Doctor) -> None:
    Path("run.sh").write_text(ATTEMPT)
    ran = doctor("check", "--tidy", "--fix", "run.sh")
    assert (ran.code, Path("run.sh").read_text()) == (1, WORKS)
    ran = doctor("check", "--tidy", "--fix", "run.sh")
    assert (ran.code, Path("run.sh").read_text()) == (0, WORKS)


@pytest.mark.parametrize("how", ["argument", "pipe", "dash"])
def test_a_mended_command_is_all_that_is_printed(doctor: Doctor, how: str) -> None:
    words = {"argument": [ATTEMPT], "pipe": [], "dash": ["-"]}[how]
    ran = doctor("check", "--tidy", "--fix", *words, stdin=b"" if how == "argument" else ATTEMPT.encode())
    assert (ran.code, ran.out, ran.err) == (1, WORKS, "")


def test_words_after_dashes_are_one_command(doctor: Doctor) -> None:
    ran = doctor("check", "--tidy", "--fix", "--", *NATIVE.split())
    assert (ran.code, ran.out) == (1, f"{TIDY}\n")
    launch = doctor("check", "--format", "json", "--", "vllm", "serve", "a b", "--port", "1").objects[0]["launches"][0]
    assert launch["argv"] == ["a b", "--port", "1"]


def test_a_good_command(doctor: Doctor) -> None:
    ran = doctor("check", GOOD)
    assert (ran.code, ran.out) == (0, "vllm serve · org/model\n\n✓ nothing wrong was found\n")
    assert doctor("check", "--fix", GOOD).out == f"{GOOD}\n"
    assert doctor("check", "--quiet", GOOD).out == ""
    assert doctor("check", "--diff", GOOD).out == ""


def test_json_has_the_keys_that_are_promised(doctor: Doctor) -> None:
    ran = doctor("check", "--format", "json", "--vllm-version", "0.24.0", "HF_HOME=/x vllm serve org/m --port $P")
    (answer,) = ran.objects
    assert answer["schema_version"] == 1
    (launch,) = answer["launches"]
    assert launch["argv"] == ["org/m", "--port", "$P"]
    assert launch["env"] == {"HF_HOME": "/x"}
    assert (launch["program"], launch["model"], launch["image"]) == ("vllm serve", "org/m", None)
    assert (launch["vllm_version"], launch["line"], launch["fixed"]) == ("0.24.0", 1, None)


def test_nothing_is_written_unasked(doctor: Doctor) -> None:
    Path("run.sh").write_text(ATTEMPT)
    for words in (
        [],
        ["--diff"],
        ["--tidy"],
        ["--unsafe"],
        ["--tidy", "--diff"],
        ["--format", "json", "--diff"],
    ):
        doctor("check", *words, "run.sh")
        assert Path("run.sh").read_text() == ATTEMPT
    assert [path.name for path in Path().iterdir()] == ["run.sh"]


def test_diff(doctor: Doctor) -> None:
    Path("run.sh").write_text(f"#!/bin/sh\nset -e\n{NATIVE}\n")
    ran = doctor("check", "--tidy", "--diff", "run.sh")
    expected = f"--- a/run.sh\n+++ b/run.sh\n@@ -1,3 +1,3 @@\n #!/bin/sh\n set -e\n-{NATIVE}\n+{TIDY}\n"
    assert (ran.code, ran.out) == (1, expected)
    ran = doctor("check", "--diff", "run.sh")
    assert (ran.code, ran.out) == (0, "")


def test_what_is_needless_goes_only_with_tidy(doctor: Doctor) -> None:
    assert doctor("check", "--fix", NATIVE).out == f"{NATIVE}\n"
    assert doctor("check", "--fix", "--tidy", NATIVE).out == f"{TIDY}\n"


@pytest.mark.parametrize(
    ("mark", "end"), [(b"", b"\n"), (b"\xef\xbb\xbf", b"\n"), (b"", b"\r\n"), (b"\xef\xbb\xbf", b"\r\n")]
)
def test_fix_keeps_the_bytes_around_it(doctor: Doctor, mark: bytes, end: bytes) -> None:
    target = Path("real.sh")
    head = mark + b"#!/bin/sh" + end + "# 启动".encode() + end
    target.write_bytes(head + NATIVE.encode() + end)
    target.chmod(0o750)
    Path("run.sh").symlink_to("real.sh")
    ran = doctor("check", "--tidy", "--fix", "run.sh")
    assert (ran.code, ran.err) == (1, "")
    assert target.read_bytes() == head + TIDY.encode() + end
    assert stat.S_IMODE(target.stat().st_mode) == 0o750
    assert Path("run.sh").is_symlink()


def test_a_file_that_cannot_be_written(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    Path("run.sh").write_text(NATIVE)
    monkeypatch.setattr(Path, "replace", full)
    ran = doctor("check", "--tidy", "--fix", "run.sh")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: run.sh: cannot be written: No space left on device. The file is unchanged.\n"
    assert Path("run.sh").read_text() == NATIVE


def test_of_several_files_those_without_a_launch_go_unmentioned(doctor: Doctor) -> None:
    Path("build.sh").write_text("make\n")
    Path("data.yaml").write_text("a: 1\n")
    Path("run.sh").write_text(f"{GOOD}\n")
    ran = doctor("check", "build.sh", "run.sh", "data.yaml")
    assert (ran.code, ran.out) == (0, "run.sh:1 · vllm serve · org/model\n\n✓ nothing wrong was found\n")
    assert doctor("check", "build.sh", "data.yaml").out == ""
    assert doctor("check", "build.sh").out == "build.sh: no launch of vLLM was found\n"
    ran = doctor("check", "--format", "json", "build.sh", "run.sh")
    assert [(one["file"], len(one["launches"])) for one in ran.objects] == [("build.sh", 0), ("run.sh", 1)]


@pytest.mark.parametrize("form", ["text", "json"])
def test_one_bad_file_of_several_hides_no_other(doctor: Doctor, form: str) -> None:
    Path("bad.sh").write_bytes(b"vllm serve m\xff\n")
    Path("run.sh").write_text(f"{NATIVE}\n")
    ran = doctor("check", "--tidy", "--fix", "--format", form, "bad.sh", "run.sh")
    assert ran.code == 2
    assert Path("run.sh").read_text() == f"{TIDY}\n"
    if form == "text":
        assert ran.err == "error: bad.sh: is no UTF-8 text (byte 12)\n"
    else:
        assert [one.get("error", {}).get("where", one.get("file")) for one in ran.objects] == [
            "bad.sh",
            "run.sh",
        ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["vllm"], "vllm: does not exist. Give a file that does, or a whole command in quotes."),
        (
            ["run.sh", "absent.sh"],
            "absent.sh: does not exist. Give a file that does, or a whole command in quotes.",
        ),
        (["big.sh"], "big.sh: is larger than 4 MiB, too large for a launch file"),
    ],
)
def test_paths_must_exist(doctor: Doctor, words: list[str], error: str) -> None:
    Path("run.sh").write_text(GOOD)
    Path("big.sh").write_bytes(b"#" * (5 << 20))
    ran = doctor("check", *words)
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: {error}\n")


def test_standard_input_that_is_no_launch(doctor: Doctor) -> None:
    assert doctor("check", stdin=b"").out == "no launch of vLLM was found\n"
    assert doctor("check", stdin=b"\xff\xfe").err == "error: <stdin>: is no UTF-8 text (byte 0)\n"
    assert (
        doctor("check", stdin=b"#" * (5 << 20)).err == "error: <stdin>: is larger than 4 MiB, too large for a launch\n"
    )


def test_a_file_named_like_a_command_wins(doctor: Doctor) -> None:
    Path("my run.sh").write_text(GOOD)
    assert doctor("check", "my run.sh").out.startswith("my run.sh:1 · vllm serve · org/model\n")


def test_fail_on(doctor: Doctor) -> None:
    assert doctor("check", NATIVE).code == 0
    assert doctor("check", "--fail-on", "note", NATIVE).code == 1
    assert doctor("check", "--fail-on", "note", GOOD).code == 0


def test_secrets_are_kept_in_files_and_shown_nowhere(doctor: Doctor) -> None:
    Path("run.sh").write_text(f"{NATIVE} --api-key hunter2hunter2\n")
    for words in (
        [],
        ["--diff", "--tidy"],
        ["--format", "json"],
        ["--format", "markdown"],
        ["--format", "sarif"],
    ):
        assert "hunter2" not in doctor("check", *words, "run.sh").out
    assert "hunter2" not in doctor("check", "--tidy", "--fix", f"{NATIVE} --api-key hunter2hunter2").out
    assert "hunter2" not in doctor("check", "--tidy", "--fix", "run.sh").out
    assert Path("run.sh").read_text() == f"{TIDY} --api-key hunter2hunter2\n"


def test_markdown(doctor: Doctor) -> None:
    Path("run.sh").write_text(f"\n{NATIVE}\n")
    ran = doctor("check", "--format", "markdown", "--tidy", "run.sh")
    assert ran.out.startswith("## `run.sh:2`\n\n- `vllm serve`\n")
    assert f"\n```bash\n{TIDY}\n```\n" in ran.out
    assert "(`needless-flag`) `run.sh:2:" in ran.out


def test_sarif_is_one_document(doctor: Doctor) -> None:
    Path("run.sh").write_text(NATIVE)
    Path("other.sh").write_text(NATIVE)
    log = json.loads(doctor("check", "--format", "sarif", "run.sh", "other.sh").out)
    places = [place for result in log["runs"][0]["results"] for place in result["locations"]]
    found = [place["physicalLocation"]["artifactLocation"]["uri"] for place in places]
    assert (log["version"], found) == ("2.1.0", ["run.sh", "other.sh"])
