"""What a file says around a launch, as typed values; what it does not say, or says with a variable, is unknown."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.text import Span

Holder: TypeAlias = Literal["docker", "compose", "pod", "quadlet", "batch", "task"]
"""What the launch runs in: `docker run` (podman, nerdctl), a compose service, a pod of Kubernetes, a quadlet, a
batch script of Slurm, a task of SkyPilot."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A check that ends a server which does not answer in time.

    `kind`: liveness, startup, or healthcheck (compose). `seconds` is how long a start may take before it gives up,
    counted from the start of the container; `period` is the time between two checks.
    """

    kind: str
    seconds: int
    period: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around one launch.

    `gpus` are those of one node or container, as `docker run --gpus` says it ("4", "all", "device=0,1"), `asked_by`
    how the file asks for them. `nodes`: how many nodes or pods the deployment spans, None where that is unknown.
    `alone`: nothing else in the file uses these GPUs. `shm`: whether /dev/shm is larger than a container's default
    of 64 MiB. `mounts` are the places in the container where something is mounted, None where unknown.
    `more_variables`: the container gets variables that this file does not show. `services` are the Kubernetes
    services whose addresses the container gets as variables. `built`: the image is built here, not pulled.
    `places` say where in the text the parts stand: `box` (what holds the launch as a whole), `spec` (a pod's), `gpus`,
    `probe`, `image`, `service:NAME` (the name of each service).
    """

    holder: Holder
    gpus: str | None = None
    asked_by: str | None = None
    nodes: int | None = 1
    alone: bool = True
    shm: bool | None = None
    mounts: tuple[str, ...] | None = None
    more_variables: bool = True
    services: tuple[str, ...] = ()
    probe: Probe | None = None
    built: bool = False
    places: dict[str, Span] = field(default_factory=dict)
