"""Ray: the version that a vLLM release wants, and what a cluster says of its nodes."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

WANTED = declare("ray.wanted", "text", "Ray as the release wants it, for pip: ray[default]>=2.9")
GPUS = declare("ray.gpus", "int", "the GPUs that a placement group was to have")
SECONDS = declare("ray.seconds", "int", "how long vLLM waited for the placement group")
NODE = declare("ray.node", "text", "the node that a message names")
OTHER_NODES = declare("ray.nodes", "int", "the nodes that the workers were placed on")
ADDRESSES = declare("ray.addresses", "int", "the different addresses that those nodes gave")
CLUSTER_VERSION = declare("ray.cluster_version", "text", "the version of Ray, or of Python, that the cluster runs")
OWN_VERSION = declare("ray.own_version", "text", "the one that this process runs")
ACTOR = declare("ray.actor", "text", "the class of the actor that died")
DRIVER_IP = declare("ray.driver_ip", "text", "the address of the node on which vLLM was started")
TROUBLE = declare("ray.trouble", "text", "what a message of Ray is about: no-gpu, version", "first")
FITS_HERE = declare("ray.fits_here", "flag", "whether all GPUs that are asked for are known to be on this node")
IMPORT_ERROR = declare("ray.import_error", "text", "why Ray could not be imported")
IMAGE = declare("launch.image", "text", "the container image of the launch")
IMAGE_WITHOUT = declare(
    "ray.image_without", "flag", "whether Ray is asked for in vLLM's own image, which has none since 0.18.0"
)

# requirements-cuda.txt, requirements/cuda.txt; from 0.18.0 on, where it is no longer one, requirements/test
_WANTED = {
    "0.4.1": "ray[default]>=2.9",
    "0.8.0": "ray[cgraph,default]>=2.43.0",
    "0.8.3": "ray[cgraph,default]>=2.43.0,!=2.44.*",
    "0.10.1": "ray[cgraph,default]>=2.48.0",
    "0.29.0": "ray[default]>=2.56.0,<2.57",
}
_KEYS = sorted((Version(release), text) for release, text in _WANTED.items())


_TROUBLES = (
    ("no-gpu", ("Current node has no ", "is not included in a placement", "Ray does not allocate any ")),
    ("version", ("Version mismatch: The cluster",)),
)


@reader("Current node has no ", "is not included in a placement", "Ray does not allocate any ", "Version mismatch: The")
def read_trouble(event: Event) -> Iterator[Fact]:
    """Which of its messages it is (vllm/executor/ray_utils.py, ray/_private/utils.py)."""
    for trouble, words in _TROUBLES:
        if any(word in event.message for word in words):
            yield Fact(TROUBLE, trouble, event.lines[0])


@derived(FITS_HERE)
def fits_here(facts: Facts) -> bool | None:
    """Only where the launch itself tells how many there are."""
    asked, there = facts.number("parallel.world"), facts.number("parallel.gpus")
    return None if not asked or not there else asked <= there


@derived(WANTED)
def wanted(facts: Facts) -> str:
    """`ray[default]` alone where the release is not known."""
    try:
        release = Version(facts.text("vllm.version") or "")
    except InvalidVersion:
        return "ray[default]"
    at = bisect_right([key for key, _ in _KEYS], release)
    return _KEYS[at - 1][1] if at else "ray[default]"


@derived(IMAGE_WITHOUT)
def image_without(facts: Facts) -> bool | None:
    """By the name of the image; one built on it may have Ray."""
    image = facts.text(IMAGE)
    if image is None or facts.text("parallel.backend") != "ray":
        return None
    return "vllm/vllm-openai" in image.rpartition(":")[0]
