"""The peak of activations while vLLM profiles itself, CUDA graphs, and what is taken outside of PyTorch.

`profile_run` sends `max_num_batched_tokens` dummy tokens through the model and `max_num_seqs` rows through
the sampler, without attention (vllm/v1/worker/gpu_model_runner.py and gpu/model_runner.py, 0.24.0). The peak
is that of the widest layer or of the sampler, whichever is larger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from vllm_doctor.model.shape import Layer, ModelConfig

GIB = 2**30

OVERHEAD = 0.26 * GIB
"""Outside of PyTorch: CUDA libraries and their workspaces. Fitted to eight eager launches of vLLM 0.24.0 on
one H200, which leave 0.22 to 0.36 GiB; smaller cards are taken to need as much."""

COMMUNICATION = 0.2 * GIB
"""NCCL and the all-reduce buffers of one GPU among several. One launch of vLLM 0.24.0 with two H200s."""

COMPILED = 0.2 * GIB
"""What torch.compile adds to the peak when its cache is cold: 0.23 GiB (Llama 8B) and 0.04 GiB (Mistral 24B
AWQ), vLLM 0.24.0. With a warm cache it was nothing (Llama 8B), so that an estimate can be too high by
this.
"""

GRAPH = 0.019 * GIB
"""One capture size, piecewise and full: 0.98 GiB and 0.90 GiB for 51 sizes (vLLM 0.24.0); half for one
kind.
"""

SAMPLER_BYTES = {"V0": 26, "V1": 14, "V2": 6}
"""Bytes of the sampler for each row and vocabulary entry: logits (2) and a float32 copy (4); the V1 runner's
softmax (4) and noise (4) beside them (v1/sample/ops/topk_topp_sampler.py, 0.24.0)."""

SORTED_BYTES = 26
"""As above with a sort by top-p: values (4), indices (8), and what sorting needs. The V1 runner sorts until
0.19 (then Triton kernels do it); not measured."""

_MLA_TOKENS = 64 * 1024


def layer_peak(config: ModelConfig, layer: Layer, tokens: int, tensor_parallel: int, size: int) -> int:
    """Bytes at the widest place of one layer: the MLP's two inputs and output, or the attention's."""
    hidden = 3 * config.hidden
    width = layer.intermediate if layer.feed == "dense" else config.experts.shared if config.experts else 0
    wide = (3 if config.gated_mlp else 2) * width // tensor_parallel
    heads = (config.heads + 2 * layer.kv_heads) * layer.head_dim // tensor_parallel
    attention = heads + config.heads * layer.head_dim // tensor_parallel if layer.head_dim else 0
    if layer.mixer in ("mamba1", "mamba2", "linear", "conv") and config.state:
        attention = 3 * config.state.heads * config.state.head_dim // tensor_parallel
    return tokens * (hidden + max(wide, attention)) * size


def expert_workspace(config: ModelConfig, tokens: int, tensor_parallel: int, size: int) -> int:
    """Bytes of the fused experts' workspaces, which stay once taken (v1/worker/workspace.py, 0.13.0)."""
    moe = config.experts
    if moe is None or not any(layer.feed == "moe" for layer in config.layers):
        return 0
    width = moe.intermediate // tensor_parallel
    return tokens * moe.active * (max(2 * width, config.hidden) + width) * size


def latent_peak(
    config: ModelConfig, length: int, seqs: int, tensor_parallel: int, size: int, block: int
) -> int:
    """Bytes of the dummy up-projection of latent attention (mla_attention.py, 0.24.0)."""
    part = config.mla
    if part is None:
        return 0
    tokens = max(min(max(8 * length, 4 * seqs * block), _MLA_TOKENS), seqs * block)
    return tokens * config.heads // tensor_parallel * (part.nope_dim + part.value_dim) * size


def sampler_peak(
    config: ModelConfig, seqs: int, kind: str, release: str, tensor_parallel: int, size: int
) -> int:
    """Bytes of the sampler over the whole vocabulary; rows are gathered from all ranks first."""
    if config.encoder_only:
        return 0
    each = SORTED_BYTES if kind == "V1" and Version(release) < Version("0.19.0") else SAMPLER_BYTES[kind]
    gathered = size * config.vocab // tensor_parallel if tensor_parallel > 1 else 0
    return seqs * (each * config.vocab + gathered)


def capture_sizes(seqs: int, release: str, kind: str = "V1", capability: float = 0.0) -> int:
    """How many batch sizes are captured as CUDA graphs by default.

    Source: `_set_cudagraph_sizes` of vllm/config.py and vllm/config/vllm.py (0.8.0 to 0.33.0). The largest is
    `max_num_seqs` on V0, 512 until 0.9.2, then at most twice `max_num_seqs`; 1024 on data centre Blackwell from
    0.28.0.
    """
    if kind == "V0":
        return sizes_up_to(-(-seqs // 8) * 8, release)
    most = 1024 if 10.0 <= capability < 11.0 and Version(release) >= Version("0.28.0") else 512
    twice = 2 * seqs if Version(release) >= Version("0.10.0") else most
    return sizes_up_to(min(most, twice), release)


def sizes_up_to(largest: int, release: str) -> int:
    """The number of capture sizes up to a largest one: to 256 in steps of 8, on in steps of 16 (8 before 0.11.1)."""
    largest = max(1, largest)
    small = sum(1 for size in (1, 2, 4) if size <= largest)
    if Version(release) < Version("0.11.1"):
        return small + largest // 8
    return small + min(largest, 255) // 8 + max(0, (largest - 256) // 16 + 1)


def graph_bytes(seqs: int, release: str, kind: str, capability: float = 0.0) -> int:
    """Bytes of captured CUDA graphs."""
    return int(capture_sizes(seqs, release, kind, capability) * graph_size_bytes(release, kind))


def graph_size_bytes(release: str, kind: str) -> float:
    """Bytes of the graphs of one size: full and piecewise ones from 0.11.0, one kind before."""
    both = kind != "V0" and Version(release) >= Version("0.11.0")
    return GRAPH if both else GRAPH / 2
