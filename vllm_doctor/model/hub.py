"""A model's config and safetensors headers from the Hugging Face Hub, when the user asks for it (--hub).

The only file that uses the network, and the only one that imports huggingface_hub (inside functions, for it
takes a sixth of a second). Nothing is written; a few hundred kB are read; all of it stops after a time limit.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import InputError
from vllm_doctor.model.cache import is_repo_id
from vllm_doctor.model.config import from_dict
from vllm_doctor.model.fields import Fields
from vllm_doctor.model.jsonfile import MAX_BYTES, parse_object
from vllm_doctor.model.quantization import from_section
from vllm_doctor.model.safetensors import MAX_HEADER, MAX_SHARDS, Tensor, add_up, parse_header
from vllm_doctor.model.shape import Files, ModelConfig
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TIME_LIMIT = 30.0
"""Seconds for everything together."""
MAX_REMOTE_SHARDS = 64
"""With more shards than this the index's total size is taken instead of their headers."""


@dataclass(frozen=True, slots=True)
class _Repo:
    """A repository at a revision, and the moment at which reading it ends."""

    id: str
    revision: str
    token: str | None
    deadline: float


def fetch_config(
    repo_id: str, revision: str = "main", token: str | None = None, time_limit: float = TIME_LIMIT
) -> ModelConfig:
    """What the Hub says of a model: config.json, quantization beside it, safetensors headers.

    Without headers (a gated file, no safetensors, a broken one) `files.tensors` is None.

    Raises:
        InputError: no such id, gated, no config.json, no network, or too slow.
    """
    if not is_repo_id(repo_id):
        raise InputError(f"{repo_id[:100]!r} is no id of a Hugging Face repository", "--hub")
    repo = _Repo(repo_id, revision, token, time.monotonic() + time_limit)
    raw = _get(repo, "config.json", 0, MAX_BYTES)
    config = from_dict(parse_object(raw, f"{repo_id}: config.json"))
    if config.quantization is None:
        beside = _optional(repo, "hf_quant_config.json") or _optional(repo, "quantize_config.json")
        quantization = from_section(Fields(parse_object(beside, "quantization config"))) if beside else None
        config = replace(config, quantization=quantization)
    return replace(config, files=_headers(repo, config))


def _optional(repo: _Repo, name: str) -> bytes | None:
    """A file that need not be there."""
    try:
        return _get(repo, name, 0, MAX_BYTES)
    except InputError:
        return None


def _headers(repo: _Repo, config: ModelConfig) -> Files:
    """The sums of the shards' headers."""
    try:
        shards = _shards(repo)
        tensors = [tensor for shard in shards for tensor in _header(repo, shard)]
    except InputError:
        return Files()
    return Files(names=shards, tensors=add_up(tensors, len(config.layers), config.tied), safetensors=True)


def _shards(repo: _Repo) -> tuple[str, ...]:
    """The shards that the index names, or the one file of a small model."""
    raw = _optional(repo, "model.safetensors.index.json")
    if raw is None:
        return ("model.safetensors",)
    named = Fields(parse_object(raw, "model.safetensors.index.json")).section("weight_map").data.values()
    shards = tuple(sorted({name for name in named if isinstance(name, str) and "/" not in name})[:MAX_SHARDS])
    if len(shards) > MAX_REMOTE_SHARDS:
        raise InputError(f"has {len(shards)} shards, too many to read their headers", repo.id)
    return shards


def _header(repo: _Repo, name: str) -> list[Tensor]:
    start = _get(repo, name, 0, 8)
    size = int.from_bytes(start, "little")
    if len(start) != 8 or not 2 <= size <= MAX_HEADER:
        raise InputError("has no safetensors header", f"{repo.id}: {name}")
    return parse_header(_get(repo, name, 8, size), name)


def _get(repo: _Repo, name: str, start: int, size: int) -> bytes:
    """At most `size` bytes of a file from `start`; a server that ignores the range is cut off."""
    left = repo.deadline - time.monotonic()
    if left <= 0:
        raise InputError("took too long on the Hub", f"{repo.id}: {name}", "Give --model-dir instead")
    with _opened(repo, name, f"bytes={start}-{start + size - 1}", min(left, 10.0)) as (status, chunks):
        _check(repo, name, status)
        wanted = size if status == 206 else start + size
        data = bytearray()
        for chunk in chunks:
            data += chunk
            if len(data) >= wanted or time.monotonic() > repo.deadline:
                break
    return bytes(data[:size] if status == 206 else data[start : start + size])


@contextmanager
def _opened(repo: _Repo, name: str, span: str, timeout: float) -> Iterator[tuple[int, Iterable[bytes]]]:
    """The status and the chunks of an answer, from httpx (huggingface_hub 1 and later) or requests (before).

    Any failure of the network, whatever the library calls it, becomes an InputError.
    """
    from huggingface_hub import get_session, hf_hub_url
    from huggingface_hub.utils._headers import build_hf_headers

    session: Any = get_session()
    headers = {**build_hf_headers(token=repo.token, library_name="vllm-doctor"), "range": span}
    try:
        url = hf_hub_url(repo.id, name, revision=repo.revision)
        if callable(getattr(session, "stream", None)):
            with session.stream("GET", url, headers=headers, timeout=timeout) as answer:
                yield answer.status_code, answer.iter_bytes()
        else:
            with session.get(url, headers=headers, timeout=timeout, stream=True) as answer:
                yield answer.status_code, answer.iter_content(65536)
    except InputError:
        raise
    except Exception as error:
        what = f"cannot be reached on the Hub ({type(error).__name__})"
        raise InputError(what, f"{repo.id}: {name}", "Give --model-dir instead") from error


def _check(repo: _Repo, name: str, status: int) -> None:
    where = f"{repo.id}: {name}"
    if status in (401, 403):
        raise InputError("is gated or private", where, "Accept the model's terms and set HF_TOKEN")
    if status == 404:
        raise InputError(f"is not on the Hub at revision {repo.revision}", where)
    if status not in (200, 206):
        raise InputError(f"the Hub answered {status}", where)
