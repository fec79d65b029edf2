"""What stands where a launch looks for its model: only asked for a launch that the user gave."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.facts import checkpoint, hub
from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.model.cache import find_cached, is_repo_id
from vllm_doctor.model.jsonfile import is_inside, root_of
from vllm_doctor.model.safetensors import read_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vllm_doctor.finding import Figure
    from vllm_doctor.model.shape import Files

MISSING_PATH = declare("hub.missing_path", "text", "the model's path, where there is nothing")
NEAREST = declare("hub.nearest_path", "text", "a model's folder beside it of nearly that name")
CACHED = declare("hub.cached", "flag", "whether this machine's cache has the repo")

_PATTERNS = {
    "": (".safetensors", ".bin", ".pt", ".gguf"),
    "auto": (".safetensors", ".bin", ".pt", ".gguf"),
    "hf": (".safetensors", ".bin", ".pt"),
    "safetensors": (".safetensors",),
    "fastsafetensors": (".safetensors",),
    "pt": (".pt",),
    "npcache": (".bin",),
}
"""What each load format reads (`_prepare_weights`, vllm/model_executor/model_loader/default_loader.py, 0.9.0 to
0.33.0; loader.py, 0.4.1 to 0.8.5)."""
_POINTER = b"version https://git-lfs"
_CONFIGS = ("config.json", "params.json")
_LOOK_AT = 400
_MAX_NEIGHBOURS = 1000


def of_files(known: Mapping[str, Figure], files: Files | None, folder: Path | None, inside: bool) -> Iterator[Fact]:
    """What is missing or broken where a launch looks for its model.

    `known` are the launch's own facts; `files` those of the folder that the user gave, or of the model's path.
    `inside` a container, other paths and caches count than this machine's.
    """
    model = str(known.get("model.name") or "")
    if folder is None and Path(model).is_dir():
        folder = Path(model)
    if files and files.names and folder is not None:
        yield from _of_folder(folder, files, str(known.get("args.load_format") or "").lower())
    elif model and not inside:
        given = {name[4:]: str(value) for name, value in known.items() if name.startswith("env.")}
        yield from _of_name(model, {**os.environ, **given})


def _of_folder(folder: Path, files: Files, load_format: str) -> Iterator[Fact]:
    wanted = _PATTERNS.get(load_format)
    if wanted is not None:
        present = [name for name in files.names if name.endswith(wanted)]
        yield Fact(checkpoint.ABSENT, not present)
        yield Fact(checkpoint.ONLY_OTHER, not present and (files.safetensors or files.other_weights))
    if files.missing_shards:
        yield Fact(checkpoint.MISSING, ", ".join(files.missing_shards[:4]))
    yield Fact(checkpoint.ADAPTER, files.adapter and not files.safetensors)
    yield Fact(checkpoint.TOKENIZER_ABSENT, not files.tokenizer)
    yield from _broken(folder, files)


def _broken(folder: Path, files: Files) -> Iterator[Fact]:
    """The first weight file, and the first tokenizer file, that is a pointer or has no header."""
    root = root_of(folder)
    for name in _weights(files.names)[:_LOOK_AT]:
        if not is_inside(folder / name, root):
            continue
        pointer = _starts_with_pointer(folder / name)
        if pointer or (name.endswith(".safetensors") and not _has_header(folder / name, root)):
            yield Fact(checkpoint.BROKEN, name)
            yield Fact(checkpoint.POINTER, pointer)
            break
    for name in files.tokenizer:
        if is_inside(folder / name, root) and _starts_with_pointer(folder / name):
            yield Fact(checkpoint.TOKENIZER_BROKEN, name)
            return


def _weights(names: Sequence[str]) -> list[str]:
    """The files that are read: safetensors before .bin, Mistral's own only where there are no others."""
    safetensors = [name for name in names if name.endswith(".safetensors")]
    own = [name for name in safetensors if not name.startswith("consolidated")]
    return own or safetensors or [name for name in names if name.endswith(".bin")]


def _starts_with_pointer(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_POINTER)) == _POINTER
    except OSError:
        return False


def _has_header(path: Path, root: Path) -> bool:
    """Whether a safetensors header can be read, and the file is as long as its header says."""
    try:
        tensors = sum(tensor.bytes for tensor in read_header(path, root))
        with path.open("rb") as file:
            header = int.from_bytes(file.read(8), "little")
        return path.stat().st_size >= 8 + header + tensors
    except (InputError, OSError):
        return False


def _of_name(model: str, env: Mapping[str, str]) -> Iterator[Fact]:
    """Whether a path is there, or a repo is cached here; `env` is the launch's on top of this machine's.

    A path counts as missing only beside other models: elsewhere this is not the machine that it was written for.
    """
    if is_repo_id(model) and not hub.is_path(model) and not Path(model).exists():
        yield Fact(CACHED, find_cached(model, env) is not None)
    elif Path(model).is_absolute() and not os.path.lexists(model):  # a relative path is the server's, not ours
        yield from _missing(model)


def _missing(model: str) -> Iterator[Fact]:
    import difflib

    neighbours = _models_in(Path(model).parent)
    if not neighbours:
        return
    yield Fact(MISSING_PATH, model)
    name = Path(model).name
    if close := difflib.get_close_matches(name, neighbours, n=1, cutoff=0.8):
        yield Fact(NEAREST, model.rstrip("/")[: -len(name)] + close[0])


def _models_in(folder: Path) -> list[str]:
    """The names of the folders that hold a model."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, _MAX_NEIGHBOURS) if entry.is_dir()]
        return sorted(name for name in names if any((folder / name / file).is_file() for file in _CONFIGS))
    except (OSError, ValueError):
        return []
