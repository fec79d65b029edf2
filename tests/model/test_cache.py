from pathlib import Path

import pytest

from vllm_doctor.model.cache import find_cached, hub_cache, is_repo_id


def snapshot(root: Path, commit: str) -> Path:
    path = root / "models--org--m" / "snapshots" / commit
    path.mkdir(parents=True)
    (path / "config.json").write_text("{}", encoding="utf-8")
    return path


def test_the_ref_names_the_snapshot(tmp_path: Path) -> None:
    snapshot(tmp_path, "old")
    new = snapshot(tmp_path, "new")
    refs = tmp_path / "models--org--m" / "refs"
    refs.mkdir()
    (refs / "main").write_text("new\n", encoding="utf-8")
    env = {"HF_HUB_CACHE": str(tmp_path)}
    assert find_cached("org/m", env) == new
    assert find_cached("org/m", env, "old") == tmp_path / "models--org--m" / "snapshots" / "old"
    (refs / "main").write_text("../../..", encoding="utf-8")
    assert find_cached("org/m", env) is None
    assert find_cached("org/other", env) is None


def test_places_by_environment(tmp_path: Path) -> None:
    assert hub_cache({"HF_HOME": "/h"}) == Path("/h/hub")
    assert hub_cache({"HF_HOME": "/h", "HF_HUB_CACHE": "/c"}) == Path("/c")
    assert hub_cache({"HOME": "/u"}) == Path("/u/.cache/huggingface/hub")
    scope = tmp_path / "models" / "org" / "m___5"
    scope.mkdir(parents=True)
    (scope / "config.json").write_text("{}", encoding="utf-8")
    env = {"MODELSCOPE_CACHE": str(tmp_path), "HF_HOME": str(tmp_path / "none")}
    assert find_cached("org/m.5", env) == scope


@pytest.mark.parametrize("text", ["../x", "/etc", "a/b/c", "", "a--b/c", "a/..", "~/x", "a\n"])
def test_paths_are_no_ids(text: str) -> None:
    assert not is_repo_id(text)
    assert find_cached(text, {"HF_HUB_CACHE": "/"}) is None
