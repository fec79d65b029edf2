"""Facts of what stands around a launch in its file, and of what the launch leaves open."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.launch.options import options, positional
from vllm_doctor.patterns import pattern
from vllm_doctor.vllm.any_release import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch, Option

HOLDER = declare("around.holder", "text", "what the launch runs in: docker, compose, pod, quadlet, batch, task")
GIVEN = declare("around.gpus_given", "text", "the GPUs of one node or container that the file asks for: 4, device=0,1")
ASKED_BY = declare("around.asked_by", "text", "how the file asks for them: nvidia.com/gpu, --gres, accelerators")
ALONE = declare("around.alone", "flag", "whether nothing else in the file uses these GPUs")
NODES = declare("around.nodes", "int", "the nodes or pods that the deployment spans")
SPREAD = declare("around.several_nodes", "flag", "whether the launch may use GPUs of other nodes")
SIZES_OPEN = declare("around.sizes_open", "flag", "whether a variable, a config file may hold options on parallelism")
SHM = declare("around.shm", "flag", "whether /dev/shm is larger than a container's default")
PROBE = declare("around.probe", "text", "the check that ends a start: liveness, startup, healthcheck")
PROBE_SECONDS = declare("around.probe_seconds", "int", "how long that check lets a start take")
PROBE_PERIOD = declare("around.probe_period", "id", "the seconds between two checks")
SERVICES = declare("around.services", "text", "the Kubernetes services whose addresses the container gets")
MORE_VARIABLES = declare("around.more_variables", "flag", "whether the container gets variables that the file hides")
MOUNTS = declare("around.mounts", "text", "where something is mounted in the container, one a line; empty: nowhere")
BUILT = declare("around.built", "flag", "whether the image is built here")
UNSETS = declare("around.unsets", "text", "the variables that the text takes away before it starts vLLM")
NAMED = declare("around.named", "text", "the variables that the launch is given, whatever their values")
LOGS_IN = declare("around.logs_in", "flag", "whether the text logs in at the Hugging Face Hub")

_PARALLEL = frozenset(
    {
        *("--tensor-parallel-size", "--pipeline-parallel-size", "--data-parallel-size", "--data-parallel-size-local"),
        *("--prefill-context-parallel-size", "--distributed-executor-backend", "--nnodes", "--config"),
        *("--data-parallel-address", "--data-parallel-rank", "--data-parallel-start-rank", "--data-parallel-backend"),
    }
)
_NODES = (
    *("--nnodes", "--distributed-executor-backend", "--data-parallel-backend", "--data-parallel-address"),
    *("--data-parallel-size-local", "--data-parallel-rank", "--data-parallel-start-rank"),
)
"""Options that say over how many nodes a launch or its replicas run, or what starts their workers."""
_CLUSTER = pattern(
    r"\bray(?:[\"',\s]{1,6})start\b|multi-node-serving|run_cluster\.sh|\bray_init\b|RAY_ADDRESS|\b(?:workerSpec|raySpec):"
)
_CLUSTER_WORDS = ("ray", "RAY_ADDRESS", "multi-node-serving", "run_cluster.sh", "workerSpec:")
"""Of which the pattern needs one; most texts have none."""
_UNSET = pattern(r"(?:\bunset|\benv\s+-u|--unset(?:env)?[= ])\s*((?:[A-Z][A-Z0-9_]{2,60}\s{0,4}){1,8})")
_LOGIN = pattern(r"\b(?:huggingface-cli|hf auth|hf)\s+(?:auth\s+)?login\b")
_MOST_UNSET = 100
_OPEN = ("$", "{{", "{%", "`")


def of_around(launch: Launch) -> Iterator[Fact]:
    """Facts by the launch's surroundings and the text beside it; what is unknown has no fact."""
    around = launch.around
    found = options(launch, _arity)
    yield Fact(SIZES_OPEN, _sizes_open(launch, found))
    backend = any(canonical(option.flag) in _NODES and _is_open(option.values) for option in found)
    spread, unsets, logs_in = _told_by(launch.text)
    if backend or (around and around.nodes != 1) or spread:
        yield Fact(SPREAD, True)
    if around is None:
        return
    known = (
        (HOLDER, around.holder), (GIVEN, around.gpus), (ASKED_BY, around.asked_by), (ALONE, around.alone),
        (NODES, around.nodes), (SHM, around.shm), (MORE_VARIABLES, around.more_variables), (BUILT, around.built),
        (SERVICES, " ".join(around.services) or None),
        (MOUNTS, None if around.mounts is None else "\n".join(around.mounts)),
    )  # fmt: skip
    yield from (Fact(name, value) for name, value in known if value is not None)
    if around.probe:
        yield Fact(PROBE, around.probe.kind)
        yield Fact(PROBE_SECONDS, around.probe.seconds)
        yield Fact(PROBE_PERIOD, around.probe.period)
    yield Fact(NAMED, " ".join(variable.name for variable in launch.env))
    if unsets:
        yield Fact(UNSETS, unsets)
    if logs_in:
        yield Fact(LOGS_IN, True)


@lru_cache(maxsize=2)
def _told_by(text: str) -> tuple[bool, str, bool]:
    """Of the text around: whether it speaks of a cluster, which variables it unsets, whether it logs in; read once."""
    unsets = ""
    if "unset" in text or "env" in text:
        unsets = " ".join(found[1] for found in islice(_UNSET.finditer(text), _MOST_UNSET))
    cluster = any(word in text for word in _CLUSTER_WORDS) and bool(_CLUSTER.search(text))
    return cluster, unsets, "login" in text and bool(_LOGIN.search(text))


def _arity(flag: str) -> int | str | None:
    return vllm.arity(flag, None)


def _sizes_open(launch: Launch, found: Sequence[Option]) -> bool:
    """Whether an option on parallelism has a variable for a value, or a word may stand for any options."""
    if any(canonical(option.flag) in _PARALLEL and _is_open(option.values) for option in found):
        return True
    if any((canonical(option.flag) or option.flag) == "--config" or _is_open((option.flag,)) for option in found):
        return True
    spare = positional(launch, _arity)
    return any(word.dynamic or _is_open((word.value,)) for word in spare[launch.program == "vllm serve" :])


def _is_open(values: tuple[str, ...]) -> bool:
    return any(sign in value for value in values for sign in _OPEN)
