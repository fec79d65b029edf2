"""The settings of a launch that decide its memory, as the release would have them: what is asked for, else defaults.

The defaults that depend on GPU and release are `vllm.batch` and `vllm.engine`; all others are the parser's own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from vllm_doctor import vllm
from vllm_doctor.facts.asked import asked_number
from vllm_doctor.model import activation, kv
from vllm_doctor.model.memory import longest_length
from vllm_doctor.model.settings import LaunchSettings
from vllm_doctor.model.weights import Share, share_bytes

if TYPE_CHECKING:
    from vllm_doctor.facts.types import Facts
    from vllm_doctor.model.gpus import Gpu
    from vllm_doctor.model.shape import ModelConfig
    from vllm_doctor.vllm import Batch

GIB = 2**30
_POOLING = frozenset(("embed", "embedding", "classify", "score", "reward", "token_embed", "token_classify"))
_NO_DRAFT = frozenset(("ngram", "[ngram]", "ngram_gpu", "suffix", "mtp", "deepseek_mtp", "eagle", "custom_class"))
_LONGEST_JSON = 20_000
_DEEPEST = 40


def settings_of(
    facts: Facts, config: ModelConfig, gpu: Gpu, release: str, draft: ModelConfig | None = None
) -> LaunchSettings:
    """A launch as `model.memory.estimate` takes it. `draft` is the config of a speculative model."""
    engine = _engine(facts, config, gpu, release)
    length = int(asked_number(facts, "max_model_len") or longest_length(config, release))
    batch = vllm.batch(release, _asker(facts, config, gpu, engine, length))
    block = int(asked_number(facts, "block_size") or 16)
    tensor = _count(facts, "tensor_parallel_size")
    memory = asked_number(facts, "kv_cache_memory_bytes") or _by_blocks(facts, config, tensor, block)
    return LaunchSettings(
        release,
        gpu_memory_utilization=_share(facts, release),
        max_num_seqs=batch.seqs,
        max_num_batched_tokens=batch.tokens,
        max_model_len=length,
        tensor_parallel=tensor,
        pipeline_parallel=_count(facts, "pipeline_parallel_size"),
        data_parallel=_count(facts, "data_parallel_size"),
        kv_cache_dtype=_cache_dtype(facts, config, release),
        dtype=_word(facts, "dtype"),
        quantization=facts.text("args.quantization"),
        enforce_eager=flag(facts, "enforce_eager"),
        block_size=block,
        engine=engine,
        graph_sizes=_graph_sizes(facts, release, batch),
        cpu_offload_gib=asked_number(facts, "cpu_offload_gb") or 0.0,
        max_loras=int(asked_number(facts, "max_loras") or 1) if flag(facts, "enable_lora") else 0,
        max_lora_rank=int(asked_number(facts, "max_lora_rank") or 16),
        draft_bytes=_draft_bytes(draft, tensor) or _own_draft_bytes(facts, config, tensor),
        draft_kv_bytes=_draft_kv_bytes(facts, config, draft, tensor),
        kv_cache_memory_bytes=int(memory) if memory else None,
        windowed=not flag(facts, "disable_hybrid_kv_cache_manager"),
        encoder=not _no_media(facts),
    )


def flag(facts: Facts, name: str) -> bool:
    """Whether an argument without a value is on."""
    return facts.text(f"args.{name}") in ("True", "true", "1")


def fits_itself(facts: Facts) -> bool:
    """Whether the engine is asked to take the longest length that fits (-1 or auto, 0.14.0 and later)."""
    return facts.text("args.max_model_len") in ("-1", "auto")


def draft_name(facts: Facts) -> str | None:
    """The model that drafts tokens, where the launch names one; None also where no second model is loaded."""
    said = _object(facts, "speculative_config")
    model = said.get("model") or facts.text("args.speculative_model")
    method = said.get("method")
    return model if isinstance(model, str) and not {model, method} & _NO_DRAFT else None


def drafts(facts: Facts) -> bool:
    """Whether the launch asks for speculative decoding."""
    return facts.text("args.speculative_config") is not None or facts.text("args.speculative_model") is not None


def drafts_itself(facts: Facts) -> bool:
    """Whether the model's own draft layers (multi-token prediction) are asked for."""
    return str(_object(facts, "speculative_config").get("method")).endswith("mtp")


def _count(facts: Facts, name: str) -> int:
    return max(1, int(asked_number(facts, name) or 1))


def _word(facts: Facts, name: str) -> str:
    return facts.text(f"args.{name}") or "auto"


def _share(facts: Facts, release: str) -> float:
    default = vllm.default("--gpu-memory-utilization", release)
    return asked_number(facts, "gpu_memory_utilization") or (default if isinstance(default, float) else 0.9)


def _engine(facts: Facts, config: ModelConfig, gpu: Gpu, release: str) -> str:
    """As the log says, else by the launch."""
    said = facts.read.get("engine.kind")
    if said is not None and said.value in ("V0", "V1"):
        return str(said.value)
    asked = frozenset(name.removeprefix("args.") for name in facts if name.startswith("args."))
    features = vllm.Features(
        use_v1=facts.text("env.VLLM_USE_V1"),
        asked=asked,
        capability=gpu.capability,
        vendor=gpu.vendor,
        kv_cache_dtype=_word(facts, "kv_cache_dtype"),
        dtype=_word(facts, "dtype"),
        quantization=facts.text("args.quantization") or (config.quantization.method if config.quantization else ""),
        pooling=_pools(facts, config),
        recurrent=config.state is not None,
        encoder_decoder=config.encoder_decoder,
    )
    return vllm.engine(release, features)


def _pools(facts: Facts, config: ModelConfig) -> bool:
    asked = {_word(facts, "task"), _word(facts, "convert"), _word(facts, "runner")}
    return config.encoder_only or "pooling" in asked or bool(asked & _POOLING)


def _asker(facts: Facts, config: ModelConfig, gpu: Gpu, engine: str, length: int) -> vllm.Asker:
    seqs, tokens = (asked_number(facts, f"max_num_{name}") for name in ("seqs", "batched_tokens"))
    chunked = facts.text("args.enable_chunked_prefill")
    return vllm.Asker(
        engine,
        length,
        gpu=gpu.name,
        gib=gpu.gib,
        capability=gpu.capability,
        vendor=gpu.vendor,
        offline=facts.text("launch.program") == "LLM()",
        seqs=int(seqs) if seqs else None,
        tokens=int(tokens) if tokens else None,
        chunked=None if chunked is None else chunked in ("True", "true"),
        pooling=_pools(facts, config),
        multimodal=config.multimodal,
        windowed=config.sliding_window > 0,
        latent=config.mla is not None,
        lora=flag(facts, "enable_lora"),
        speculative=drafts(facts),
        throughput=_word(facts, "performance_mode") == "throughput",
    )


def _cache_dtype(facts: Facts, config: ModelConfig, release: str) -> str:
    """The type asked for; "auto" is the checkpoint's own scheme (`resolve_kv_cache_dtype_string`, 0.14.0)."""
    asked = _word(facts, "kv_cache_dtype")
    own = config.quantization.kv_cache if config.quantization else ""
    return own if asked == "auto" and own and Version(release) >= Version("0.14.0") else asked


def _by_blocks(facts: Facts, config: ModelConfig, tensor: int, block: int) -> int:
    """Bytes of --num-gpu-blocks-override; 0 without it."""
    blocks = asked_number(facts, "num_gpu_blocks_override")
    each = kv.kv_bytes_per_token(config, _word(facts, "kv_cache_dtype"), tp=tensor) if blocks else 0
    return int(blocks or 0) * block * each


def _no_media(facts: Facts) -> bool:
    """Whether images and sound are switched off: --language-model-only, or every limit is 0."""
    limits = _object(facts, "limit_mm_per_prompt")
    return flag(facts, "language_model_only") or (bool(limits) and all(limit == 0 for limit in limits.values()))


def _graph_sizes(facts: Facts, release: str, batch: Batch) -> int | None:
    """The number of batch sizes that are captured, where the launch says; None for the release's own."""
    said = _object(facts, "compilation_config")
    if said.get("cudagraph_mode") in ("NONE", 0) or said.get("mode", said.get("level")) == 0:
        return 0
    sizes = said.get("cudagraph_capture_sizes")
    if isinstance(sizes, list):
        return len(sizes)
    listed = facts.text("args.cudagraph_capture_sizes") or facts.text("args.cuda_graph_sizes")
    if listed and len(listed.split()) > 1:
        return len(listed.split())
    largest = said.get("max_cudagraph_capture_size") or asked_number(facts, "max_cudagraph_capture_size")
    largest = largest or (int(listed) if listed and listed.isdecimal() else None)
    if not isinstance(largest, (int, float)) or isinstance(largest, bool):
        return None
    return activation.sizes_up_to(min(int(largest), batch.tokens), release)


def _object(facts: Facts, name: str) -> dict[str, Any]:
    """A JSON object given as an argument; empty where it is none."""
    text = facts.text(f"args.{name}") or ""
    if not text.startswith("{") or len(text) > _LONGEST_JSON or text.count("{") + text.count("[") > _DEEPEST:
        return {}
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _draft_bytes(draft: ModelConfig | None, tensor: int) -> int:
    return share_bytes(draft, Share(tensor), draft.quantization) if draft else 0


def _own_draft_bytes(facts: Facts, config: ModelConfig, tensor: int) -> int:
    """What the headers list beside the layers that always load: the draft layers; 0 without headers."""
    tensors = config.files.tensors
    if not drafts_itself(facts) or tensors is None or tensors.tied_copy:
        return 0
    return tensors.skipped // tensor


def _draft_kv_bytes(facts: Facts, config: ModelConfig, draft: ModelConfig | None, tensor: int) -> int:
    """The cache that a token takes in the draft's layers; the model's own are like its last one."""
    if draft is not None:
        return kv.kv_bytes_per_token(draft, tp=tensor)
    if not drafts_itself(facts) or not config.layers:
        return 0
    each = kv.layer_token_bytes(config, config.layers[-1], _word(facts, "kv_cache_dtype"), tensor_parallel=tensor)
    return int(each) * (config.draft_layers or 1)
