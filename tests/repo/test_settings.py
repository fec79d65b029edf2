"""What a repository says of how it is checked, and what is said of it when it is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vllm_doctor.errors import InputError
from vllm_doctor.repo.settings import Settings, SettingsFinder
from vllm_doctor.repo.toml_file import line_of

WHOLE = """\
[tool.vllm-doctor]
vllm-version = "0.24.0"
gpu = "A10"
rules = ["checks"]
exclude = ["/old/", "*.md"]
fail-on = "warning"

[tool.vllm-doctor.ignore]
"examples/" = ["floating-tag"]
"*.sh" = ["needless-flag", "duplicate-flag"]

[tool.vllm-doctor.severity]
floating-tag = "error"
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, "utf-8")


def test_every_key() -> None:
    _write("pyproject.toml", WHOLE)
    found = SettingsFinder().of("a.sh")
    assert (found.vllm_version, found.gpu, found.fail_on) == ("0.24.0", "A10", "warning")
    assert found.file == "pyproject.toml"
    assert found.rules == (Path("checks").absolute(),)
    assert found.severity == {"floating-tag": "error"}
    assert found.ignored("a.sh") == {"needless-flag", "duplicate-flag"}
    assert found.ignored("examples/deep/a.yaml") == {"floating-tag"}
    assert (found.ignored(""), found.ignored("../a.sh")) == (frozenset(), frozenset())
    assert [found.excludes(name) for name in ("old/a.sh", "deep/old/a.sh", "deep/x.md")] == [True, False, True]
    assert found.excludes("old", folder=True)
    assert found.named["floating-tag"] == "pyproject.toml:13"
    assert found.named["duplicate-flag"] == "pyproject.toml:10"


def test_own_file_before_the_shared_one_and_a_number_of_gib() -> None:
    _write("pyproject.toml", WHOLE)
    _write("vllm-doctor.toml", 'gpu = 24\nignore = ["floating-tag"]\n')
    found = SettingsFinder().of("deep/a.sh")
    assert (found.gpu, found.vllm_version, found.ignored("")) == ("24", None, {"floating-tag"})


def test_the_nearest_counts_up_to_the_top_of_the_repository() -> None:
    _write("vllm-doctor.toml", 'gpu = "outside"\n')
    _write("repo/.git/HEAD", "")
    _write("repo/a/vllm-doctor.toml", 'gpu = "a"\n')
    _write("repo/b/deep/x.sh", "")
    _write("repo/b/pyproject.toml", "[project]\nname = 'vllm-doctor'\n")
    finder = SettingsFinder()
    assert [finder.of(name).gpu for name in ("x.sh", "repo/a/deep/x.sh", "repo/b/deep/x.sh")] == ["outside", "a", None]
    _write("repo/pyproject.toml", '[tool.vllm-doctor]\ngpu = "top"\n')
    assert SettingsFinder().of("repo/b/deep/x.sh").gpu == "top"


def test_without_a_repository_nothing_above_the_working_folder_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    _write("vllm-doctor.toml", 'gpu = "above"\n')
    Path("here/deep").mkdir(parents=True)
    monkeypatch.chdir("here")
    finder = SettingsFinder()
    assert finder.of("deep/x.sh") == finder.of("../other/x.sh") == Settings()
    assert finder.of("../x.sh").gpu == "above"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("gpu = 'A10'\nfail_on = 'note'\n", "vllm-doctor.toml:2: 'fail_on' is no setting. Did you mean fail-on?"),
        (
            "zzz = 1",
            "vllm-doctor.toml:1: 'zzz' is no setting. "
            "Keys: exclude, fail-on, gpu, ignore, rules, severity, vllm-version.",
        ),
        (
            "[tool.vllm-doctor]\ngpu = 'A10'",
            "vllm-doctor.toml:1: the keys of vllm-doctor.toml stand at its top, without [tool.vllm-doctor]",
        ),
        (
            "\nvllm-version = 0.10\n",
            'vllm-doctor.toml:2: vllm-version must be a string, as in vllm-version = "0.24.0"',
        ),
        (
            "vllm-version = '>=0.8'",
            'vllm-doctor.toml:1: vllm-version must be one release, as in vllm-version = "0.24.0"',
        ),
        ("gpu = true", 'vllm-doctor.toml:1: gpu must be a string, as in gpu = "A10"'),
        ("fail-on = 'never'", "vllm-doctor.toml:1: fail-on must be one of error, warning, note"),
        ("rules = 'x'", "vllm-doctor.toml:1: rules must be a list of strings"),
        ("ignore = [1]", "vllm-doctor.toml:1: ignore must be a list of strings"),
        ("[ignore]\n'*.sh' = 'x'", "vllm-doctor.toml:2: ignore for '*.sh' must be a list of strings"),
        (
            "\n[severity]\na = 'note'\nb = 'off'",
            "vllm-doctor.toml:4: the severity of b must be one of error, warning, note",
        ),
        ("severity = 'x'", 'vllm-doctor.toml:1: severity must be a table, as in severity = { floating-tag = "error" }'),
        ("gpu =", "vllm-doctor.toml:1: is no TOML: Invalid value"),
        ("a = " + "[" * 5000, "vllm-doctor.toml: is nested too deeply"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, error: str) -> None:
    _write("vllm-doctor.toml", text)
    with pytest.raises(InputError) as caught:
        SettingsFinder().of()
    assert str(caught.value) == error


def test_a_table_that_is_none() -> None:
    _write("pyproject.toml", "[project]\nname = 'x'\n[tool]\nvllm-doctor = 1\n")
    with pytest.raises(InputError, match=r"^pyproject.toml:4: tool.vllm-doctor must be a table$"):
        SettingsFinder().of()


def test_bytes_that_are_no_text() -> None:
    Path("vllm-doctor.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(InputError, match=r"^vllm-doctor.toml: is no UTF-8 text \(byte 5\)"):
        SettingsFinder().of()


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ('[tool."vllm-doctor"]\n\n  gpu = 1\n', ("tool", "vllm-doctor", "gpu"), 3),
        ("tool.vllm-doctor.gpu = 1", ("tool", "vllm-doctor", "gpu"), 1),
        ("\n[tool]\nvllm-doctor = { gpu = 1 }", ("tool", "vllm-doctor", "gpu"), 3),
        ("[other]\ngpu = 1\n[ tool . vllm-doctor ]\nignore.'a b' = 1", ("tool", "vllm-doctor", "ignore", "a b"), 4),
        ("x = 1", ("y",), 1),
    ],
)
def test_the_line_of_a_key(text: str, path: tuple[str, ...], line: int) -> None:
    assert line_of(text, path) == line


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.sampled_from(["", "gpu = ", "ignore = ", "[severity]\n", "exclude = ['"]))
def test_any_text_gives_settings_or_one_sentence(text: str, before: str) -> None:
    Path("vllm-doctor.toml").write_bytes((before + text).encode("utf-8", "surrogatepass"))
    where = "vllm-doctor.toml"
    try:
        SettingsFinder().of()
    except InputError as error:
        where = error.where
    assert where.startswith("vllm-doctor.toml")


def test_no_toml_is_read_where_no_file_speaks_of_us() -> None:
    _write("pyproject.toml", "this is no TOML")
    code = (
        "import sys; from vllm_doctor.repo.settings import SettingsFinder; SettingsFinder().of(); "
        "print([name for name in sys.modules if 'toml' in name])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
