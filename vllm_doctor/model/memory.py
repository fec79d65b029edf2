"""How much memory a launch needs on each GPU, and whether it fits.

budget = gpu_memory_utilization x the card; KV cache = budget - weights - activations - overhead (and less the
CUDA graphs where the release counts them): `determine_available_memory` of vllm/v1/worker/gpu_worker.py
(0.24.0) and `determine_num_available_blocks` of vllm/worker/worker.py (0.4.1 to 0.10.2).

Eleven launches of vLLM 0.24.0 on H200s (tests/model/data/memory.json; dense, AWQ, latent attention with
experts, two GPUs) are met: weights within 0.3 %, KV cache within 0.16 GiB (0.12 % of the card), tokens within
0.15 %. That is how well the formulas can be made to agree, not a forecast: LOADER here and four constants of
`activation.py` were fitted to these same launches, and which buffers live at once (the experts' workspace
beside latent attention) was settled by them too. One launch that was kept out (its compilation was cached)
had 0.2 GiB more cache than estimated. Other releases, cards and families follow the sources, unmeasured.
"""

from __future__ import annotations

from collections import Counter
from math import floor
from typing import TYPE_CHECKING, Literal

from packaging.version import Version

from vllm_doctor.model import activation, kv, parameters
from vllm_doctor.model.runner import counts_graphs, has_windows, runner
from vllm_doctor.model.settings import LaunchSettings as LaunchSettings
from vllm_doctor.model.settings import Memory as Memory
from vllm_doctor.model.weights import Share, dtype_bytes, effective_quantization, loaded_bytes, share_bytes
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.model.gpus import Gpu
    from vllm_doctor.model.quantization import Quantization
    from vllm_doctor.model.shape import Layer, ModelConfig

GIB = 2**30
LOADER = 0.01 * GIB
"""Small buffers that loading leaves beside the weights (0.00 to 0.04 GiB in the measured launches)."""


def kept_gib(gpu: Gpu) -> float:
    """What an estimate leaves free before it says that a launch fits: 0.3 GiB, or 2 % of a larger card."""
    return max(0.3, 0.02 * gpu.gib)


def estimate(config: ModelConfig, settings: LaunchSettings, gpu: Gpu) -> Memory:
    """The memory of a launch on its fullest GPU.

    Whatever is not known is said in `assumptions`; `fits` is "unknown" when the weights are.
    """
    kind = runner(config, settings.release, settings.engine)
    plan = _Plan(config, settings, gpu, kind, effective_quantization(config, settings.quantization))
    return min(
        (_stage(plan, first, last) for first, last in stages(config, settings)),
        key=lambda one: one.margin_gib,
    )


def stages(config: ModelConfig, settings: LaunchSettings) -> list[tuple[int, int]]:
    """The layers of each pipeline stage: what is left over goes to those before the last.

    Source: `get_pp_indices` in vllm/distributed/utils.py (0.24.0).
    """
    parallel = max(1, min(settings.pipeline_parallel, len(config.layers) or 1))
    base, extra = divmod(len(config.layers), parallel)
    counts = [base] * parallel
    for index in range(extra):
        counts[-2 - index if parallel > 1 else 0] += 1
    ends = [sum(counts[: index + 1]) for index in range(parallel)]
    return list(zip([0, *ends[:-1]], ends, strict=True))


@dataclass(frozen=True, slots=True)
class _Plan:
    """A launch with what follows from it."""

    config: ModelConfig
    settings: LaunchSettings
    gpu: Gpu
    kind: str
    quantization: Quantization | None

    @property
    def size(self) -> int:
        return dtype_bytes(self.config, self.settings.dtype)

    @property
    def length(self) -> int:
        return self.settings.max_model_len or longest_length(self.config, self.settings.release)

    @property
    def windowed(self) -> bool:
        return self.settings.windowed and has_windows(self.kind, self.settings.release)


def longest_length(config: ModelConfig, release: str) -> int:
    """The longest `max_model_len` that the model itself allows in a release; 2048 where the config is silent.

    Source: `_get_and_verify_max_len` of vllm/config.py (0.4.1) and vllm/config/model.py (0.24.0). Until 0.29
    YaRN's factor multiplies the original length; from 0.30.0 the config's length counts as scaled already.
    """
    length = config.max_length or 2048
    if config.rope_type in ("su", "longrope", "llama3", "mrope", "default", "") or "gemma3" in config.model_type:
        return length
    if config.rope_type in ("yarn", "deepseek_yarn"):
        scaled = config.rope_type == "yarn" and Version(release) < Version("0.30.0")
        return int((config.original_length or length) * config.rope_factor) if scaled else length
    return int(length * config.rope_factor)


def _stage(plan: _Plan, first: int, last: int) -> Memory:
    """The memory of one pipeline stage's GPUs."""
    settings, config = plan.settings, plan.config
    layers = config.layers[first:last]
    weights = _weights(plan, first, last)
    peak = _activation(plan, layers, last == len(config.layers))
    graphs = 0 if settings.enforce_eager else _graphs(plan)
    overhead = _overhead(plan)
    budget = plan.gpu.gib * settings.gpu_memory_utilization
    counted = graphs if counts_graphs(plan.kind, settings.release, plan.gpu.vendor) else 0
    room = budget * GIB - weights - peak - overhead - counted
    if settings.kv_cache_memory_bytes is not None:
        room = settings.kv_cache_memory_bytes
    outside = plan.gpu.gib * GIB - settings.memory_in_use_gib * GIB - weights - peak - overhead - graphs
    kinds = Counter(layers)
    loading = max(weights, _loading(plan, first, last))
    over = max(0.0, loading + overhead - plan.gpu.gib * GIB)
    needed = _request(plan, plan.length, kinds)
    margin = min(min(room, outside) - needed, -over if over else float("inf"))
    return Memory(
        weights_gib=weights / GIB,
        activation_gib=peak / GIB,
        cuda_graph_gib=graphs / GIB,
        overhead_gib=overhead / GIB,
        kv_cache_gib=room / GIB,
        budget_gib=budget,
        kv_cache_tokens=_tokens(plan, room, kinds),
        kv_needed_gib=needed / GIB,
        max_model_len=plan.length,
        fits=_verdict(plan, margin / GIB, weights),
        margin_gib=margin / GIB,
        kept_gib=kept_gib(plan.gpu),
        longest_max_model_len=_longest(plan, 0 if over else min(room, outside), kinds) if weights else None,
        assumptions=tuple(_assumptions(plan, weights)),
        loading_gib=loading / GIB,
    )


def _verdict(plan: _Plan, margin: float, weights: float) -> Literal["yes", "tight", "no", "unknown"]:
    if not weights or not plan.config.layers:
        return "unknown"
    if margin < 0:
        return "no"
    return "yes" if margin >= kept_gib(plan.gpu) else "tight"


def _weights(plan: _Plan, first: int, last: int) -> float:
    """Bytes of weights on one GPU: the headers' sum, shared out as the module list says, or that list
    alone.
    """
    config, settings = plan.config, plan.settings
    share = Share(settings.tensor_parallel, first, last, settings.data_parallel)
    packed = config.quantization
    quantization = plan.quantization
    listed = share_bytes(config, share, quantization, settings.dtype)
    if config.files.tensors is not None and quantization is packed:
        whole = loaded_bytes(config, config.files.tensors, settings.dtype)
        counted = share_bytes(config, Share(), packed, settings.dtype)
        ranks = max(1, settings.tensor_parallel * settings.pipeline_parallel)
        listed = int(whole * listed / counted) if counted else whole // ranks
    if not listed:
        return 0
    rope = config.head_dim * min(config.max_length, 2**20) * plan.size if not config.encoder_only else 0
    zeros = _machete_zeros(plan, share)
    kept = max(0.0, listed + rope + zeros + LOADER - settings.cpu_offload_gib * GIB)
    return kept + settings.draft_bytes + _lora(plan, config.layers[first:last])


def _loading(plan: _Plan, first: int, last: int) -> float:
    """Bytes at the peak of loading, where that is more than the weights: before 0.16.0 weights that become FP8 were
    all loaded as they are first (fp8.py; from 0.16.0 each layer is created when its weights arrive).
    """
    settings, config = plan.settings, plan.config
    made = plan.quantization is not None and config.quantization is None and plan.quantization.method == "fp8"
    if not made or Version(settings.release) >= Version("0.16.0"):
        return 0.0
    share = Share(settings.tensor_parallel, first, last, settings.data_parallel)
    return share_bytes(config, share, None, settings.dtype) - settings.cpu_offload_gib * GIB


def _machete_zeros(plan: _Plan, share: Share) -> float:
    """Bytes that the Machete kernel of Hopper adds: it keeps AWQ's zeros as 16 bits (machete.py, 0.24.0)."""
    packed = plan.config.quantization
    hopper = plan.gpu.vendor == "nvidia" and plan.gpu.capability == 9.0
    if packed is None or not packed.zero_point or not packed.group_size or not hopper:
        return 0.0
    if Version(plan.settings.release) < Version("0.24.0"):
        return 0.0
    counts = [parameters.layer(plan.config, one) for one in plan.config.layers[share.first : share.last]]
    weights = sum(count.linear + count.kv for count in counts) / share.tensor_parallel
    return weights / packed.group_size * (16 - packed.bits) / 8


def _activation(plan: _Plan, layers: tuple[Layer, ...], is_last: bool) -> float:
    """Bytes of the peak while profiling."""
    config, settings = plan.config, plan.settings
    tp, tokens, size = settings.tensor_parallel, settings.max_num_batched_tokens, plan.size
    seqs = min(settings.max_num_seqs, tokens)
    widest = max((activation.layer_peak(config, one, tokens, tp, size) for one in set(layers)), default=0)
    hidden = tokens * config.hidden * size
    latent = activation.latent_peak(config, plan.length, seqs, tp, size, settings.block_size)
    attention = latent + 3 * hidden + hidden if latent else 0
    rows = activation.sampler_peak(config, seqs, plan.kind, settings.release, tp, size) if is_last else 0
    peak = max(widest, attention, hidden + rows) + activation.expert_workspace(config, tokens, tp, size)
    return peak + (0 if settings.enforce_eager else activation.COMPILED)


def _graphs(plan: _Plan) -> float:
    settings = plan.settings
    if settings.graph_sizes is not None:
        return settings.graph_sizes * activation.graph_size_bytes(settings.release, plan.kind)
    return activation.graph_bytes(settings.max_num_seqs, settings.release, plan.kind, plan.gpu.capability)


def _overhead(plan: _Plan) -> float:
    """Bytes outside of PyTorch, and of communication."""
    settings = plan.settings
    several = settings.tensor_parallel * settings.pipeline_parallel > 1
    shared = activation.COMMUNICATION if several else 0.0
    return activation.OVERHEAD + shared


def _lora(plan: _Plan, layers: tuple[Layer, ...]) -> float:
    """Bytes of the LoRA slots: A and B for each linear layer, for the embedding and the output layer.

    The input of a column-parallel layer and the output of a row-parallel one stand whole on every rank
    (vllm/lora/layers/base_linear.py, column_parallel_linear.py, logits_processor.py; 0.24.0). Experts are left out.
    """
    settings, config = plan.settings, plan.config
    if not settings.max_loras:
        return 0.0
    whole, split = 2 * (config.vocab + config.hidden), 0
    for one in layers:
        whole += 4 * config.hidden if one.head_dim else 0
        split += 2 * (config.heads + one.kv_heads) * one.head_dim
        dense = one.feed == "dense"
        whole += 3 * config.hidden if dense else 0
        split += 3 * one.intermediate if dense else 0
    return settings.max_loras * settings.max_lora_rank * (whole + split / settings.tensor_parallel) * plan.size


def _request(plan: _Plan, length: int, kinds: Counter[Layer]) -> int:
    """Bytes of cache that a request takes on one GPU; `kinds` are a stage's layers, equal ones counted."""
    settings = plan.settings
    size = sum(
        count
        * kv.request_bytes(
            plan.config,
            length,
            kv_cache_dtype=settings.kv_cache_dtype,
            dtype=settings.dtype,
            tensor_parallel=settings.tensor_parallel,
            block_size=settings.block_size,
            batched_tokens=settings.max_num_batched_tokens,
            windowed=plan.windowed,
            layers=(layer,),
        )
        for layer, count in kinds.items()
    )
    return size + length * settings.draft_kv_bytes


def _tokens(plan: _Plan, room: float, kinds: Counter[Layer]) -> int:
    """The tokens that vLLM would log: whole blocks, or for mixed layers full requests times their length."""
    if room <= 0:
        return 0
    whole = _request(plan, plan.settings.block_size, kinds)
    mixed = any(layer.mixer not in ("full", "mla") for layer in kinds)
    if mixed:
        request = _request(plan, plan.length, kinds)
        return floor(room / request * plan.length) if request else 0
    return floor(room / whole) * plan.settings.block_size if whole else 0


def _longest(plan: _Plan, room: float, kinds: Counter[Layer]) -> int:
    """The longest length up to the model's own (or the one asked for) whose one request fits."""
    low = 0
    high = max(longest_length(plan.config, plan.settings.release), plan.settings.max_model_len or 0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _request(plan, middle, kinds) <= room else (low, middle - 1)
    return low


def _assumptions(plan: _Plan, weights: float) -> list[str]:
    """What the estimate takes for granted, in sentences."""
    config, settings = plan.config, plan.settings
    said = []
    if not weights:
        said.append(f"The size of the weights is not known: {config.why_unknown}, and no safetensors headers.")
    elif not config.known:
        said.append(f"Weights from the safetensors headers alone ({config.why_unknown}); activations are a guess.")
    elif config.files.tensors is None:
        said.append("Weights counted from the config, without safetensors headers.")
    if plan.quantization is not None and not plan.quantization.known and config.files.tensors is None:
        bits = plan.quantization.bits
        said.append(f"How {plan.quantization.method} packs weights is not known here: taken as {bits} bits each.")
    if any(layer.mixer in ("sliding", "chunked") for layer in config.layers) and not plan.windowed:
        said.append("Every layer keeps the whole context: no hybrid cache manager in this launch.")
    if config.state is not None:
        said.append("The block alignment of recurrent layers is left out (under 2 % of the cache).")
    if config.multimodal and settings.encoder:
        said.append("The profiling of images or sound is left out.")
    if plan.gpu.source in ("nominal", "given"):
        said.append(f"{plan.gpu.gib:g} GiB of memory is the {plan.gpu.source} size, not what a driver reported.")
    if plan.gpu.vendor != "nvidia":
        said.append("Overheads were measured on NVIDIA GPUs.")
    return said
