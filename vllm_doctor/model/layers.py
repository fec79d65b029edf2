"""Which kind each layer of a model is, from the many ways in which configs say it.

Sources: the model classes of vllm/model_executor/models (0.24.0) and Transformers' config classes; the key
that each rule reads is named in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError

if TYPE_CHECKING:
    from vllm_doctor.model.fields import Fields
    from vllm_doctor.model.shape import Feed, Mixer

MAX_LAYERS = 4096

_TYPES: dict[str, Mixer] = {
    "full_attention": "full",
    "attention": "full",
    "global": "full",
    "sliding_attention": "sliding",
    "sliding_window": "sliding",
    "local": "sliding",
    "chunked_attention": "chunked",
    "linear_attention": "linear",
    "lightning": "linear",
    "mamba": "mamba2",
    "mamba2": "mamba2",
    "hybrid": "full",
    "conv": "conv",
    "moe": "none",
    "mlp": "none",
}
_PATTERN: dict[str, tuple[Mixer, Feed]] = {
    # Nemotron-H's hybrid_override_pattern: each sign is a layer of one part.
    "M": ("mamba2", "none"),
    "*": ("full", "none"),
    "-": ("none", "dense"),
    "E": ("none", "moe"),
}
_BLOCK_FEEDS: dict[str, Feed] = {"moe": "moe", "mlp": "dense"}
_SLIDING_EVERY = {"gemma2": 2, "gemma3_text": 6, "gemma3": 6, "cohere2": 4, "gemma3n_text": 5, "exaone4": 4}
"""One full layer in so many, where the config does not say (Transformers' defaults)."""


def layer_count(fields: Fields) -> int:
    """The number of hidden layers.

    Raises:
        InputError: more layers than any model has.
    """
    names = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_decoder_layers", "decoder_layers")
    listed = len(fields.items("layers_block_type")) or len(fields.text("hybrid_override_pattern"))
    count = fields.integer(*names, default=listed)
    if count > MAX_LAYERS:
        raise InputError(f"{count} layers are more than any model has", fields.where)
    return count


def mixers(fields: Fields, model_type: str, count: int) -> list[Mixer]:
    """How each layer mixes its tokens."""
    if fields.has("kv_lora_rank") and fields.has("qk_rope_head_dim") and not fields.has("linear_attn_config"):
        return ["mla"] * count
    for reader in (_by_pattern, _by_types, _by_index, _by_model):
        found = reader(fields, model_type, count)
        if found:
            return _fill(found, count)
    return _sliding(fields, model_type, count)


def _fill(found: list[Mixer], count: int) -> list[Mixer]:
    """A list of exactly `count`: a short one goes on with its last kind."""
    return (found + found[-1:] * max(0, count - len(found)))[:count]


def _by_pattern(fields: Fields, model_type: str, count: int) -> list[Mixer]:
    return [
        _PATTERN.get(sign, ("full", "dense"))[0]
        for sign in fields.text("hybrid_override_pattern")[:MAX_LAYERS]
    ]


def _by_types(fields: Fields, model_type: str, count: int) -> list[Mixer]:
    """`layer_types` (Transformers) or `layers_block_type` (Jamba, Bamba, Granite, Zamba, Nemotron-H)."""
    names = fields.texts("layer_types", "layers_block_type")
    kinds = [_TYPES.get(name, "full") for name in names]
    if model_type in ("jamba",):
        kinds = ["mamba1" if kind == "mamba2" else kind for kind in kinds]
    if model_type == "zamba2":
        return ["mamba2"] * len(kinds)
    return kinds if "sliding" not in kinds or _uses_window(fields) else ["full"] * len(kinds)


def _by_index(fields: Fields, model_type: str, count: int) -> list[Mixer]:
    """Periods and index lists."""
    if fields.has("linear_attn_config"):
        full = set(fields.section("linear_attn_config").integers("full_attn_layers"))
        mixed: Mixer = "mla" if fields.has("kv_lora_rank") else "full"
        return [mixed if index + 1 in full else "linear" for index in range(count)]
    if fields.has("full_attn_idxs"):
        chosen = set(fields.integers("full_attn_idxs"))
        return ["full" if index in chosen else "conv" for index in range(count)]
    if fields.has("full_attention_interval"):
        every = max(1, fields.integer("full_attention_interval"))
        return ["full" if (index + 1) % every == 0 else "linear" for index in range(count)]
    if fields.has("attn_type_list"):
        return ["full" if kind else "linear" for kind in fields.integers("attn_type_list")]
    if fields.has("attn_layer_indices"):
        chosen = set(fields.integers("attn_layer_indices"))
        return ["full" if index in chosen else "mamba2" for index in range(count)]
    if fields.has("attn_layer_period"):
        period, offset = max(1, fields.integer("attn_layer_period")), fields.integer("attn_layer_offset")
        return ["full" if index % period == offset else "mamba1" for index in range(count)]
    return []


def _by_model(fields: Fields, model_type: str, count: int) -> list[Mixer]:
    """Families whose layers are all of one kind that no key names."""
    if model_type in ("mamba", "falcon_mamba"):
        return ["mamba1"] * count
    if model_type in ("mamba2", "codestral_mamba"):
        return ["mamba2"] * count
    if fields.has("no_rope_layers") and fields.has("attention_chunk_size"):
        return ["chunked" if rope else "full" for rope in fields.integers("no_rope_layers")]
    return []


def _uses_window(fields: Fields) -> bool:
    """Whether a window is set and not switched off (Qwen2 writes a window and `use_sliding_window:
    false`).
    """
    return fields.has("sliding_window") and fields.flag("use_sliding_window", default=True)


def _sliding(fields: Fields, model_type: str, count: int) -> list[Mixer]:
    """Attention with or without a window, where the config names no layer."""
    if not _uses_window(fields):
        return ["full"] * count
    if fields.flag("use_sliding_window") and fields.has("max_window_layers"):
        first = fields.integer("max_window_layers")
        return ["sliding" if index >= first else "full" for index in range(count)]
    period = fields.data.get("sliding_window_pattern")
    every = period if isinstance(period, int) and period > 0 else _SLIDING_EVERY.get(model_type, 0)
    if isinstance(period, str) and period:
        return ["sliding" if period[index % len(period)] == "L" else "full" for index in range(count)]
    if every:
        return ["full" if (index + 1) % every == 0 else "sliding" for index in range(count)]
    return ["sliding"] * count


def feeds(fields: Fields, model_type: str, count: int, has_experts: bool) -> list[Feed]:
    """What follows the attention in each layer: a dense MLP, experts or nothing."""
    pattern = fields.text("hybrid_override_pattern")[:MAX_LAYERS]
    if pattern:
        return [_PATTERN.get(sign, ("full", "dense"))[1] for sign in pattern][:count]
    blocks = fields.texts("layers_block_type")
    if "moe" in blocks or "mlp" in blocks:
        return [_BLOCK_FEEDS.get(name, "none") for name in blocks][:count]
    if model_type in ("mamba", "mamba2", "falcon_mamba", "codestral_mamba"):
        return ["none"] * count
    if not has_experts:
        return ["dense"] * count
    return ["moe" if _is_moe(fields, model_type, index) else "dense" for index in range(count)]


def _is_moe(fields: Fields, model_type: str, index: int) -> bool:
    if index < fields.integer("first_k_dense_replace", "moe_layer_start_index"):
        return False
    if index in fields.integers("mlp_only_layers") or index in fields.integers("dense_layers"):
        return False
    if fields.has("moe_layers"):
        return index in fields.integers("moe_layers")
    if fields.has("expert_layer_period"):
        return index % max(1, fields.integer("expert_layer_period")) == fields.integer("expert_layer_offset")
    if model_type.startswith("llama4"):
        return (index + 1) % max(1, fields.integer("interleave_moe_layer_step", default=1)) == 0
    every = fields.data.get("moe_layer_freq")
    if isinstance(every, list):
        return index < len(every) and bool(every[index])
    step = fields.integer("decoder_sparse_step", "moe_layer_interval", default=1)
    return (index + 1) % max(1, step) == 0 and index % max(
        1, fields.integer("moe_layer_freq", default=1)
    ) == 0
