"""How many parameters each part of a model has, counted from its config.

The module lists are those of vllm/model_executor/models (0.24.0): linear layers, which a quantization can
shrink, stand apart from embeddings, norms and the small tensors that stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.model.shape import Layer, Mixer, ModelConfig, State


@dataclass(frozen=True, slots=True)
class Count:
    """Parameters of one layer, in elements.

    `linear` is split among tensor-parallel ranks and can be quantized; `kv` likewise, but its heads are
    repeated when there are more ranks than heads; `experts` are all routed experts; `replicated` are linear
    layers that every rank holds; `small` are norms, biases, routers and recurrent constants.
    """

    linear: int = 0
    kv: int = 0
    experts: int = 0
    replicated: int = 0
    small: int = 0
    absorbed: int = 0
    """Copies that vLLM makes of latent attention's up-projection, unquantized (W_UK_T and W_UV)."""

    @property
    def total(self) -> int:
        """All parameters of the checkpoint."""
        return self.linear + self.kv + self.experts + self.replicated + self.small

    def __add__(self, other: Count) -> Count:
        return Count(
            self.linear + other.linear,
            self.kv + other.kv,
            self.experts + other.experts,
            self.replicated + other.replicated,
            self.small + other.small,
            self.absorbed + other.absorbed,
        )


def embedding(config: ModelConfig) -> int:
    """Parameters of the token embedding, with learned positions where the family has them."""
    return (config.vocab + config.position_embeddings) * config.hidden


def output_layer(config: ModelConfig) -> int:
    """Parameters of the output layer: none when it shares the embedding or the model only encodes."""
    return 0 if config.tied or config.encoder_only else config.vocab * config.hidden


def tower(config: ModelConfig) -> int:
    """Parameters of the vision or audio encoder: attention and MLP of each layer, and the projector's
    share.
    """
    part = config.tower
    if part is None:
        return 0
    width = (3 if part.gated else 2) * part.intermediate
    return part.layers * (4 * part.hidden**2 + width * part.hidden) + 2 * part.hidden * config.hidden


def layer(config: ModelConfig, one: Layer) -> Count:
    """Parameters of one layer."""
    norms = Count(small=2 * config.hidden)
    beside = _mixer(config, one, one.hybrid) if one.hybrid != "none" else Count()
    return _mixer(config, one, one.mixer) + beside + _feed(config, one) + norms


def _mixer(config: ModelConfig, one: Layer, kind: Mixer) -> Count:
    if kind == "none":
        return Count()
    if kind == "mla":
        return _mla(config)
    if kind in ("mamba1", "mamba2", "linear", "conv"):
        return _recurrent(config, kind)
    query = config.hidden * config.heads * one.head_dim
    key_value = 0 if one.shares_kv else 2 * config.hidden * one.kv_heads * one.head_dim
    bias = (config.heads + 2 * one.kv_heads) * one.head_dim if config.attention_bias else 0
    return Count(linear=query * (3 if config.output_gate else 2), kv=key_value, small=bias)


def _mla(config: ModelConfig) -> Count:
    """Latent attention (deepseek_v2.py): the down-projections stand on every rank."""
    part = config.mla
    if part is None:
        return Count()
    head = part.nope_dim + part.rope_dim
    source = part.q_rank or config.hidden
    up = part.kv_rank * config.heads * (part.nope_dim + part.value_dim)
    down = config.hidden * (part.kv_rank + part.rope_dim + part.q_rank)
    index = part.index_heads * part.index_dim * source + config.hidden * (part.index_dim + part.index_heads)
    linear = source * config.heads * head + up + config.heads * part.value_dim * config.hidden
    return Count(
        linear=linear,
        replicated=down + (index if part.index_heads else 0),
        small=part.kv_rank + part.q_rank,
        absorbed=up,
    )


def _recurrent(config: ModelConfig, kind: Mixer) -> Count:
    state = config.state
    if state is None:
        return Count()
    if kind == "mamba1":
        return _mamba1(config.hidden, state)
    if kind == "mamba2" or not state.kind:
        return _mamba2(config.hidden, state)
    if kind == "conv":
        return Count(linear=4 * config.hidden**2, small=config.hidden * state.kernel)
    return _linear(config.hidden, state)


def _mamba1(hidden: int, state: State) -> Count:
    inner = state.heads
    linear = 3 * hidden * inner + inner * (state.rank + 2 * state.size) + state.rank * inner
    return Count(linear=linear, small=inner * (state.kernel + state.size + 3))


def _mamba2(hidden: int, state: State) -> Count:
    inner = state.heads * state.head_dim
    mixed = inner + 2 * state.groups * state.size
    linear = hidden * (inner + mixed + state.heads) + inner * hidden
    return Count(linear=linear, small=mixed * (state.kernel + 1) + 3 * state.heads + inner)


def _linear(hidden: int, state: State) -> Count:
    key, value = state.key_heads * state.key_dim, state.heads * state.head_dim
    if state.kind == "lightning":
        return Count(linear=5 * hidden * value)
    if state.kind == "kda":
        low = 2 * (hidden * state.head_dim + state.head_dim * value)
        return Count(linear=4 * hidden * value + low + hidden * state.heads, small=3 * value * state.kernel)
    linear = hidden * (2 * key + 3 * value + 2 * state.heads)
    return Count(linear=linear, small=(2 * key + value) * state.kernel + 2 * state.heads)


def _feed(config: ModelConfig, one: Layer) -> Count:
    parts = 3 if config.gated_mlp else 2
    if one.feed == "none":
        return Count()
    if one.feed == "dense" or config.experts is None:
        return Count(linear=parts * config.hidden * one.intermediate)
    moe = config.experts
    return Count(
        linear=parts * config.hidden * moe.shared,
        experts=parts * config.hidden * moe.intermediate * moe.count,
        small=config.hidden * moe.count,
    )


def total(config: ModelConfig) -> int:
    """All parameters of the model, or 0 when its module list is not known."""
    if not config.known:
        return 0
    counted = sum(layer(config, one).total for one in config.layers)
    return counted + embedding(config) + output_layer(config) + tower(config) + config.hidden


def active(config: ModelConfig) -> int:
    """Parameters that one token passes: of the experts only the chosen ones. 0 when they cannot be
    counted.
    """
    moe = config.experts
    if moe is None or not config.known:
        return total(config)
    routed = sum(layer(config, one).experts for one in config.layers)
    return total(config) - routed + routed * min(moe.active, moe.count) // moe.count
