"""How many tokens and requests a step may hold where a launch does not say: by release, engine and GPU.

Sources: `SchedulerConfig` in vllm/config.py (0.4.1 to 0.8.5), `EngineArgs.create_engine_config` (0.5.3 to 0.7.3),
`_override_v1_engine_args` (0.7.x), `_set_default_args_v0` and `_v1` (0.8.0 to 0.11.0), `get_batch_defaults` and
`_set_default_max_num_seqs_and_batched_tokens_args` (0.11.1 to 0.33.0), all in vllm/engine/arg_utils.py.
"""

from __future__ import annotations

import re

from packaging.version import Version

from vllm_doctor.values import dataclass

LONG = 32768
"""Above this length the V0 engine computes prompts in chunks by itself (0.5.3 on)."""
_POOLING_TOKENS = 32768
_MULTIMODAL_TOKENS = (("0.6.3", 5120), ("0.6.0", 4096))
_CHUNK_TOKENS = (("0.6.5", 2048), ("0.4.2", 512), ("0.4.1", 768))
_LEAST_TOKENS = 2048
_V0_SEQS = 256


@dataclass(frozen=True, slots=True)
class Asker:
    """What the defaults depend on beside the release.

    `seqs`, `tokens` and `chunked` are what the launch asks for (None: nothing). `offline` is true for LLM().
    `length` is max_model_len. `gib` is the memory of one GPU.
    """

    engine: str
    length: int
    gpu: str = ""
    gib: float = 0.0
    capability: float = 0.0
    vendor: str = "nvidia"
    offline: bool = False
    seqs: int | None = None
    tokens: int | None = None
    chunked: bool | None = None
    pooling: bool = False
    multimodal: bool = False
    windowed: bool = False
    latent: bool = False
    lora: bool = False
    speculative: bool = False
    throughput: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """The size of a step: requests, tokens, and whether long prompts are computed in chunks."""

    seqs: int
    tokens: int
    chunked: bool


def batch(release: str, asker: Asker) -> Batch:
    """max_num_seqs, max_num_batched_tokens and chunked prefill as a release sets them."""
    at = Version(release)
    return _v0(at, asker) if asker.engine == "V0" else _v1(at, asker)


def _v0(at: Version, asker: Asker) -> Batch:
    chunked = _v0_chunks(at, asker) if asker.chunked is None else asker.chunked
    seqs = asker.seqs or _V0_SEQS
    if asker.tokens:
        return Batch(seqs, asker.tokens, chunked)
    tokens = _since(at, _CHUNK_TOKENS) if chunked else max(asker.length, _LEAST_TOKENS)
    if asker.pooling and at >= Version("0.4.3"):
        tokens = max(tokens, _POOLING_TOKENS)
    if asker.multimodal:
        tokens = max(tokens, _since(at, _MULTIMODAL_TOKENS))
    return Batch(seqs, tokens, chunked)


def _v0_chunks(at: Version, asker: Asker) -> bool:
    """Long contexts are chunked by default from 0.5.3 on, unless something in the launch forbids it."""
    if at < Version("0.5.3") or asker.length <= LONG or asker.vendor != "nvidia":
        return False
    barred = asker.windowed or asker.speculative or asker.lora
    barred = barred or (asker.multimodal and at >= Version("0.6.2"))
    barred = barred or (asker.pooling and at >= Version("0.6.5")) or (asker.latent and at >= Version("0.7.0"))
    return not barred


def _since(at: Version, steps: tuple[tuple[str, int], ...]) -> int:
    """The figure of the newest step that the release has reached; 0 before the first."""
    return next((figure for first, figure in steps if at >= Version(first)), 0)


def _v1(at: Version, asker: Asker) -> Batch:
    chunked = not asker.pooling
    if asker.chunked is not None and (asker.pooling or at >= Version("0.11.1")):
        chunked = asker.chunked
    tokens, seqs = _by_gpu(at, asker)
    factor = 2 if asker.throughput and at >= Version("0.17.0") else 1
    tokens = asker.tokens or _v1_tokens(at, asker, tokens * factor, (asker.seqs or seqs * factor), chunked)
    if asker.seqs:
        return Batch(asker.seqs, tokens, chunked)
    seqs *= factor
    return Batch(min(seqs, tokens) if at >= Version("0.10.1") else seqs, tokens, chunked)


def _v1_tokens(at: Version, asker: Asker, tokens: int, seqs: int, chunked: bool) -> int:
    """The tokens by default: a whole prompt at least where it is not chunked, never more than all requests hold."""
    if at < Version("0.11.1"):
        return tokens if chunked or at < Version("0.9.2") else asker.length
    tokens = tokens if chunked else max(tokens, asker.length)
    return min(tokens, seqs * asker.length)


def _by_gpu(at: Version, asker: Asker) -> tuple[int, int]:
    """Tokens and requests by the GPU: the largest ones from 160 GiB, large ones from 70 GiB but on an A100."""
    name = re.sub(r"[^a-z0-9]", "", asker.gpu.lower())
    if at < Version("0.8.5"):
        large = "h100" in name or "h200" in name
    else:
        large = asker.gib >= 70 and not ("a100" in name and at >= Version("0.9.0"))
    if at >= Version("0.33.0") and asker.capability == 12.1:
        large = False
    largest = at >= Version("0.28.0") and asker.gib >= 160
    tokens = (16384 if large or largest else 8192) if asker.offline else 16384 if largest else 8192 if large else 2048
    seqs = 1024 if large or largest or at < Version("0.9.2") else 256
    return tokens, seqs
