"""Which families of models have their parameters counted here, and in what they differ.

The count of `parameters.py` was compared with Transformers' own modules (5.19, default configs on the meta
device): decoder families agree within 0.3 %, BERT and RoBERTa within 0.7 %, those with a vision tower within
1 %. Not compared, for Transformers has no class of theirs, are those that vLLM builds from its Llama and
DeepSeek classes (aquila, baichuan, internlm2, internlm3, kimi_k2, minicpm, orion, yi). For any other family
only safetensors headers tell the size.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vllm_doctor.model.fields import Fields
    from vllm_doctor.model.shape import ModelConfig

ENCODER_ONLY = frozenset(
    {
        "BertModel",
        "BertForSequenceClassification",
        "BertForTokenClassification",
        "RobertaModel",
        "RobertaForMaskedLM",
        "RobertaForSequenceClassification",
        "XLMRobertaModel",
        "XLMRobertaForSequenceClassification",
        "ModernBertModel",
        "ModernBertForSequenceClassification",
        "NomicBertModel",
        "GteModel",
        "NewModel",
        "NewForSequenceClassification",
        "SnowflakeGteModel",
    }
)

_LLAMA_LIKE = frozenset(
    {
        "llama",
        "mistral",
        "ministral",
        "mistral3",
        "mixtral",
        "qwen2",
        "qwen2_moe",
        "qwen2_vl_text",
        "qwen2_5_vl_text",
        "qwen2_vl",
        "qwen2_5_vl",
        "qwen3",
        "qwen3_moe",
        "qwen3_next",
        "qwen3_vl_text",
        "qwen3_vl_moe_text",
        "qwen3_5_text",
        "qwen3_5_moe_text",
        "gemma",
        "gemma2",
        "gemma3",
        "gemma3_text",
        "phi3",
        "phimoe",
        "deepseek_v2",
        "deepseek_v3",
        "kimi_k2",
        "glm",
        "glm4",
        "glm4_moe",
        "gpt_oss",
        "granite",
        "granitemoe",
        "granitemoehybrid",
        "olmo",
        "olmo2",
        "olmo3",
        "olmoe",
        "cohere",
        "cohere2",
        "internlm2",
        "internlm3",
        "baichuan",
        "exaone4",
        "smollm3",
        "seed_oss",
        "ernie4_5",
        "ernie4_5_moe",
        "hunyuan_v1_dense",
        "llama4_text",
        "minimax_m2",
        "jamba",
        "bamba",
        "falcon_h1",
        "lfm2",
        "stablelm",
        "yi",
        "aquila",
        "orion",
        "minicpm",
    }
)
_UNGATED = frozenset(
    {
        "gpt2",
        "opt",
        "bloom",
        "gpt_neox",
        "gptj",
        "gpt_bigcode",
        "falcon",
        "starcoder2",
        "phi",
        "nemotron",
        "mpt",
        "bert",
        "roberta",
        "xlm-roberta",
        "nemotron_h",
    }
)
_RECURRENT = frozenset({"mamba", "mamba2", "falcon_mamba"})

COUNTED = _LLAMA_LIKE | _UNGATED | _RECURRENT

_QKV_BIAS = frozenset(
    {"qwen2", "qwen2_moe", "qwen2_vl", "qwen2_5_vl", "qwen2_vl_text", "qwen2_5_vl_text", "gpt_oss"}
)
_OUTPUT_GATE = frozenset({"qwen3_next", "qwen3_5_text", "qwen3_5_moe_text"})
_LEARNED_POSITIONS = frozenset({"gpt2", "opt", "gpt_bigcode", "bert", "roberta", "xlm-roberta"})


def describe(config: ModelConfig, text: Fields) -> ModelConfig:
    """The config with what its family implies, and whether its parameters can be counted."""
    family = config.model_type
    bias = family in _QKV_BIAS or text.flag("attention_bias", "qkv_bias", "use_qkv_bias", "bias")
    described = replace(
        config,
        gated_mlp=family not in _UNGATED,
        attention_bias=bias,
        output_gate=text.flag("attn_output_gate", default=family in _OUTPUT_GATE),
        position_embeddings=config.position_embeddings if family in _LEARNED_POSITIONS else 0,
    )
    why = _why_not(described)
    return replace(described, known=not why, why_unknown=why)


def _why_not(config: ModelConfig) -> str:
    """Why the parameters cannot be counted from the config, in words; "" when they can."""
    missing = [
        name
        for name, value in (("hidden_size", config.hidden), ("num_hidden_layers", len(config.layers)))
        if not value
    ]
    if missing:
        return f"the config has no {' and no '.join(missing)}"
    if config.encoder_decoder:
        return "encoder-decoder models are not counted"
    if config.model_type not in COUNTED:
        named = config.architecture or config.model_type or "of no name"
        return f"the module list of architecture {named} is not known here"
    if (
        any(layer.mixer in ("mamba1", "mamba2", "linear", "conv") for layer in config.layers)
        and config.state is None
    ):
        return "the sizes of its recurrent layers are not in the config"
    return ""
