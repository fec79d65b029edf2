"""The parts of a model that not every model has: experts, latent attention, recurrent state, encoders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.model.shape import Experts, Mla, State, Tower

if TYPE_CHECKING:
    from vllm_doctor.model.fields import Fields

_COUNT = ("n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts", "num_moe_experts")
_ACTIVE = (
    "num_experts_per_tok",
    "num_experts_per_token",
    "moe_topk",
    "moe_k",
    "moe_router_topk",
    "top_k_experts",
)
_WIDTH = ("moe_intermediate_size", "expert_ffn_hidden_size", "moe_ffn_hidden_size", "ffn_hidden_size")


def read_experts(text: Fields, model_type: str) -> Experts | None:
    """The experts of a mixture, or None for a dense model (one expert counts as none: Jamba writes that)."""
    if model_type == "dbrx":
        text = text.section("ffn_config")
        return Experts(
            text.integer("moe_num_experts", default=4),
            text.integer("moe_top_k"),
            text.integer("ffn_hidden_size"),
        )
    count = _first(text, _COUNT)
    if count < 2:
        return None
    width = _first(text, _WIDTH) or _first(text, ("intermediate_size",))
    shared = _first(text, ("shared_expert_intermediate_size", "shared_intermediate_size"))
    shared = (
        shared or _first(text, ("n_shared_experts", "moe_num_shared_experts", "num_shared_experts")) * width
    )
    if model_type.startswith("llama4"):
        shared = width
    return Experts(count, _first(text, _ACTIVE) or 1, width, shared)


def _first(text: Fields, names: tuple[str, ...]) -> int:
    """The first of the names; some configs hold one value for each layer, of which the largest counts."""
    for name in names:
        value = text.data.get(name)
        if isinstance(value, list):
            return max(text.integers(name), default=0)
        if value is not None:
            return text.integer(name)
    return 0


def read_mla(text: Fields) -> Mla | None:
    """Latent attention (deepseek_v2.py, 0.24.0), or None."""
    if not text.has("kv_lora_rank") or not text.has("qk_rope_head_dim"):
        return None
    return Mla(
        kv_rank=text.integer("kv_lora_rank"),
        rope_dim=text.integer("qk_rope_head_dim"),
        nope_dim=text.integer("qk_nope_head_dim"),
        value_dim=text.integer("v_head_dim"),
        q_rank=text.integer("q_lora_rank"),
        index_heads=text.integer("index_n_heads"),
        index_dim=text.integer("index_head_dim"),
    )


def read_state(text: Fields, model_type: str, hidden: int, heads: int, head_dim: int) -> State | None:
    """The recurrent layers' sizes, or None (mamba_mixer.py, mamba_mixer2.py, qwen3_next.py, kda.py;
    0.24.0).
    """
    if text.has("linear_num_value_heads"):
        return State(
            text.integer("linear_num_value_heads"),
            text.integer("linear_value_head_dim"),
            text.integer("linear_key_head_dim"),
            text.integer("linear_conv_kernel_dim", default=4),
            key_heads=text.integer("linear_num_key_heads"),
            key_dim=text.integer("linear_key_head_dim"),
            kind="gdn",
        )
    if text.has("linear_attn_config"):
        part = text.section("linear_attn_config")
        count, size = part.integer("num_heads", default=heads), part.integer("head_dim", default=head_dim)
        kernel = part.integer("short_conv_kernel_size", default=4)
        return State(count, size, size, kernel, key_heads=count, key_dim=size, kind="kda")
    if text.has("attn_type_list"):
        return State(heads, head_dim, head_dim, kind="lightning")
    if text.has("conv_L_cache"):
        return State(1, hidden, 0, text.integer("conv_L_cache"), kind="conv")
    return _mamba(text, model_type, hidden)


def _mamba(text: Fields, model_type: str, hidden: int) -> State | None:
    size = text.integer("mamba_d_state", "ssm_state_size", "state_size", "mamba_state_dim")
    if not size:
        return None
    kernel = text.integer("mamba_d_conv", "conv_kernel", default=4)
    inner = text.integer("mamba_d_ssm", default=text.integer("mamba_expand", "expand", default=2) * hidden)
    if model_type in ("jamba", "mamba", "falcon_mamba"):
        inner = (
            text.integer("intermediate_size")
            if model_type != "jamba" and text.has("intermediate_size")
            else inner
        )
        rank = text.data.get("mamba_dt_rank", text.data.get("time_step_rank"))
        return State(inner, 1, size, kernel, rank=rank if isinstance(rank, int) else -(-hidden // 16))
    count = text.data.get("mamba_n_heads", text.data.get("mamba_num_heads", text.data.get("num_heads")))
    width = text.data.get("mamba_d_head", text.data.get("mamba_head_dim", text.data.get("head_dim")))
    heads = count if isinstance(count, int) and 0 < count < 2**20 else 0
    dim = width if isinstance(width, int) and 0 < width < 2**20 else 0
    heads, dim = heads or inner // (dim or 64), dim or inner // (heads or 1)
    return State(
        heads, dim, size, kernel, text.integer("mamba_n_groups", "n_groups", "mamba_ngroups", default=1)
    )


def read_tower(top: Fields) -> Tower | None:
    """The vision or audio encoder beside a language model, or None."""
    part = top.section("vision_config", "audio_config", "vision_tower_config")
    thinker = top.section("thinker_config")
    if not part.data and thinker.data:
        part = thinker.section("vision_config")
    layers = part.integer("num_hidden_layers", "depth", "num_layers", "encoder_layers", "layers")
    hidden = part.integer("hidden_size", "embed_dim", "d_model", "width")
    if part.text("model_type").startswith("qwen2_vl") and part.has("embed_dim"):
        hidden = part.integer("embed_dim")  # its hidden_size is the language model's
    width = part.integer("intermediate_size", "encoder_ffn_dim", default=0)
    if not width:
        width = int(hidden * part.number("mlp_ratio", default=4.0))
    return Tower(hidden, layers, width, part.text("hidden_act") == "silu") if layers and hidden else None
