"""`vllm-doctor fit`: words, exit codes, forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Doctor

CONFIGS = json.loads((Path(__file__).parents[1] / "model" / "data" / "memory.json").read_text("utf-8"))["configs"]
KEYS = [
    "schema_version",
    "weights_gib",
    "activation_gib",
    "cuda_graph_gib",
    "overhead_gib",
    "kv_cache_gib",
    "budget_gib",
    "kv_cache_tokens",
    "fits",
    "margin_gib",
    "longest_max_model_len",
    "assumptions",
]


@pytest.fixture
def llama(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The config of Llama 3.1 8B in the working folder, and no cache."""
    monkeypatch.setenv("HF_HOME", str(Path.cwd() / "cache"))
    folder = Path("llama")
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIGS["llama-3.1-8b"]), "utf-8")
    return folder


@pytest.mark.usefixtures("llama")
def test_every_way_to_give_a_command(doctor: Doctor) -> None:
    words = ["vllm", "serve", "./llama", "--max-model-len", "8192"]
    ways = [
        doctor("fit", "--gpu", "A10", "--", *words),
        doctor("fit", "--gpu", "A10", " ".join(words)),
        doctor("fit", "--gpu", "A10", stdin=" ".join(words).encode()),
        doctor("--gpu", "A10", "fit", "-", stdin=" ".join(words).encode()),
    ]
    assert {way.out for way in ways} == {ways[0].out}
    assert {(way.code, way.err) for way in ways} == {(0, "")}
    assert "✓ It fits" in ways[0].out


@pytest.mark.usefixtures("llama")
def test_exit_codes(doctor: Doctor) -> None:
    assert doctor("fit", "--gpu", "H200", "vllm serve ./llama").code == 0
    assert doctor("fit", "--gpu", "A10", "vllm serve ./llama --max-model-len 28672").code == 0
    assert doctor("fit", "--gpu", "A10", "vllm serve ./llama").code == 1
    assert doctor("fit", "--gpu", "H200", "--gpus", "2", "vllm serve ./llama -tp 4").code == 1
    assert doctor("fit", "--gpu", "A10", "vllm serve org/model").code == 2
    assert doctor("fit", "--gpu", "A11", "vllm serve ./llama").code == 2
    assert doctor("fit", "vllm serve ./llama").code == 2
    assert doctor("fit", "--gpu", "A10", "--gpus", "0", "vllm serve ./llama").code == 2
    assert doctor("fit", "--gpu", "A10", "vllm serve ./llama", "vllm serve ./llama").code == 2


def test_json(doctor: Doctor, llama: Path) -> None:
    ran = doctor("fit", "--gpu", "24", "--vllm-version", "0.24.0", "--format", "json", "vllm serve ./llama")
    (data,) = ran.objects
    assert list(data)[: len(KEYS)] == KEYS
    assert (ran.code, data["fits"], data["gpu_total_gib"]) == (1, "no", 24)
    assert data["budget_gib"] == 22.08
    assert data["fixes"][0]["command"].startswith("vllm serve ./llama --max-model-len ")
    ran = doctor("fit", "--gpu", "A10", "--format", "json", "vllm serve org/model")
    (data,) = ran.objects
    assert (ran.code, data["fits"], data["weights_gib"]) == (2, "unknown", None)
    assert "--model-dir" in data["error"]["what"]
    ran = doctor("fit", "--gpu", "A10", "--model-dir", llama, "--format", "json", "vllm serve org/model")
    assert ran.objects[0]["weights_gib"] == pytest.approx(15.0)


@pytest.mark.usefixtures("llama")
def test_quiet_gives_the_command_that_fits(doctor: Doctor) -> None:
    ran = doctor("fit", "--gpu", "A10", "--vllm-version", "0.24.0", "-q", "vllm serve ./llama")
    assert ran.out == "vllm serve ./llama --max-model-len 36608\n"
    again = doctor("fit", "--gpu", "A10", "--vllm-version", "0.24.0", "-q", ran.out.strip())
    assert (again.code, again.out) == (0, "tight\n")


@pytest.mark.usefixtures("llama")
def test_streams_that_encode_little_and_chinese(doctor: Doctor) -> None:
    assert "x It does not fit" in doctor("fit", "--gpu", "A10", "vllm serve ./llama", encoding="ascii").out
    assert "放不下" in doctor("fit", "--gpu", "A10", "--lang", "zh", "vllm serve ./llama").out


def test_no_network_unless_asked(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(name: str, revision: str = "main") -> None:
        asked.append((name, revision))
        raise InputError("cannot be reached on the Hub", name)

    from vllm_doctor.errors import InputError
    from vllm_doctor.model import hub

    monkeypatch.setattr(hub, "fetch_config", fetch)
    monkeypatch.setenv("HF_HOME", "nothing")
    doctor("fit", "--gpu", "A10", "vllm serve org/model")
    doctor("check", "--gpu", "A10", "vllm serve org/model")
    assert asked == []
    ran = doctor("fit", "--gpu", "A10", "--hub", "vllm serve org/model --revision v2")
    assert asked == [("org/model", "v2")]
    assert (ran.code, "cannot be reached" in ran.out) == (2, True)
    ran = doctor("check", "--gpu", "A10", "--hub", "vllm serve org/model")
    assert (ran.code, "cannot be reached" in ran.out) == (0, True)
