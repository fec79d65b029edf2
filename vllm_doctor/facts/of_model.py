"""Facts of the model's own files, where they may be read, and of the GPU that was named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.facts.model_config import of_config
from vllm_doctor.facts.types import Fact
from vllm_doctor.placeholders import is_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.model.shape import ModelConfig


def of_model(config: ModelConfig) -> Iterator[Fact]:
    """What the config and the names of the files say."""
    quantization = config.quantization
    yield Fact("model.quant_method", quantization.method if quantization else "none")
    files = config.files
    if files and files.names:
        yield Fact("model.files_known", True)
        yield Fact("model.has_params_json", files.mistral_params)
        yield Fact("model.has_config_json", "config.json" in files.names)
        yield Fact("model.has_chat_template", files.chat_template)
    yield from of_config(config)


def of_gpu(text: str) -> Iterator[Fact]:
    """The GPU that a user named: its name, its memory, how many.

    Raises:
        InputError: neither a name of the table nor a number of GiB; the nearest names are in it.
    """
    from vllm_doctor.model.gpus import get_gpu

    gpu = get_gpu(text)
    yield Fact("gpu.name", gpu.name)
    yield Fact("gpu.total_gib", gpu.gib)


def find_config(model: str | None, model_dir: Path | None, trusted: bool) -> ModelConfig | None:
    """The config of a model: from the folder given, else from the path or the cached repo that a launch names.

    `trusted`: the name comes from the user, not from a log; a path that a log names is never opened.
    """
    if model_dir is not None:
        return _read_config(model_dir)
    if not model or is_open(model):
        return None
    try:
        folder = _folder(model, trusted)
        return _read_config(folder) if folder else None
    except (InputError, OSError):  # a name that is longer than a path may be, a folder that may not be read
        return None


def _folder(model: str, trusted: bool) -> Path | None:
    if trusted and Path(model).is_dir():
        return Path(model)
    if model.startswith((".", "/", "~")):
        return None
    from vllm_doctor.model.cache import find_cached

    return find_cached(model, os.environ)


def _read_config(folder: Path) -> ModelConfig:
    """A folder's config; its reader is only imported where there is one to read."""
    from vllm_doctor.model.config import read_config

    return read_config(folder)
