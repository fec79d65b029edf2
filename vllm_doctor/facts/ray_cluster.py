"""Ray: the version that a vLLM release wants, and what a cluster says of its nodes."""

from __future__ import annotations

from bisect import bisect_right

from packaging.version import InvalidVersion, Version

from vllm_doctor.facts.types import Facts, declare, derived

WANTED = declare("ray.wanted", "text", "Ray as the release wants it, for pip: ray[default]>=2.9")
GPUS = declare("ray.gpus", "float", "the GPUs that a placement group was to have")
SECONDS = declare("ray.seconds", "int", "how long vLLM waited for the placement group")
NODE = declare("ray.node", "text", "the node that a message names")
OTHER_NODES = declare("ray.nodes", "int", "the nodes that the workers were placed on")
ADDRESSES = declare("ray.addresses", "int", "the different addresses that those nodes gave")
CLUSTER_VERSION = declare("ray.cluster_version", "text", "the version of Ray, or of Python, that the cluster runs")
OWN_VERSION = declare("ray.own_version", "text", "the one that this process runs")
ACTOR = declare("ray.actor", "text", "the class of the actor that died")
NEEDS_RAY = declare("ray.asked_for", "flag", "whether the launch asks for Ray itself, and has one node")

# requirements-cuda.txt, requirements/cuda.txt; from 0.18.0 on, where it is no longer one, requirements/test
_WANTED = {
    "0.4.1": "ray[default]>=2.9",
    "0.8.0": "ray[cgraph,default]>=2.43.0",
    "0.8.3": "ray[cgraph,default]>=2.43.0,!=2.44.*",
    "0.10.1": "ray[cgraph,default]>=2.48.0",
    "0.29.0": "ray[default]>=2.56.0,<2.57",
}
_KEYS = sorted((Version(release), text) for release, text in _WANTED.items())


@derived(WANTED)
def wanted(facts: Facts) -> str:
    """`ray[default]` alone where the release is not known."""
    try:
        release = Version(facts.text("vllm.version") or "")
    except InvalidVersion:
        return "ray[default]"
    at = bisect_right([key for key, _ in _KEYS], release)
    return _KEYS[at - 1][1] if at else "ray[default]"


@derived(NEEDS_RAY)
def asked_for(facts: Facts) -> bool | None:
    """By its backend; the multi-node intent cannot be seen."""
    backend = facts.text("parallel.backend")
    return None if backend is None else backend == "ray"
