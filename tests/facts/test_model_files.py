from __future__ import annotations

import json
from pathlib import Path

import pytest

from vllm_doctor.facts.model_files import of_files
from vllm_doctor.finding import Figure
from vllm_doctor.model.files import read_files

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 34341888\n"


def safetensors(cut: int = 0) -> bytes:
    """A file of one tensor of four bytes; `cut` bytes are missing at its end."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    whole = len(header).to_bytes(8, "little") + header + bytes(4)
    return whole[: len(whole) - cut]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = tmp_path / "heron-8b"
    model.mkdir()
    (model / "config.json").write_text("{}")
    return model


def seen(folder: Path, **known: Figure) -> dict[str, Figure]:
    facts = {"model.name": str(folder)} | {name.replace("__", "."): value for name, value in known.items()}
    return {fact.name: fact.value for fact in of_files(facts, read_files(folder, folder, 0, False), None, inside=False)}


def test_a_folder_without_weights(folder: Path) -> None:
    facts = seen(folder)
    assert facts["weights.absent"] is True
    assert facts["weights.only_other_kind"] is False
    assert facts["tokenizer.absent"] is True


def test_weights_of_another_kind_than_asked_for(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(b"PK")
    assert seen(folder)["weights.absent"] is False
    facts = seen(folder, args__load_format="safetensors")
    assert (facts["weights.absent"], facts["weights.only_other_kind"]) == (True, True)


def test_a_load_format_that_reads_elsewhere_says_nothing(folder: Path) -> None:
    assert "weights.absent" not in seen(folder, args__load_format="dummy")


def test_missing_shards_are_named(folder: Path) -> None:
    (folder / "model-00001-of-00002.safetensors").write_bytes(safetensors())
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shards}))
    assert seen(folder)["weights.missing_files"] == "model-00002-of-00002.safetensors"


@pytest.mark.parametrize(("name", "content"), [("model.safetensors", POINTER), ("pytorch_model.bin", POINTER)])
def test_a_pointer(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    facts = seen(folder)
    assert (facts["weights.broken_file"], facts["weights.is_pointer"]) == (name, True)


def test_only_what_is_read_counts(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_text(POINTER)
    (folder / "consolidated.safetensors").write_text(POINTER)
    assert seen(folder)["weights.broken_file"] == "consolidated.safetensors"
    (folder / "model.safetensors").write_bytes(safetensors())
    assert "weights.broken_file" not in seen(folder)


def test_a_pointer_in_the_place_of_the_tokenizer(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(safetensors())
    (folder / "tokenizer.json").write_text(POINTER)
    facts = seen(folder)
    assert facts["tokenizer.broken_file"] == "tokenizer.json"
    assert "weights.broken_file" not in facts


def test_a_truncated_file(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(safetensors(cut=1))
    facts = seen(folder)
    assert (facts["weights.broken_file"], facts["weights.is_pointer"]) == ("model.safetensors", False)


def test_a_whole_file(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(safetensors())
    (folder / "tokenizer.json").write_text("{}")
    facts = seen(folder)
    assert "weights.broken_file" not in facts
    assert facts["tokenizer.absent"] is False


def test_an_adapter(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("{}")
    assert seen(folder)["weights.is_adapter"] is True


def named(model: str, inside: bool = False, **known: Figure) -> dict[str, Figure]:
    facts = {"model.name": model} | {name.replace("__", "."): value for name, value in known.items()}
    return {fact.name: fact.value for fact in of_files(facts, None, None, inside=inside)}


def test_a_path_beside_other_models(folder: Path) -> None:
    facts = named(f"{folder.parent}/heron-8")
    assert facts["hub.missing_path"] == f"{folder.parent}/heron-8"
    assert facts["hub.nearest_path"] == f"{folder.parent}/heron-8b"
    assert "hub.nearest_path" not in named(f"{folder.parent}/swift")


@pytest.mark.parametrize("model", ["./x.gguf", "./heron-8", "../heron-8", "..."])
def test_a_relative_path_is_for_the_servers_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.chdir(folder.parent)
    assert "hub.missing_path" not in named(model)


def test_a_path_of_another_machine_or_container_says_nothing(folder: Path, tmp_path: Path) -> None:
    assert named(f"{tmp_path}/no/such/heron") == {}
    assert named(f"{folder.parent}/heron-8", inside=True) == {}
    assert named("~nobody-of-this-name/heron") == {}


def test_the_cache_that_the_launch_reads(tmp_path: Path) -> None:
    snapshot = tmp_path / "hub/models--acme--heron/snapshots/0a"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    assert named("acme/heron", env__HF_HOME=str(tmp_path))["hub.cached"] is True
    assert named("acme/heron", env__HF_HOME=str(tmp_path / "else"))["hub.cached"] is False
