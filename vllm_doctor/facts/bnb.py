"""bitsandbytes: the package, the load format, and the releases in which both had to be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.of_launch import left_open
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

LEAST = declare("bnb.least", "text", "the least version of bitsandbytes that vLLM asks for")
GOT = declare("bnb.got", "text", "what was given instead")
MODEL = declare("bnb.model", "text", "the model class that bitsandbytes cannot quantize")
DISAGREE = declare("bnb.disagree", "flag", "whether quantization and load format do not both say bitsandbytes")
PIPELINE = declare("bnb.pipeline", "int", "the pipeline size that uses the GPUs of the launch instead of splitting")
PACKAGE = declare("bnb.package", "flag", "whether the package is missing or too old")
SPLIT = declare("bnb.is_prequant_split", "flag", "whether weights that are quantized already were to be split")


@reader("bitsandbytes", "BitsAndBytes")
def read_kind(event: Event) -> Iterator[Fact]:
    """Which of the complaints about bitsandbytes it is."""
    text = " ".join(event.message.split())
    if "install bitsandbytes" in text or "No module named 'bitsandbytes'" in text or "metadata was found for" in text:
        yield Fact(PACKAGE, True, event.lines[0])
    if "Prequant BitsAndBytes models with T" in text or "Prequant BitsAndBytes models with tensor" in text:
        yield Fact(SPLIT, True, event.lines[0])


@derived(DISAGREE)
def disagree(facts: Facts) -> bool | None:
    """Up to 0.8.1 each needs the other (create_engine_config); later the load format follows by itself."""
    quantization, load = facts.text("args.quantization") or "", facts.text("args.load_format") or ""
    if "bitsandbytes" not in (quantization, load) or left_open(facts, "quantization", "load_format"):
        return None
    from packaging.version import InvalidVersion, Version

    try:
        both_needed = Version(facts.text("vllm.version") or "") < Version("0.8.2")
    except InvalidVersion:
        return None
    return both_needed and quantization != load


@derived(PIPELINE)
def pipeline(facts: Facts) -> int | None:
    """Tensor times pipeline parallel size, where the first is more than one."""
    tensor, stages = (int(facts.number(f"args.{kind}_parallel_size") or 1) for kind in ("tensor", "pipeline"))
    return tensor * stages if tensor > 1 else None
