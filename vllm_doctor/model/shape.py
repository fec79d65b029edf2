"""What is known of a model's build: plain data, sizes in elements."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vllm_doctor.model.quantization import Quantization

Mixer: TypeAlias = Literal[
    "full", "sliding", "chunked", "mla", "mamba1", "mamba2", "linear", "conv", "encoder", "none"
]
Feed: TypeAlias = Literal["dense", "moe", "none"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: how it mixes tokens, what follows, and its own sizes (they can differ between layers)."""

    mixer: Mixer
    feed: Feed
    kv_heads: int = 0
    head_dim: int = 0
    intermediate: int = 0
    hybrid: Mixer = "none"
    """A second mixer that runs beside the first (Falcon-H1)."""
    shares_kv: bool = False
    """Reads the cache of an earlier layer and has none of its own (Gemma 3n)."""


@dataclass(frozen=True, slots=True)
class Mla:
    """Multi-head latent attention: one compressed vector a token is cached (DeepSeek)."""

    kv_rank: int
    rope_dim: int
    nope_dim: int
    value_dim: int
    q_rank: int = 0
    index_heads: int = 0
    index_dim: int = 0


@dataclass(frozen=True, slots=True)
class Experts:
    """A mixture of experts: `count` of `intermediate` width, `active` a token, beside `shared` always-on
    width.
    """

    count: int
    active: int
    intermediate: int
    shared: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """The recurrent state of a Mamba or linear-attention layer, and what its projections are made of.

    `heads` of `head_dim` values with `size` states each; `key_heads` of `key_dim` (linear attention);
    `groups` (Mamba 2); `kernel` is the length of the convolution.
    """

    heads: int
    head_dim: int
    size: int
    kernel: int = 0
    groups: int = 1
    key_heads: int = 0
    key_dim: int = 0
    rank: int = 0
    kind: str = ""
    """"gdn", "kda" or "lightning" for linear attention."""


@dataclass(frozen=True, slots=True)
class Tower:
    """A vision or audio encoder beside the language model."""

    hidden: int
    layers: int
    intermediate: int
    gated: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    """What stands in the model's folder. `tensors` is None when no safetensors header was read."""

    names: tuple[str, ...] = ()
    tensors: Tensors | None = None
    safetensors: bool = False
    other_weights: bool = False
    """Weights in *.bin, *.pt or *.gguf."""
    mistral_params: bool = False
    """params.json, the config of Mistral's own format."""
    mistral_weights: bool = False
    """consolidated*.safetensors."""
    tokenizer: tuple[str, ...] = ()
    chat_template: bool = False
    missing_shards: tuple[str, ...] = ()
    adapter: bool = False
    """adapter_config.json: this is a LoRA adapter."""


@dataclass(frozen=True, slots=True)
class Tensors:
    """The sums of all safetensors headers: elements and bytes by stored type ("BF16", "I32", ...).

    `skipped` are the bytes of tensors that vLLM does not load (draft layers, a tied output layer).
    """

    bytes_by_type: Mapping[str, int]
    skipped: int = 0
    tied_copy: bool = False

    @property
    def total(self) -> int:
        """All bytes that are loaded, as they are stored."""
        return sum(self.bytes_by_type.values())


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A model, as far as its config.json tells.

    `known` is true when the module list of `architecture` is understood, so that parameters can be counted;
    `why_unknown` says what is not. `max_length` is the longest `--max-model-len` (0: the config does not
    say).
    """

    architectures: tuple[str, ...]
    model_type: str
    hidden: int
    vocab: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    layers: tuple[Layer, ...]
    dtype: str = "bfloat16"
    max_length: int = 0
    max_length_key: str = ""
    rope_type: str = ""
    rope_factor: float = 1.0
    rope: str = ""
    """The parameters of its rotary embedding as JSON, `rope_theta` among them; "" where layers differ in them."""
    original_length: int = 0
    sliding_window: int = 0
    tied: bool = False
    gated_mlp: bool = True
    attention_bias: bool = False
    output_gate: bool = False
    position_embeddings: int = 0
    mla: Mla | None = None
    experts: Experts | None = None
    state: State | None = None
    tower: Tower | None = None
    quantization: Quantization | None = None
    remote_code: bool = False
    encoder_only: bool = False
    encoder_decoder: bool = False
    multimodal: bool = False
    draft_layers: int = 0
    files: Files = field(default_factory=Files)
    known: bool = True
    why_unknown: str = ""
    raw: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def architecture(self) -> str:
        """The first architecture, or ""."""
        return self.architectures[0] if self.architectures else ""
