"""What stands in a model's folder, and the sums of its safetensors headers."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.model.fields import Fields
from vllm_doctor.model.jsonfile import is_inside, read_json
from vllm_doctor.model.safetensors import MAX_SHARDS, add_up, read_header
from vllm_doctor.model.shape import Files, Tensors

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NAMES = 10_000
_TOKENIZERS = (
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
    "tekken.json",
    "tiktoken.model",
    "spiece.model",
)


def read_files(folder: Path, root: Path, layers: int, tied: bool) -> Files:
    """The names in a model folder and what its headers add up to.

    A broken header or index is no error here: the weights are then not known (`tensors` is None).
    """
    names = tuple(sorted(_listed(folder)))
    shards = [name for name in names if name.endswith(".safetensors") and not name.startswith("consolidated")]
    native = [name for name in names if name.startswith("consolidated") and name.endswith(".safetensors")]
    wanted = _indexed(folder, root)
    return Files(
        names=names,
        tensors=_tensors(
            folder, root, [name for name in wanted if name in names] or shards or native, layers, tied
        )
        if not wanted or set(wanted) <= set(names)
        else None,
        safetensors=bool(shards or native),
        other_weights=any(name.endswith((".bin", ".pt", ".pth", ".gguf")) for name in names),
        mistral_params="params.json" in names,
        mistral_weights=bool(native),
        tokenizer=tuple(name for name in _TOKENIZERS if name in names or _versioned(name, names)),
        chat_template=_has_template(folder, root, names),
        missing_shards=tuple(name for name in wanted if name not in names),
        adapter="adapter_config.json" in names,
    )


def _listed(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice(entries, MAX_NAMES)]
    except OSError as error:
        raise InputError(f"cannot be listed ({error.strerror or 'unknown error'})", str(folder)) from error


def _versioned(name: str, names: Iterable[str]) -> bool:
    """Mistral's tokenizer.model has its version behind it ("tokenizer.model.v3")."""
    return name == "tokenizer.model" and any(other.startswith("tokenizer.model.v") for other in names)


def _indexed(folder: Path, root: Path) -> tuple[str, ...]:
    """The shards that the index names, in order, each a plain name in the folder."""
    name = "model.safetensors.index.json"
    if not is_inside(folder / name, root):
        return ()
    try:
        shards = Fields(read_json(folder / name, root), name).section("weight_map").data.values()
    except InputError:
        return ()
    plain = {shard for shard in shards if isinstance(shard, str) and Path(shard).name == shard}
    return tuple(sorted(plain)[:MAX_SHARDS])


def _tensors(folder: Path, root: Path, shards: list[str], layers: int, tied: bool) -> Tensors | None:
    if not shards:
        return None
    try:
        return add_up(
            (tensor for shard in shards[:MAX_SHARDS] for tensor in read_header(folder / shard, root)),
            layers,
            tied,
        )
    except InputError:
        return None


def _has_template(folder: Path, root: Path, names: tuple[str, ...]) -> bool:
    """Whether the model brings a chat template: a file of its own, or a key of tokenizer_config.json."""
    if "chat_template.jinja" in names or "chat_template.json" in names:
        return True
    if "tokenizer_config.json" not in names:
        return False
    try:
        return read_json(folder / "tokenizer_config.json", root).get("chat_template") is not None
    except InputError:
        return False
