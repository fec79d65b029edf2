"""The host's memory: who was killed for it, the swap space that vLLM asks for, shared memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.asked import asked_number, gpus_per_replica
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLED = declare("host.killed", "flag", "whether a shell reports the process as Killed", "first")
RSS = declare("host.rss_gib", "gib", "memory of the host that the killed process held", "first")
LIMIT = declare("host.limit_gib", "gib", "the memory limit of the container", "first")
PROBED = declare("host.killed_by_probe", "flag", "whether Kubernetes restarts the container for a probe", "first")
TASK = declare("host.task", "text", "the process that the kernel killed", "first")
OFFLOAD = declare("host.offload_gib", "gib", "what --cpu-offload-gb asks of the host's memory")
SWAP = declare("swap.used_gib", "gib", "host memory that the swap space takes, all GPUs of the node", "first")
TOTAL = declare("swap.total_gib", "gib", "the host's memory as vLLM sees it", "first")
FITTING = declare("swap.fitting", "int", "a --swap-space, in GiB for each GPU, that fits")
SHM_FILE = declare("shm.file", "text", "the file in shared memory that could not be made", "first")

_BARE = pattern(r"^\s{0,8}(?:Killed|已杀死|\S{1,80}: line \d{1,6}: {1,8}\d{1,8} Killed\b.{0,300})\s{0,4}$")
_RSS = pattern(r"\banon-rss:(\d{1,15})kB")
_TASK = pattern(r"Killed process \d{1,8} \(([^()]{1,40})\)")
_LIMIT = pattern(r"memory: usage \d{1,15}kB, limit (\d{1,15})kB")
_PROBE = pattern(r"Container \S{1,80} failed (?:liveness|startup) probe, will be restarted")
LEAVES = 0.4
"""CacheConfig.verify_with_parallel_config warns of more than 0.4 of the host's memory and refuses more than 0.7."""


@reader("Killed", "已杀死")
def read_killed(event: Event) -> Iterator[Fact]:
    """A shell's last word on a process that was sent SIGKILL, alone on its line."""
    if isinstance(event, Record) and not event.level and _BARE.match(event.message):
        yield Fact(KILLED, True, event.lines[0])


@reader("anon-rss:", "Killed process", "memory: usage")
def read_kernel(event: Event) -> Iterator[Fact]:
    """What the kernel says when it kills for memory (mm/oom_kill.c, mm/memcontrol.c)."""
    line = event.lines[0]
    if found := _RSS.search(event.message):
        yield Fact(RSS, round(int(found[1]) / 2**20, 2), line)
    if found := _TASK.search(event.message):
        yield Fact(TASK, found[1], line)
    if found := _LIMIT.search(event.message):
        yield Fact(LIMIT, round(int(found[1]) / 2**20, 2), line)


@reader("probe, will be restarted")
def read_probe(event: Event) -> Iterator[Fact]:
    """Kubernetes ends a container whose probe fails: with SIGKILL, too, when it does not end in time."""
    if _PROBE.search(event.message):
        yield Fact(PROBED, True, event.lines[0])


@derived(OFFLOAD)
def offload(facts: Facts) -> float | None:
    """For each GPU so much, all GPUs of the replica together; None without offload."""
    asked = asked_number(facts, "cpu_offload_gb")
    return asked * gpus_per_replica(facts) if asked else None


@derived(FITTING)
def fitting_swap(facts: Facts) -> int | None:
    """The largest whole number of GiB that vLLM takes without a warning."""
    total = facts.number(TOTAL)
    return int(LEAVES * total / gpus_per_replica(facts)) if total else None
