"""Quantized weights that tensor parallelism cuts across a group, block or tile, and the sizes that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.asked import asked_number
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

SIZE = declare("quant_split.size", "int", "the size of one GPU's part of the weight")
STEP = declare("quant_split.step", "int", "what that size has to be a multiple of: group, block or tile")
KIND = declare("quant_split.kind", "text", "what the step is: block_n, group_size, min_thread_k")
MOE = declare("quant_split.in_experts", "flag", "whether it is the experts of a mixture that cannot be cut")
TP = declare("quant_split.tp", "int", "the tensor-parallel size of the launch")
FITTING = declare("quant_split.fitting_tp", "int", "the largest smaller tensor-parallel size that fits")
PIPELINE = declare("quant_split.pipeline", "int", "the pipeline size that then uses all the same GPUs")
MISALIGNED = declare("quant_split.misaligned", "flag", "whether the launch cuts the config's weights across a group")
HINT = declare("quant_split.marlin_hint", "flag", "whether vLLM itself names --quantization gptq as a way out")
WHOLE = declare("quant_split.whole", "int", "the size of the weight before it is split")


@reader("is not divisible", "Consider reducing tensor_parallel_size")
def read_kind(event: Event) -> Iterator[Fact]:
    """Whether experts are meant, and whether vLLM offers its plain GPTQ kernels."""
    text = " ".join(event.message.split())
    if "gate's and up's weight" in text or "down's weight" in text:
        yield Fact(MOE, True, event.lines[0])
    if "or running with --quantization gptq" in text:
        yield Fact(HINT, True, event.lines[0])


@derived(TP)
def tensor_parallel(facts: Facts) -> int | None:
    """Only where a launch is known; 1 by default."""
    if not any(name.startswith(("args.", "config.")) for name in facts.read):
        return None
    return int(asked_number(facts, "tensor_parallel_size") or 1)


@derived(WHOLE)
def whole(facts: Facts) -> int | None:
    """The part times the number of parts, else the feed-forward width of the model's config."""
    size, parts = facts.number(SIZE), facts.number(TP)
    if size and parts:
        return int(size * parts)
    width = facts.number("model.intermediate")
    return int(width) if width else None


def _step(facts: Facts) -> int:
    return int(facts.number(STEP) or facts.number("model.quant_group") or 0)


@derived(FITTING)
def fitting_tp(facts: Facts) -> int | None:
    """A divisor of the size asked for; half of it where the message has no figures."""
    parts, size, step = int(facts.number(TP) or 0), int(facts.number(WHOLE) or 0), _step(facts)
    if parts < 2:
        return None
    if not size or not step:
        return parts // 2 if parts % 2 == 0 else None
    fits = [less for less in range(1, parts) if parts % less == 0 and size % (less * step) == 0]
    return max(fits, default=None)


@derived(PIPELINE)
def pipeline(facts: Facts) -> int | None:
    """So that tensor times pipeline is the number of GPUs that the launch had."""
    parts, fits = facts.number(TP), facts.number(FITTING)
    already = int(asked_number(facts, "pipeline_parallel_size") or 1)
    return int(parts // fits) * already if parts and fits and fits < parts else None


@derived(MISALIGNED)
def misaligned(facts: Facts) -> bool | None:
    """For methods whose kernels want whole groups in the row-parallel weights: AWQ, GPTQ, FP8 in blocks."""
    step = facts.number("model.quant_group")
    parts, width = (facts.number(TP), facts.number("model.intermediate")) if step else (None, None)
    if not parts or not width or not step or facts.text("model.quant_method") not in ("awq", "gptq", "fp8"):
        return None
    if parts < 2 or width % parts or facts.get("args.enable_expert_parallel") is True:
        return False
    return width % (parts * step) != 0
