"""What a model's config says of itself: its length, its classes, its dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.model.shape import ModelConfig

LENGTH = declare("model.max_length", "int", "the longest max_model_len that the model's config derives")
LENGTH_KEY = declare("model.max_length_key", "text", "the key of the config that sets it: max_position_embeddings")
ARCHITECTURE = declare("model.architecture", "text", "the first architecture of the model's config")
TYPE = declare("model.type", "text", "the model_type of the config")
DTYPE = declare("model.dtype", "text", "the dtype of the config: bfloat16")
REMOTE = declare("model.has_auto_map", "flag", "whether the config names code of the repo (auto_map)")
TEMPLATE = declare("model.has_chat_template", "flag", "whether a chat template is among the model's files")
ROPE = declare("model.rope_type", "text", "how the config scales RoPE: yarn, linear, llama3; default without scaling")
HEAD_DIM = declare("model.head_dim", "int", "the size of an attention head")
INTERMEDIATE = declare("model.intermediate", "int", "the width of the feed-forward layer, of one expert in a mixture")
GROUP = declare("model.quant_group", "int", "weights that share a scale: the group size, or the side of an FP8 block")


def of_config(config: ModelConfig) -> Iterator[Fact]:
    """The facts of a config; what it does not say is left out."""
    if length := longest(config):
        yield Fact(LENGTH, length)
        yield Fact(LENGTH_KEY, config.max_length_key)
    if config.architecture:
        yield Fact(ARCHITECTURE, config.architecture)
    if config.model_type:
        yield Fact(TYPE, config.model_type)
    yield Fact(DTYPE, config.dtype.removeprefix("torch."))
    yield Fact(REMOTE, config.remote_code)
    yield Fact(ROPE, config.rope_type or "default")
    if config.head_dim:
        yield Fact(HEAD_DIM, config.head_dim)
    sizes = (("model.heads", config.heads), ("model.kv_heads", config.kv_heads), ("model.vocab", config.vocab))
    yield from (Fact(name, size) for name, size in sizes if size)
    width = config.experts.intermediate if config.experts else config.intermediate
    if width:
        yield Fact(INTERMEDIATE, width)
    if config.experts:
        yield Fact("quant_split.in_experts", True)
    if group := _group(config):
        yield Fact(GROUP, group)


def _group(config: ModelConfig) -> int:
    """The group size of AWQ and GPTQ, or the block of an FP8 checkpoint (`weight_block_size`)."""
    section = config.raw.get("quantization_config")
    block = section.get("weight_block_size") if isinstance(section, dict) else None
    if isinstance(block, list) and block and isinstance(block[0], int) and not isinstance(block[0], bool):
        return max(block[0], 0)
    return config.quantization.group_size if config.quantization else 0


def longest(config: ModelConfig) -> int:
    """The length that vLLM derives (`_get_and_verify_max_len`, vllm/config.py, vllm/config/model.py): 0 for none.

    RoPE types that stretch multiply it; `longrope`, `llama3` and `su` have the stretched length in the config
    already. `yarn` was multiplied from its original length on until releases that take the config's as it is, so
    the larger of the two counts.
    """
    length = config.max_length
    if not length or config.rope_type in ("", "default", "su", "longrope", "llama3", "mrope"):
        return length
    if config.rope_type in ("yarn", "deepseek_yarn", "deepseek_llama_scaling"):
        return max(length, int((config.original_length or length) * config.rope_factor))
    return int(length * config.rope_factor)
