"""A model's config.json as a `ModelConfig`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.model.families import ENCODER_ONLY, describe
from vllm_doctor.model.fields import Fields
from vllm_doctor.model.files import read_files
from vllm_doctor.model.jsonfile import is_inside, read_json, root_of
from vllm_doctor.model.layers import feeds, layer_count, mixers
from vllm_doctor.model.parts import read_experts, read_mla, read_state, read_tower
from vllm_doctor.model.quantization import Quantization, from_section, read_quantization
from vllm_doctor.model.shape import Experts, Files, Layer, Mixer, ModelConfig

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LENGTH_KEYS = (
    # vllm/transformers_utils/model_arch_config_convertor.py, derive_max_model_len_and_key (0.24.0)
    "max_position_embeddings",
    "n_positions",
    "max_seq_len",
    "seq_length",
    "model_max_length",
    "max_target_positions",
    "max_sequence_length",
    "max_seq_length",
    "seq_len",
)
_TEXT_SECTIONS = ("text_config", "llm_config", "language_config", "thinker_config", "text_model_config")


def read_config(folder: Path) -> ModelConfig:
    """What a local model folder says of its model. Weights are never read, only the headers of safetensors.

    Raises:
        InputError: no folder, no usable config.json (or params.json in its place), or a file that is not what
            it should be.
    """
    if not folder.is_dir():
        raise InputError("is not a folder", str(folder))
    root = root_of(folder)
    if not is_inside(folder / "config.json", root):
        return _without_config(folder, root)
    config = from_dict(read_json(folder / "config.json", root))
    if config.quantization is None:
        config = replace(config, quantization=_quantization_beside(folder, root))
    return replace(config, files=read_files(folder, root, len(config.layers), config.tied))


def _without_config(folder: Path, root: Path) -> ModelConfig:
    """A folder in Mistral's own format, or the error that says what is missing."""
    if (folder / "config.json").exists() or (folder / "config.json").is_symlink():
        raise InputError("is not a regular file inside the model's folder", "config.json")
    if not is_inside(folder / "params.json", root):
        raise InputError(
            "has no config.json", str(folder), "Give the folder that holds the model's config.json"
        )
    config = from_dict(mistral_params(read_json(folder / "params.json", root)), where="params.json")
    return replace(config, files=read_files(folder, root, len(config.layers), config.tied))


def _quantization_beside(folder: Path, root: Path) -> Quantization | None:
    """The quantization of a file beside config.json, in the order in which vLLM looks."""
    for name in ("quantize_config.json", "quant_config.json", "hf_quant_config.json"):
        if is_inside(folder / name, root):
            return from_section(Fields(read_json(folder / name, root), name))
    return None


def mistral_params(params: Mapping[str, object]) -> dict[str, object]:
    """Mistral's params.json in the words of config.json (transformers_utils/configs/mistral.py, 0.24.0)."""
    names = {
        "dim": "hidden_size",
        "n_layers": "num_hidden_layers",
        "n_heads": "num_attention_heads",
        "n_kv_heads": "num_key_value_heads",
        "hidden_dim": "intermediate_size",
        "tied_embeddings": "tie_word_embeddings",
        "max_seq_len": "max_position_embeddings",
    }
    config = {names.get(key, key): value for key, value in params.items() if key != "quantization"}
    config.setdefault("max_position_embeddings", 128_000)
    moe = params.get("moe")
    if isinstance(moe, dict):
        config |= {
            "num_local_experts": moe.get("num_experts"),
            "num_experts_per_tok": moe.get("num_experts_per_tok"),
        }
    name = "MixtralForCausalLM" if moe else "PixtralForConditionalGeneration"
    plain = "MistralForCausalLM" if not params.get("vision_encoder") and not moe else name
    return config | {"architectures": [plain], "model_type": "mistral" if not moe else "mixtral"}


def from_dict(
    config: Mapping[str, object], *, where: str = "config.json", files: Files | None = None
) -> ModelConfig:
    """The model that a config.json describes.

    Raises:
        InputError: a value has the wrong type or no sensible size.
    """
    top = Fields(config, where)
    text = _text(top)
    model_type = text.text("model_type", default=top.text("model_type"))
    architectures = top.texts("architectures")
    experts = read_experts(text, model_type)
    heads = text.integer("num_attention_heads", "n_head", "n_heads", "num_heads", "decoder_attention_heads")
    hidden = text.integer("hidden_size", "n_embd", "d_model", "dim", "model_dim", "word_embed_proj_dim")
    kv_heads = _kv_heads(text, model_type, heads)
    head_dim = text.integer(
        "head_dim", "attention_head_dim", "kv_channels", default=hidden // heads if heads else 0
    )
    encoder_only = bool(architectures) and architectures[0] in ENCODER_ONLY
    built = ModelConfig(
        architectures=architectures,
        model_type=model_type,
        hidden=hidden,
        vocab=text.integer("vocab_size", "padded_vocab_size", default=top.integer("vocab_size")),
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        intermediate=_intermediate(text, hidden),
        layers=_layers(text, model_type, kv_heads, head_dim, hidden, experts, encoder_only),
        dtype=text.text("torch_dtype", "dtype", default=top.text("torch_dtype", "dtype", default="float32")),
        sliding_window=_window(text),
        tied=_tied(top, text, model_type),
        mla=read_mla(text),
        experts=experts,
        state=read_state(text, model_type, hidden, heads, head_dim),
        tower=read_tower(top),
        quantization=read_quantization(config, where),
        remote_code=top.has("auto_map"),
        encoder_only=encoder_only,
        encoder_decoder=top.flag("is_encoder_decoder"),
        multimodal=text is not top or top.has("vision_config", "audio_config"),
        draft_layers=text.integer("num_nextn_predict_layers", "mtp_num_hidden_layers"),
        files=files or Files(),
        raw=config,
    )
    return describe(_with_length(built, text), text)


def _text(top: Fields) -> Fields:
    """The language model's part of a multimodal config (Qwen-Omni nests it twice)."""
    for name in _TEXT_SECTIONS:
        if top.has(name):
            return _text(top.section(name))
    return top


def _window(text: Fields) -> int:
    window = text.data.get("sliding_window")
    used = text.flag("use_sliding_window", default=True) and isinstance(window, int)
    return text.integer("sliding_window") if used else text.integer("attention_chunk_size")


def _kv_heads(text: Fields, model_type: str, heads: int) -> int:
    """Key-value heads; Falcon's `multi_query` means one."""
    if model_type in ("falcon", "RefinedWeb", "RefinedWebModel"):
        if text.flag("new_decoder_architecture"):
            return text.integer("num_kv_heads", "n_head_kv", default=heads)
        return 1 if text.flag("multi_query", default=True) else heads
    if model_type == "gpt_bigcode" and text.flag("multi_query", default=True):
        return 1
    if model_type == "mpt":
        return text.section("attn_config").integer("kv_n_heads", default=heads)
    names = (
        "num_key_value_heads",
        "n_head_kv",
        "num_kv_heads",
        "multi_query_group_num",
        "num_attention_groups",
    )
    return text.integer(*names, default=heads)


def _intermediate(text: Fields, hidden: int) -> int:
    names = ("intermediate_size_mlp", "intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim", "d_ff")
    value = next((text.data[name] for name in names if text.data.get(name) is not None), None)
    if isinstance(value, list):
        return max(text.integers(*[name for name in names if text.data.get(name) is not None][:1]), default=0)
    width = text.integer("block_ff_dim", *names, "decoder_ffn_dim", default=4 * hidden)
    return _lfm2_width(text, width) if text.flag("block_auto_adjust_ff_dim") else width


def _lfm2_width(text: Fields, width: int) -> int:
    """The width that LFM2 really builds: two thirds, scaled, rounded up (lfm2.py, 0.24.0)."""
    scaled = int(text.number("block_ffn_dim_multiplier", default=1.0) * (2 * width // 3))
    multiple = max(1, text.integer("block_multiple_of", default=1))
    return -(-scaled // multiple) * multiple


def _tied(top: Fields, text: Fields, model_type: str) -> bool:
    """Whether the output layer shares the embedding's weights: families differ where the config is silent."""
    silent = model_type in (
        "gemma",
        "gemma2",
        "gemma3",
        "gemma3_text",
        "gemma3n_text",
        "gpt2",
        "cohere",
        "cohere2",
    )
    return text.flag("tie_word_embeddings", default=top.flag("tie_word_embeddings", default=silent))


def _layers(
    text: Fields,
    model_type: str,
    kv: int,
    head_dim: int,
    hidden: int,
    experts: Experts | None,
    encoder_only: bool,
) -> tuple[Layer, ...]:
    """The layers, with sizes of their own where the config gives them."""
    count = layer_count(text)
    mixed: list[Mixer] = ["encoder"] * count if encoder_only else mixers(text, model_type, count)
    fed = feeds(text, model_type, count, experts is not None)
    widths = (
        text.integers("intermediate_size") if isinstance(text.data.get("intermediate_size"), list) else ()
    )
    width = _intermediate(text, hidden)
    shared_from = count - text.integer("num_kv_shared_layers")
    full_dim = text.integer("global_head_dim", default=head_dim)
    full_kv = text.integer("num_global_key_value_heads", default=kv)
    beside: Mixer = "mamba2" if model_type == "falcon_h1" else "none"
    return tuple(
        Layer(
            mixer,
            feed,
            full_kv if mixer == "full" else kv,
            full_dim if mixer == "full" else head_dim,
            widths[index] if index < len(widths) else width,
            beside,
            index >= shared_from,
        )
        for index, (mixer, feed) in enumerate(zip(mixed, fed, strict=False))
    )


def _with_length(config: ModelConfig, text: Fields) -> ModelConfig:
    """The config with its longest context and how RoPE scales it."""
    lengths = {key: text.integer(key) for key in _LENGTH_KEYS if text.has(key)}
    key = min(lengths, key=lambda name: lengths[name], default="")
    if "model_max_length" in lengths:
        key = "model_max_length"
    scaling = _rope(text)
    return replace(
        config,
        max_length=lengths.get(key, 0),
        max_length_key=key,
        rope_type=scaling.text("rope_type", "type"),
        rope_factor=scaling.number("factor", default=1.0),
        rope=_rope_json(text),
        original_length=text.integer(
            "original_max_position_embeddings", default=scaling.integer("original_max_position_embeddings")
        ),
        position_embeddings=text.integer("max_position_embeddings", "n_positions"),
    )


def _rope_json(text: Fields) -> str:
    """What Transformers 5 calls `rope_parameters`, of whichever shape."""
    scaling = dict(text.section("rope_scaling", "rope_parameters").data)
    theta = text.data.get("rope_theta", scaling.get("rope_theta"))
    if type(theta) not in (int, float) or any(isinstance(value, dict) for value in scaling.values()):
        return ""
    legacy = scaling.pop("type", None)
    return json.dumps({"rope_type": legacy or "default", **scaling, "rope_theta": theta})


def _rope(text: Fields) -> Fields:
    """`rope_parameters` (Transformers 5, sometimes one for each kind of layer) or `rope_scaling`."""
    scaling = text.section("rope_scaling", "rope_parameters")
    if scaling.has("rope_type", "type", "factor"):
        return scaling
    for name in ("full_attention", *scaling.data):
        if isinstance(scaling.data.get(name), dict):
            return scaling.section(name)
    return scaling
