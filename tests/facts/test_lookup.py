"""Where a model's config is looked up, and where it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.facts.test_sum import CONFIGS, facts_of
from vllm_doctor.errors import InputError
from vllm_doctor.facts.lookup import Lookup
from vllm_doctor.model import hub
from vllm_doctor.model.config import from_dict


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder that holds the caches, too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def write(folder: Path, model: str = "llama-3.1-8b") -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIGS[model]), "utf-8")
    return folder


def test_a_path_is_read_only_where_a_user_named_it(nowhere: Path) -> None:
    write(nowhere / "llama")
    facts = facts_of(f"vllm serve {nowhere / 'llama'}")
    assert Lookup().config(facts, trusted=True)
    assert Lookup().config(facts, trusted=False) is None
    assert list(Lookup(gpu="A10").of_log(facts, ("0.24.0",), trusted=False)) == []


def test_a_cached_repo_is_found_for_both(nowhere: Path) -> None:
    snapshot = nowhere / "cache" / "hub" / "models--org--llama" / "snapshots" / "abc"
    write(snapshot)
    facts = facts_of("vllm serve org/llama")
    assert Lookup().config(facts, trusted=True)
    found = {fact.name for fact in Lookup().of_log(facts, ("0.24.0",), trusted=False)}
    assert {"fit.weights_gib", "fit.kv_needed_gib"} <= found


def test_what_was_foretold_is_reckoned_once(nowhere: Path) -> None:
    write(nowhere / "llama")
    lookup, facts = Lookup(gpu="A10"), facts_of("vllm serve ./llama")
    first = lookup.of_launch(facts, ("0.24.0",))
    assert "fit.kv_too_small" in {fact.name for fact in first}
    assert lookup.of_launch(facts_of("vllm serve ./llama"), ("0.24.0",)) is first
    other = lookup.of_launch(facts_of("vllm serve ./llama --max-model-len 8192"), ("0.24.0",))
    assert "fit.kv_too_small" not in {fact.name for fact in other}


def test_without_a_gpu_nothing_is_reckoned(nowhere: Path) -> None:
    write(nowhere / "llama")
    found = {fact.name for fact in Lookup().of_launch(facts_of("vllm serve ./llama"), ("0.24.0",))}
    assert "model.quant_method" in found
    assert not any(name.startswith("fit.") for name in found)


def test_a_draft_model_beside(nowhere: Path) -> None:
    write(nowhere / "llama")
    write(nowhere / "draft", "qwen3-8b")
    words = """vllm serve ./llama --speculative-config '{"model": "./draft"}'"""
    lookup, card = Lookup(gpu="H200"), Lookup(gpu="H200").card()
    assert card
    config = lookup.config(facts_of(words), trusted=True)
    assert config
    both = lookup.sum_of(facts_of(words), config, card, ("0.24.0",)).memory
    alone = lookup.sum_of(facts_of("vllm serve ./llama"), config, card, ("0.24.0",)).memory
    assert both.weights_gib - alone.weights_gib == pytest.approx(15.25, abs=0.1)
    assert both.kv_needed_gib > alone.kv_needed_gib


def test_the_hub_is_asked_once_and_its_silence_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fetch(name: str, revision: str) -> object:
        asked.append(name)
        if name == "org/gone":
            raise InputError("is not on the Hub at revision main", name)
        return from_dict(CONFIGS["phi-4"])

    monkeypatch.setattr(hub, "fetch_config", fetch)
    lookup = Lookup(hub=True)
    for _ in range(2):
        assert lookup.config(facts_of("vllm serve org/phi"), trusted=True)
        assert lookup.config(facts_of("vllm serve org/gone"), trusted=True) is None
        assert lookup.config(facts_of("vllm serve ./nothing"), trusted=True) is None
    assert asked == ["org/phi", "org/gone"]
    assert lookup.notes == ["org/gone: is not on the Hub at revision main"]
