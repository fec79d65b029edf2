"""`vllm-doctor check` on folders: what is walked, settings, baselines, and the counts at the end."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Doctor

GOOD = "vllm serve org/m --port 8000\n"
NEEDLESS = "vllm serve org/m --tensor-parallel-size 1\n"
BROKEN = "vllm serve org/m --max-model-lenn 4096\n"
NOTE = """\
a.sh:1 · vllm serve · org/m

- An option that changes nothing                                   needless-flag
  a.sh:1:18

  1 | vllm serve org/m --tensor-parallel-size 1
    |                  ^^^^^^^^^^^^^^^^^^^^^^^^

  --tensor-parallel-size 1 is what vLLM does anyway.

  Run this instead (in a.sh):

vllm serve org/m

  - --tensor-parallel-size        nothing changes
"""


@pytest.fixture(autouse=True)
def _repository(doctor: Doctor) -> None:
    """In the empty folder of `doctor`: a repository in which one file has something to say, and one nothing."""
    Path(".git").mkdir()
    for name, text in (("a.sh", NEEDLESS), ("b.sh", GOOD), ("build.sh", "make\n"), ("deep/README.md", "about vLLM\n")):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)


def test_only_what_was_found_is_shown_and_all_is_counted(doctor: Doctor) -> None:
    end = "\n2 launches in 2 files, 1 finding (1 note); 1 file without vLLM; 1 file without a\nlaunch\n"
    ran = doctor("check", ".")
    assert (ran.code, ran.out) == (0, NOTE + end)
    assert doctor("check", "--fail-on", "note", ".").code == 1


def test_what_is_ignored_excluded_or_nested_is_not_looked_at(doctor: Doctor) -> None:
    for name in ("c.log", "old/x.sh", "lib/x.sh"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(BROKEN)
    Path("lib/.git").mkdir()
    Path(".gitignore").write_text("*.log\n")
    Path("vllm-doctor.toml").write_text('exclude = ["old/"]\nignore = ["needless-flag"]\n')
    ran = doctor("check", ".")
    assert ran.code == 0
    assert ran.out.startswith("2 launches in 2 files, 1 ignored; ")
    assert ran.out.endswith("\nnot entered, being a repository of its own: lib\n")
    assert doctor("check", "old/x.sh").code == 1, "named, so it is looked at"
    assert doctor("check", "--force-exclude", "old/x.sh", "a.sh").code == 0
    assert doctor("check", "lib").code == 1


def test_a_file_is_looked_at_once(doctor: Doctor) -> None:
    ran = doctor("check", "--format", "json", "a.sh", ".", "a.sh", "deep/../a.sh", "deep")
    assert [one["file"] for one in ran.objects] == ["a.sh", "b.sh"]


def test_forms_for_machines_have_only_files_with_something_to_say(doctor: Doctor) -> None:
    assert [one["file"] for one in doctor("check", "--format", "json", ".").objects] == ["a.sh", "b.sh"]
    assert len(json.loads(doctor("check", "--format", "sarif", ".").out)["runs"][0]["results"]) == 1
    said = doctor("check", "--format", "github", ".").out.splitlines()
    assert said[0].startswith("::notice file=a.sh,line=1,endLine=1,col=18,endColumn=42,title=")
    assert not any(line.startswith("::") for line in said[1:])
    assert doctor("check", "--format", "markdown", ".").out.count("## `") == 1
    assert doctor("check", "--quiet", ".").out == "needless-flag\n"


def test_a_folder_is_mended(doctor: Doctor) -> None:
    ran = doctor("check", "--tidy", "--diff", ".")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "--- a/a.sh")
    assert "launches" not in ran.out
    assert doctor("check", "--tidy", "--fix", ".").code == 1
    assert Path("a.sh").read_text() == "vllm serve org/m\n"
    assert doctor("check", "--tidy", "--fix", ".").code == 0


def test_a_folder_without_anything(doctor: Doctor) -> None:
    Path("empty").mkdir()
    assert doctor("check", "empty").out == "no launch of vLLM was found\n"


def test_a_kind_that_is_not_read_and_another_encoding(doctor: Doctor) -> None:
    Path("x.zz").write_text(BROKEN)
    Path("latin.sh").write_bytes(b"# caf\xe9\n" + BROKEN.encode())
    Path("latin.txt").write_bytes(b"# caf\xe9 vllm\n")
    ran = doctor("check", ".")
    assert ran.code == 0
    assert "  note  latin.sh: is no UTF-8 text (byte 5), so it is not read\n" in ran.out
    assert "  note  x.zz: unread kind: line 1 starts vLLM, but .zz files are not read, so" in ran.out
    assert "latin.txt" not in ran.out
    assert "::notice file=x.zz,title=vllm-doctor::unread kind" in doctor("check", "--format", "github", ".").out


def test_a_named_file_that_is_no_text_stops_no_hook(doctor: Doctor) -> None:
    Path("latin.sh").write_bytes(b"echo caf\xe9\n")
    assert doctor("check", "latin.sh", "b.sh").code == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_nothing_is_waited_for(doctor: Doctor) -> None:
    os.mkfifo("deep/pipe")
    Path("deep/loop").symlink_to("..")
    assert doctor("check", ".").code == 0


SETTINGS = """\
[tool.vllm-doctor]
vllm-version = "0.24.0"
fail-on = "note"

[tool.vllm-doctor.severity]
needless-flag = "warning"
"""


def test_settings_and_options_before_them(doctor: Doctor) -> None:
    Path("pyproject.toml").write_text(SETTINGS)
    ran = doctor("check", "--format", "json", ".")
    launch = ran.objects[0]["launches"][0]
    assert (ran.code, launch["vllm_version"], launch["findings"][0]["severity"]) == (1, "0.24.0", "warning")
    assert doctor("check", "--fail-on", "error", ".").code == 0
    ran = doctor("check", "--vllm-version", "0.23.0", "--format", "json", "deep/../a.sh")
    assert ran.objects[0]["launches"][0]["vllm_version"] == "0.23.0"
    assert doctor("check", NEEDLESS).code == 1, "a command has the settings of the working folder"


@pytest.mark.parametrize(
    ("image", "release", "source"),
    [
        ("vllm/vllm-openai:v0.9.1", "0.9.1", "image"),
        ("vllm/vllm-openai:latest", "0.24.0", "pyproject.toml"),
        ("ours:1", "0.24.0", "pyproject.toml"),
    ],
)
def test_an_image_s_tag_says_more_than_the_settings(doctor: Doctor, image: str, release: str, source: str) -> None:
    Path("pyproject.toml").write_text(SETTINGS)
    Path("run.sh").write_text(f"docker run {image} vllm serve org/m\n")
    launch = doctor("check", "--format", "json", "run.sh").objects[0]["launches"][0]
    assert (launch["vllm_version"], launch["version_source"]) == (release, source)
    launch = doctor("check", "--vllm-version", "0.23.0", "--format", "json", "run.sh").objects[0]["launches"][0]
    assert (launch["vllm_version"], launch["version_source"]) == ("0.23.0", "given")


def test_wrong_settings_are_one_sentence(doctor: Doctor) -> None:
    Path("vllm-doctor.toml").write_text("fail-off = 1\n")
    for what in (".", "a.sh", NEEDLESS):
        ran = doctor("check", what)
        error = "error: vllm-doctor.toml:1: 'fail-off' is no setting. Did you mean fail-on?\n"
        assert (ran.code, ran.out, ran.err) == (2, "", error)


def test_an_id_of_the_settings_that_no_rule_has(doctor: Doctor) -> None:
    Path("vllm-doctor.toml").write_text('ignore = ["needless-flag", "neither"]\n')
    ran = doctor("check", ".")
    assert (ran.code, ran.err) == (0, "vllm-doctor: vllm-doctor.toml:1: there is no rule neither\n")


def test_a_baseline_lets_old_findings_be(doctor: Doctor) -> None:
    Path("old.sh").write_text(BROKEN)
    assert doctor("check", ".").code == 1
    ran = doctor("check", "--write-baseline", "known.json", ".")
    assert (ran.code, ran.out, ran.err) == (0, "", "vllm-doctor: known.json: 2 findings (2 new, 0 gone)\n")
    Path("old.sh").write_text(f"set -e\n\n{BROKEN}")
    ran = doctor("check", "--baseline", "known.json", ".")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("3 launches in 3 files, 2 in the baseline; ")
    assert doctor("check", "--baseline", "known.json", "--fix", "--tidy", ".").code == 0, "old ones are not mended"
    Path("new.sh").write_text(BROKEN)
    assert doctor("check", "--baseline", "known.json", ".").code == 1
    assert doctor("check", "--format", "json", "--baseline", "known.json", "old.sh").objects[0]["baselined"] == 1


def test_a_baseline_that_is_stale_is_told_and_written_anew(doctor: Doctor) -> None:
    doctor("check", "--write-baseline", "known.json", ".")
    Path("a.sh").write_text(GOOD)
    ran = doctor("check", "--baseline", "known.json", ".")
    assert ran.err == "vllm-doctor: known.json: 1 listed and there no more; --write-baseline takes them out\n"
    assert doctor("check", "--baseline", "known.json", "b.sh").err == "", "a file that was not looked at is not stale"
    ran = doctor("check", "--write-baseline", "known.json", ".")
    assert ran.err == "vllm-doctor: known.json: 0 findings (0 new, 1 gone)\n"


def test_one_baseline_at_a_time_and_a_true_one(doctor: Doctor) -> None:
    ran = doctor("check", "--baseline", "a.json", "--write-baseline", "b.json", ".")
    assert (ran.code, ran.err[:51]) == (2, "error: --baseline and --write-baseline are one too ")
    ran = doctor("check", "--baseline", "a.sh", ".")
    assert (ran.code, ran.err.splitlines()[0][:27]) == (2, "error: a.sh:1:1: is no JSON")


def test_no_secret_is_in_a_baseline(doctor: Doctor) -> None:
    Path("a.sh").write_text(NEEDLESS.strip() + " --api-key hunter2hunter2\n")
    doctor("check", "--write-baseline", "known.json", "a.sh")
    assert "hunter2" not in Path("known.json").read_text()
    first = Path("known.json").read_text()
    Path("a.sh").write_text(NEEDLESS.strip() + " --api-key an0ther-key\n")
    doctor("check", "--write-baseline", "known.json", "a.sh")
    assert Path("known.json").read_text() == first
