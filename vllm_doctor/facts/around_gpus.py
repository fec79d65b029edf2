"""GPUs that a file asks for beside those that its launch uses."""

from __future__ import annotations

from vllm_doctor.facts.around import ALONE, GIVEN, HOLDER, NODES, SIZES_OPEN, SPREAD
from vllm_doctor.facts.asked import asked_number
from vllm_doctor.facts.gpus_there import CONTAINER, THERE, in_container
from vllm_doctor.facts.parallel import BACKEND, FITTING, OVER, WORLD
from vllm_doctor.facts.types import Fact, Facts, declare, derived

ASKED = declare("around.gpus", "int", "the GPUs that the file asks for: of the container, or of all nodes together")
USED = declare("around.gpus_used", "int", "the GPUs that the launch uses: all parts of the model, of all replicas here")
FITTING_HERE = declare("around.fitting_tp", "int", "the largest tensor-parallel size that those GPUs allow")
FEW = declare("around.gpus_few", "flag", "whether the launch uses more GPUs than the file asks for")
SPARE = declare("around.gpus_spare", "flag", "whether the file asks for more GPUs than the launch uses")


@derived(FITTING_HERE)
def fitting_here(facts: Facts) -> int | None:
    """As `parallel.fitting_tp`, with the GPUs of the file as those that are there."""
    there = facts.number(ASKED)
    return None if there is None else _whole(facts.having([Fact(THERE, int(there))]).number(FITTING))


@derived(ASKED)
def asked(facts: Facts) -> int | None:
    """By the surroundings, where they are read, else by the container's options; those of a node times the nodes."""
    given = facts.text(GIVEN) if HOLDER in facts else facts.text(CONTAINER)
    here = in_container(given)
    nodes = int(facts.number(NODES) or 1)
    return here * nodes if here else None


@derived(USED)
def used(facts: Facts) -> int | None:
    """World size with `--prefill-context-parallel-size`, which is a factor of it from 0.12.0 on."""
    world = facts.number(WORLD)
    if not world or facts.get(SIZES_OPEN) is not False or facts.text("args.device") in ("cpu", "tpu", "neuron"):
        return None
    return int(world) * int(asked_number(facts, "prefill_context_parallel_size") or 1)


@derived(FEW)
def few(facts: Facts) -> bool | None:
    """Where the number of nodes is known; Ray's workers may then be anywhere in what was asked for."""
    wanted, there = facts.number(USED), facts.number(ASKED)
    if not wanted or not there or _elsewhere(facts):
        return None
    return wanted > there


@derived(SPARE)
def spare(facts: Facts) -> bool | None:
    """On one node, where nothing else uses them."""
    wanted, there = facts.number(USED), facts.number(ASKED)
    if not wanted or not there or _elsewhere(facts) or facts.get(ALONE) is not True or facts.get(OVER) is True:
        return None
    return wanted < there and facts.number(NODES) == 1


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _elsewhere(facts: Facts) -> bool:
    """Whether GPUs of other nodes may be used that this file does not ask for."""
    several = facts.get(SPREAD) is True or (asked_number(facts, "nnodes") or 1) > 1
    if facts.text(BACKEND) in ("ray", "external_launcher") or several:
        return facts.number(NODES) is None or int(facts.number(NODES) or 1) == 1
    return False
