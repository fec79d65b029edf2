"""What the docs say is what there is."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _made() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages_made()


def test_generated_docs_are_fresh() -> None:
    stale = [path.name for path, text in _made().items() if path.read_text("utf-8") != text]
    assert stale == [], "run python tools/make_docs.py"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/design.md", "docs/rule-format.md"])
def test_paths_named_in_the_docs_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:vllm_doctor|tests|rules|fixtures|tools|docs|examples|benchmarks|\.ci)/[\w./-]+)`", text)
    missing = [name for name in named if not (ROOT / name.rstrip("/")).exists()]
    assert missing == []


def test_the_two_commands_of_the_readme_are_those_of_ci() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "pytest -q" in readme
    assert "pytest -q" in ci
    assert "examples/kv-cache-too-small.log" in readme
