"""Shared memory of a container in which several processes share a model."""

from __future__ import annotations

from vllm_doctor.facts.around import SHM, SIZES_OPEN
from vllm_doctor.facts.of_launch import left_open
from vllm_doctor.facts.parallel import TP
from vllm_doctor.facts.types import Facts, declare, derived

MISSING = declare("around.shm_missing", "flag", "whether tensor parallelism has only a container's default /dev/shm")


@derived(MISSING)
def shm_missing(facts: Facts) -> bool | None:
    """Only where the size is known to be more than one, and the container is known to get no more.

    On Neuron one process drives all cores (NeuronWorker, 0.3.3 to 0.9.2).
    """
    if facts.text("args.device") == "neuron" or left_open(facts, "device"):
        return None
    size = facts.number(TP)
    return facts.get(SHM) is False and size is not None and size > 1 and facts.get(SIZES_OPEN) is False
