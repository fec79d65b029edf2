"""What a project asks of vLLM, by the files beside a launch."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.repo.pins import Pin, _of_poetry, pin_in, pin_of

LOCK = '[[package]]\nname = "torch"\nversion = "2.6.0"\n\n[[package]]\nname = "vllm"\nversion = "0.8.5"\nsource = { registry = "x" }\n'


def _pin(folder: Path, **files: str) -> Pin | None:
    for name, text in files.items():
        (folder / name.replace("__", ".").replace("_", "-")).write_text(text)
    return pin_of(folder / "serve.sh")


@pytest.mark.parametrize(
    ("line", "specifier"),
    [
        ("vllm==0.8.5", "==0.8.5"),
        ("  VLLM == 0.8.5  # pinned", "== 0.8.5"),
        ("vllm[audio,video]>=0.8,<0.9; python_version > '3.9'", ">=0.8,<0.9"),
        ("vllm==0.8.5 \\\n    --hash=sha256:00", "==0.8.5"),
        ("vllm~=0.8.4", "~=0.8.4"),
        ("vllm==0.8.*", "==0.8.*"),
        ("vllm==0.8.5+cu118", "==0.8.5+cu118"),
        ("vllm", None),
        ("vllm-flash-attn==2.6.1", None),
        ("vllm @ https://wheels.example/vllm-0.8.5.whl", None),
        ("# vllm==0.8.5", None),
        ("vllm==oops!", None),
        ("-r other.txt", None),
    ],
)
def test_a_line_of_a_requirement_file(tmp_path: Path, line: str, specifier: str | None) -> None:
    found = _pin(tmp_path, requirements__txt=f"torch==2.6.0\n{line}\n")
    assert (found and found.specifier) == specifier


@pytest.mark.parametrize(
    ("text", "specifier"),
    [
        ('[project]\ndependencies = ["torch", "vllm==0.8.5"]\n', "==0.8.5"),
        ('[project.optional-dependencies]\nserve = ["vllm>=0.9"]\n', ">=0.9"),
        ('[dependency-groups]\nserve = [{include-group = "x"}, "vllm<0.10"]\n', "<0.10"),
        ('[tool.poetry.dependencies]\nvllm = "^0.8.4"\n', ">=0.8.4,<0.9"),
        ('[tool.poetry.group.gpu.dependencies]\nvllm = {version = "0.8.5", extras = ["audio"]}\n', "==0.8.5"),
        ('[tool.other]\nvllm = "0.8.5"\n', None),
        ('[project]\ndependencies = "vllm==0.8.5"\n', None),
        ("[project\nvllm", None),
    ],
)
def test_a_project_file(tmp_path: Path, text: str, specifier: str | None) -> None:
    found = _pin(tmp_path, pyproject__toml=text)
    assert (found and found.specifier) == specifier


def test_a_lock_file_says_it_more_exactly_than_what_it_was_made_from(tmp_path: Path) -> None:
    project = '[project]\ndependencies = ["vllm>=0.8"]\n'
    assert _pin(tmp_path, pyproject__toml=project, uv__lock=LOCK) == Pin("==0.8.5", "uv.lock")
    (tmp_path / "uv.lock").unlink()
    assert _pin(tmp_path, poetry__lock=LOCK.replace("\n", "\r\n")) == Pin("==0.8.5", "poetry.lock")


def test_files_that_contradict_each_other_say_nothing(tmp_path: Path) -> None:
    assert _pin(tmp_path, requirements__txt="vllm==0.8.5", requirements_amd__txt="vllm==0.9.2") is None


def test_an_exact_word_that_the_others_admit_holds(tmp_path: Path) -> None:
    found = _pin(tmp_path, requirements__txt="vllm>=0.8", constraints__txt="vllm==0.8.5")
    assert found == Pin("==0.8.5", "constraints.txt")


def test_the_nearest_folder_counts_up_to_the_repositorys_root(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "deploy" / "gpu"
    inner.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("vllm==0.1.0")
    assert pin_of(inner / "serve.sh") is None  # no repository: the folder alone
    (tmp_path / "repo" / ".git").mkdir()
    assert pin_of(inner / "serve.sh") is None  # never above its root
    (tmp_path / "repo" / "requirements.txt").write_text("vllm==0.8.5")
    assert pin_of(inner / "serve.sh") == Pin("==0.8.5", "../../requirements.txt")
    (inner / "requirements-serve.txt").write_text("vllm==0.9.2")
    assert pin_of(inner / "serve.sh") == Pin("==0.9.2", "requirements-serve.txt")


def test_links_and_large_files_are_not_read(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("vllm==0.8.5")
    (inside / "requirements.txt").symlink_to(tmp_path / "secret.txt")
    assert pin_of(inside / "serve.sh") is None
    (inside / "constraints.txt").write_text("vllm==0.8.5\n" + "#" * (4 << 20))
    assert pin_of(inside / "serve.sh") is None
    assert pin_of(tmp_path / "no" / "such" / "serve.sh") is None


@pytest.mark.parametrize(
    ("version", "specifier"),
    [
        ("^0.8.5", ">=0.8.5,<0.9"),
        ("~0.8.5", ">=0.8.5,<0.9"),
        ("^1.2", ">=1.2,<2"),
        ("0.8.5", "==0.8.5"),
        (">=0.8", ">=0.8"),
        ("*", "*"),
    ],
)
def test_poetrys_words(version: str, specifier: str) -> None:
    assert _of_poetry(version) == specifier


@given(st.binary(max_size=300), st.sampled_from(["requirements.txt", "pyproject.toml", "uv.lock"]))
def test_any_bytes_are_borne(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / name).write_bytes(b"vllm==" + data)
    pin_of(folder / "serve.sh")


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("pip install vllm==0.8.5\nvllm serve m", "0.8.5"),
        ("RUN uv pip install --system 'vllm[audio]==0.8.5' torch && vllm serve m", "0.8.5"),
        ("python3 -m pip install -U \\\n  torch \\\n  vllm==0.8.5.post1\n", "0.8.5.post1"),
        ("pip install vllm==v0.8.5", "0.8.5"),
        ("pip install vllm==0.8.5; pip install vllm==0.8.5", "0.8.5"),
        ("pip install vllm==0.8.5\npip install vllm==0.9.2", None),
        ("# pip install vllm==0.8.5\nvllm serve m", None),
        ("pip install vllm>=0.8.5", None),
        ("pip install vllm==0.8.*", None),
        ("pip install vllm==$VERSION", None),
        ("pip install torch; echo vllm==0.8.5", None),
        ("pip install vllm-flash-attn==2.6 other-vllm==0.1", None),
        ("vllm serve m", None),
    ],
)
def test_what_a_text_installs(text: str, release: str | None) -> None:
    assert pin_in(text) == (Pin(f"=={release}", "pip install") if release else None)
