"""What the docs say is what there is."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from vllm_doctor.engine import catalogue, trial

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/design.md", "docs/rule-format.md", "docs/repositories.md"]


@pytest.fixture(scope="module")
def make_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def _blocks(page: str, language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", _text(page), re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(body) for _, body in found]


def test_generated_docs_are_fresh(make_docs: ModuleType) -> None:
    stale = [path.name for path, text in make_docs.pages_made().items() if path.read_text("utf-8") != text]
    assert stale == [], "run python tools/make_docs.py"


def test_the_outputs_in_the_readme_are_compared(make_docs: ModuleType) -> None:
    """Each console block is one that make_docs runs, so a stale output cannot hide."""
    assert len(make_docs._CONSOLE.findall(_text("README.md"))) == _text("README.md").count("```console") >= 4
    assert "bug of vllm-doctor" not in make_docs.readme()


def test_rules_and_their_page_are_the_same_set() -> None:
    listed = re.findall(r"^### (\S+)$", _text("docs/rules.md"), re.MULTILINE)
    assert sorted(listed) == sorted(catalogue.load().rules)


@pytest.mark.parametrize("page", PAGES)
def test_paths_named_in_the_docs_exist(page: str) -> None:
    named = re.findall(
        r"`((?:vllm_doctor|tests|rules|fixtures|tools|docs|examples|benchmarks|\.ci)/[\w./-]+)`", _text(page)
    )
    missing = [name for name in named if not (ROOT / name.rstrip("/")).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: str) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", _text(page))
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_the_two_commands_of_the_readme_are_those_of_ci() -> None:
    one, tests = [block.strip() for block in _blocks("README.md", "sh") if block.startswith("python3 -m venv")]
    assert one.endswith(" && .venv/bin/vllm-doctor examples/kv-cache-too-small.log")
    assert tests.endswith(" && .venv/bin/pytest -q")
    ci = _text(".ci/run")
    assert "-e '.[dev]'" in ci
    assert "-e '.[dev]'" in tests
    assert "pytest -q" in ci
    assert "vllm-doctor examples/kv-cache-too-small.log" in ci


def test_the_library_as_the_readme_uses_it(tmp_path: Path) -> None:
    (tmp_path / "crash.log").write_bytes((ROOT / "examples" / "kv-cache-too-small.log").read_bytes())
    (code,) = _blocks("README.md", "python")
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    first, second = ran.stdout.splitlines()
    assert first.startswith("kv-cache-too-small {")
    assert second == "('org/model', '--tensor-parallel-size', '1') ['needless-flag']"


def test_the_rule_of_contributing_is_all_right(tmp_path: Path) -> None:
    (rule,) = _blocks("CONTRIBUTING.md", "yaml")
    (tmp_path / "port-taken.yaml").write_text(rule, "utf-8")
    shipped = catalogue.load()
    (read,) = catalogue.read_folder(tmp_path, shipped.causes)
    together = catalogue.Catalogue({read.id: read}, shipped.causes)
    assert list(trial.problems(read, together)) == []


def test_the_settings_in_the_docs_are_settings() -> None:
    """Every key that there is, and no other."""
    from vllm_doctor.repo.settings_table import _KEYS, settings_of_shared_file
    from vllm_doctor.repo.toml_file import read_toml

    (block,) = _blocks("docs/repositories.md", "toml")
    assert settings_of_shared_file(block.encode(), "pyproject.toml", ".")
    assert set(read_toml(block.encode(), "x")[0]["tool"]["vllm-doctor"]) == set(_KEYS)
