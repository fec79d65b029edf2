"""The hooks for pre-commit: which files they see, and the real pre-commit on a real repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
BROKEN = (
    "vllm serve OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym \\\n"
    "  --hf-config-path mistralai/Mistral-Small-3.1-24B-Instruct-2503\n"
)
MENDED = "vllm serve OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym\n"


def test_the_hooks_are_the_two_that_are_promised() -> None:
    assert [(hook["id"], hook["entry"]) for hook in HOOKS] == [
        ("vllm-doctor-check", "vllm-doctor check --force-exclude"),
        ("vllm-doctor-fix", "vllm-doctor check --fix --force-exclude"),
    ]


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("run.sh", True),
        ("jobs/serve.sbatch", True),
        ("compose.yaml", True),
        ("k8s/vllm.yml", True),
        ("Dockerfile", True),
        ("docker/Dockerfile.cuda", True),
        ("vllm.Dockerfile", True),
        ("vllm.service", True),
        ("quadlet/vllm.container", True),
        (".env", True),
        ("deploy/.env.prod", True),
        ("prod.env", True),
        ("bin/serve", True),
        ("README.md", False),
        ("src/main.py", False),
        ("model.safetensors", False),
    ],
)
def test_the_files_that_hooks_see(path: str, seen: bool) -> None:
    for hook in HOOKS:
        assert bool(re.search(hook["files"], path)) is seen


def _run(*words: object, cwd: Path, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    named = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    words = tuple(str(word) for word in words)
    return subprocess.run(
        words, cwd=cwd, env={**kept, **named, **more}, check=check, capture_output=True, text=True, errors="replace"
    )  # fmt: skip


def _committed(folder: Path) -> str:
    """The folder as a git repository with one commit; returns the commit."""
    _run("git", "init", "-q", cwd=folder)
    _run("git", "add", "-A", cwd=folder)
    _run("git", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "all", cwd=folder)
    return _run("git", "rev-parse", "HEAD", cwd=folder).stdout.strip()


def _copy(target: Path) -> str:
    """This checkout, without what git ignores, as a repository of its own; returns the commit."""
    listed = _run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so pre-commit cannot clone it")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return _committed(target)


@pytest.fixture(scope="module")
def pre_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real pre-commit, from the registry, in an environment of its own."""
    folder = tmp_path_factory.mktemp("pre-commit")
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    words = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "0", "pre-commit")
    ran = _run(scripts / Path(sys.executable).name, *words, cwd=folder, check=False)
    if ran.returncode:
        last = ran.stderr.strip().splitlines()[-1:] or ["pip said nothing"]
        pytest.skip(f"pre-commit cannot be installed from a registry here: {last[0]}")
    return scripts / "pre-commit"


@pytest.mark.network
def test_the_real_pre_commit(pre_commit: Path, tmp_path: Path) -> None:
    hooks, user = tmp_path / "hooks", tmp_path / "user"
    hooks.mkdir()
    user.mkdir()
    config = {"repos": [{"repo": str(hooks), "rev": _copy(hooks), "hooks": [{"id": hook["id"]} for hook in HOOKS]}]}
    (user / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (user / "run.sh").write_text(BROKEN)
    (user / "build.sh").write_text("make all\n")
    (user / "README.md").write_text(BROKEN)
    _committed(user)

    def hook(id_: str, *words: str) -> subprocess.CompletedProcess[str]:
        said = (pre_commit, "run", id_, "--all-files", *words)
        return _run(*said, cwd=user, check=False, PRE_COMMIT_HOME=str(tmp_path / "home"))

    checked = hook("vllm-doctor-check", "--verbose")
    assert "quant-config-not-loaded" in checked.stdout, checked.stdout + checked.stderr
    assert "build.sh" not in checked.stdout
    assert (user / "run.sh").read_text() == BROKEN

    fixed = hook("vllm-doctor-fix")
    assert fixed.returncode == 1, fixed.stdout + fixed.stderr
    assert (user / "run.sh").read_text() == MENDED
    assert (user / "README.md").read_text() == BROKEN
    assert hook("vllm-doctor-fix").returncode == 0
    assert hook("vllm-doctor-check").returncode == 0
