"""Over how many GPUs a launch splits the model, whether that divides the model's sizes, and what would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.asked import asked_number
from vllm_doctor.facts.gpus_there import THERE
from vllm_doctor.facts.types import Facts, declare, derived

if TYPE_CHECKING:
    from collections.abc import Iterator

TP = declare("parallel.tp", "int", "the tensor-parallel size: as a message says, else of the launch")
PP = declare("parallel.pp", "int", "the pipeline-parallel size of the launch")
WORLD = declare(
    "parallel.world", "int", "the GPUs that are asked for: tensor x pipeline parallel size, or as a message says"
)
WHOLE = declare("parallel.whole", "int", "the size of the model that tensor parallelism has to divide: its heads")
WHAT = declare("parallel.what", "text", "what of the model cannot be divided, as the message calls it")
KV_HEADS = declare("model.kv_heads", "int", "key and value heads of the model's config")
HEADS = declare("model.heads", "int", "attention heads of the model's config")
VOCAB = declare("model.vocab", "int", "the tokens of the model's vocabulary")
FITTING = declare(
    "parallel.fitting_tp", "int", "the largest tensor-parallel size that divides the model and has its GPUs"
)
SPLIT_TP = declare("parallel.split_tp", "int", "a tensor-parallel size that divides the model and the GPUs asked for")
SPLIT_PP = declare("parallel.split_pp", "int", "the pipeline size that then uses all of them")
FITTING_PP = declare("parallel.fitting_pp", "int", "the pipeline size that the GPUs allow beside that tensor size")
HEADS_NAMED = declare(
    "parallel.heads_named", "flag", "whether it is known to be the attention heads that do not divide"
)
REPLICATED = declare("parallel.replicated", "flag", "whether the launch starts several replicas (data parallelism)")
REPLICAS = declare("parallel.replicas", "int", "the replicas that a message names")
RANK = declare("parallel.rank", "id", "the worker that found no GPU")
INDIVISIBLE = declare(
    "parallel.indivisible", "flag", "whether the launch's tensor-parallel size does not divide the heads"
)
OVER = declare("parallel.over", "flag", "whether the launch asks one node for more GPUs than it is given")
ONE_NODE = declare("parallel.one_node", "flag", "whether all workers of the launch run on one node")
BACKEND = declare("parallel.backend", "text", "what starts the workers: ray, mp, uni, external_launcher; as asked")

PADDING = 64
"""The vocabulary is padded to a multiple of this (vllm/model_executor/layers/vocab_parallel_embedding.py)."""
_MOST = 1024


@derived(BACKEND)
def backend(facts: Facts) -> str | None:
    """--worker-use-ray (to 0.7.0) and --engine-use-ray ask for Ray, too."""
    if facts.text("args.worker_use_ray") == "True" or facts.text("args.data_parallel_backend") == "ray":
        return "ray"
    return facts.text("args.distributed_executor_backend")


@derived(TP)
def tensor_parallel(facts: Facts) -> int | None:
    """As asked; 1 where a launch is known and does not ask. Without one, all GPUs that a message says are asked for."""
    said = facts.read.get(WORLD)
    return _size(facts, "tensor") or (int(said.value) if said and not isinstance(said.value, str) else None)


@derived(PP)
def pipeline_parallel(facts: Facts) -> int | None:
    """As asked; 1 where a launch is known and does not ask."""
    return _size(facts, "pipeline")


@derived(WORLD)
def world(facts: Facts) -> int | None:
    """All replicas that one node has to hold count (data parallelism)."""
    tensor, pipeline = _size(facts, "tensor"), _size(facts, "pipeline")
    return tensor * pipeline * _replicas(facts) if tensor and pipeline else None


@derived(WHOLE)
def whole(facts: Facts) -> int | None:
    """Where no message says what could not be divided: what the config has that cannot."""
    return _uncut(facts)[1]


@derived(WHAT)
def what(facts: Facts) -> str | None:
    """What that is; None where a message gave the number."""
    return None if WHOLE in facts.read else _uncut(facts)[0]


@derived(HEADS_NAMED)
def heads_named(facts: Facts) -> bool:
    """By the message or the config."""
    return facts.text(WHAT) == "attention heads"


@derived(FITTING)
def fitting(facts: Facts) -> int | None:
    """Below what is asked for; None where that is unknown or 1."""
    asked, most = int(facts.number(TP) or 0), int(facts.number(THERE) or _MOST)
    if asked < 2:
        return None
    return max((size for size in _fitting(facts) if size < asked and size <= most), default=None)


@derived(SPLIT_TP)
def split_tensor(facts: Facts) -> int | None:
    """So that tensor times pipeline is what was asked for, as far as there are GPUs."""
    gpus = _gpus(facts)
    fits = [size for size in _fitting(facts) if gpus % size == 0 and size < (facts.number(TP) or 0)] if gpus > 1 else []
    return max(fits, default=None)


@derived(SPLIT_PP)
def split_pipeline(facts: Facts) -> int | None:
    """None where nothing is left to split."""
    tensor = int(facts.number(SPLIT_TP) or 0)
    parts = _gpus(facts) // tensor if tensor else 0
    return parts if parts > 1 else None


@derived(FITTING_PP)
def fitting_pipeline(facts: Facts) -> int | None:
    """Fewer stages than asked for, where each stage has its GPUs."""
    tensor, stages, there = (facts.number(name) for name in (TP, PP, THERE))
    if not tensor or not stages or not there or stages < 2 or tensor > there:
        return None
    return min(int(there // tensor), int(stages) - 1)


@derived(REPLICATED)
def replicated(facts: Facts) -> bool | None:
    """By --data-parallel-size."""
    return (asked_number(facts, "data_parallel_size") or 1) > 1


@derived(INDIVISIBLE)
def indivisible(facts: Facts) -> bool | None:
    """`verify_with_parallel_config` (vllm/config.py, vllm/config/model.py); QKVParallelLinear and
    VocabParallelEmbedding (vllm/model_executor/layers).
    """
    if not facts.number(HEADS) or not facts.number(TP):
        return None
    return not all(_divides(int(facts.number(TP) or 1), size, step) for _, size, step in _sizes(facts))


@derived(ONE_NODE)
def one_node(facts: Facts) -> bool | None:
    """Ray, other launchers and --nnodes may have several; so may what the launch's file spreads over nodes."""
    if not any(name.startswith("args.") for name in facts.read):
        return None
    if facts.get("around.several_nodes") is True:
        return False
    return backend(facts) not in ("ray", "external_launcher") and (asked_number(facts, "nnodes") or 1) < 2


@derived(OVER)
def over(facts: Facts) -> bool | None:
    """Where one GPU at least is there: none at all is another matter."""
    there = facts.number(THERE)
    asked = facts.number(WORLD) if there else None
    if not asked or not there or facts.text("args.device") in ("cpu", "tpu", "neuron"):
        return None
    return asked > there and facts.get(ONE_NODE) is True


def _sizes(facts: Facts) -> tuple[tuple[str, int, int], ...]:
    """What the config has that tensor parallelism divides: its name, its size, the step of `_divides`."""
    heads, kv, vocab = (int(facts.number(name) or 0) for name in (HEADS, KV_HEADS, VOCAB))
    padded = -(-vocab // PADDING) * PADDING
    return ("attention heads", heads, 1), ("key-value heads", kv, -1), ("padded vocabulary", padded, 1)


def _uncut(facts: Facts) -> tuple[str | None, int | None]:
    """The first of those that the launch's size does not divide, else the heads."""
    parts = int(_size(facts, "tensor") or 1)
    named = [(name, size) for name, size, step in _sizes(facts) if size and not _divides(parts, size, step)]
    if named:
        return named[0]
    heads = facts.number(HEADS)
    return ("attention heads", int(heads)) if heads else (None, None)


def _size(facts: Facts, kind: str) -> int | None:
    if not any(name.startswith(("args.", "config.")) for name in facts.read):
        return None
    return int(asked_number(facts, f"{kind}_parallel_size") or 1)


def _replicas(facts: Facts) -> int:
    """Replicas that this launch starts itself: others are elsewhere, or are launched by themselves."""
    local = asked_number(facts, "data_parallel_size_local")
    if local is not None:
        return int(local)
    elsewhere = ("data_parallel_address", "data_parallel_rank", "data_parallel_start_rank")
    if any(facts.text(f"args.{name}") for name in elsewhere):
        return 1
    return int(asked_number(facts, "data_parallel_size") or 1)


def _gpus(facts: Facts) -> int:
    asked = int(facts.number(TP) or 0) * int(facts.number(PP) or 1)
    return min(asked, int(facts.number(THERE) or _MOST))


def _fitting(facts: Facts) -> Iterator[int]:
    """Sizes that divide the heads and all else; where some of it is unknown only powers of two, as models are built."""
    size = int(facts.number(WHOLE) or 0)
    known = all(facts.number(name) for name in (HEADS, VOCAB, "model.intermediate"))
    for parts in range(1, _MOST + 1):
        if size % parts or (not known and parts & (parts - 1)):
            continue
        if all(_divides(parts, facts.number(name), step) for name, step in _others(facts)):
            yield parts


def _others(facts: Facts) -> tuple[tuple[str, int], ...]:
    group = int(facts.number("model.quant_group") or 1)
    quantized = facts.text("model.quant_method") in ("awq", "gptq", "fp8")
    return (HEADS, 1), (VOCAB, 0), ("model.intermediate", group if quantized else 1), (KV_HEADS, -1)


def _divides(parts: int, value: float | None, step: int) -> bool:
    """Whether `parts` cut a value into whole steps; 0: into the padded vocabulary, -1: or copy it (KV heads)."""
    whole_size = int(value or 0)
    if step == 0:
        whole_size = -(-whole_size // PADDING) * PADDING
    if step == -1:
        return not whole_size or whole_size % parts == 0 or parts % whole_size == 0
    return whole_size % (parts * max(step, 1)) == 0
