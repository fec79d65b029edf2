"""What a compose service says around its container: GPUs, shared memory, mounts, a healthcheck that others wait for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.around.containers import of_options
from vllm_doctor.launch.around.numbers import count, duration, unresolved
from vllm_doctor.launch.around.types import Probe, Surroundings
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vllm_doctor.launch.yamlfile.tree import Node

_INTERVAL, _RETRIES = "30s", "3"


def around_service(
    document: Node,
    title: str,
    chain: Sequence[Node],
    options: Mapping[str, str],
    base: Surroundings | None = None,
    *,
    extended: bool = False,
    partial: bool = False,
) -> Surroundings:
    """The surroundings of a service; `chain` are the service and what it extends, `base` those of another file's.

    `extended`: another file's service extends this one, so that what it lacks is nothing missing. `partial`: the file
    is put over another one.
    """
    service = chain[0]
    mounts = _mounts(chain)
    made = of_options(options, "compose", Span(service.start, service.end))
    device = _first(chain, "deploy", "resources", "reservations", "devices")
    image, health = _first(chain, "image"), _first(chain, "healthcheck")
    probe = _probe(health) if health and _waited_for(document, title, chain) else None
    lacking = chain[-1].string("extends", "file") and base is None
    whole = not lacking and not partial and bool(image or _first(chain, "build") or extended or base)
    shm = True if made.shm or _has_shm(mounts) else (False if whole and mounts is not None else None)
    shm = None if made.shm is None else shm
    places = {"gpus": device, "image": image, "probe": health}
    made = replace(
        made,
        asked_by="device_ids" if (made.gpus or "").startswith("device=") else "count" if device else "gpus",
        shm=shm,
        mounts=mounts if whole else None,
        more_variables=_first(chain, "env_file") is not None or not whole,
        probe=probe,
        built=_first(chain, "build") is not None,
        places=made.places | {name: Span(node.start, node.end) for name, node in places.items() if node},
    )
    return _over(made, base) if base else made


def _over(made: Surroundings, base: Surroundings) -> Surroundings:
    """A service over the one that it extends in another file."""
    mounts = None if made.mounts is None or base.mounts is None else (*base.mounts, *made.mounts)
    shm = True if made.shm or base.shm else made.shm if base.shm is not None else None
    return replace(
        made,
        gpus=made.gpus or base.gpus,
        shm=shm,
        mounts=mounts,
        more_variables=made.more_variables or base.more_variables,
        built=made.built or base.built,
    )


def _first(chain: Sequence[Node], *names: str) -> Node | None:
    return next((node for one in chain if (node := one.get(*names))), None)


def _mounts(chain: Sequence[Node]) -> tuple[str, ...] | None:
    """Where `volumes` and `tmpfs` mount something; None where a variable says it."""
    places: list[str] = []
    for one in chain:
        for key in ("volumes", "tmpfs"):
            node = one.get(key)
            for item in [] if node is None else node.items if node.kind == "list" else [node]:
                places.append(_target(item, key))
    return None if any(unresolved(place) for place in places) else tuple(place for place in places if place)


def _target(item: Node, key: str) -> str:
    if item.kind != "scalar":
        return item.string("target") or ""
    from vllm_doctor.launch.around.mounts import targets

    found = targets(item.value) if key == "volumes" else targets(tmpfs=item.value)
    return "$" if found is None else next(iter(found), "")


def _has_shm(mounts: tuple[str, ...] | None) -> bool:
    return any(place.rstrip("/") == "/dev/shm" for place in mounts or ())  # noqa: S108


def _waited_for(document: Node, title: str, chain: Sequence[Node]) -> bool:
    """Whether another service waits for this one's health, so that its start ends when the check gives up."""
    named = document.get("services")
    for other, (_, service) in named.entries().items() if named else ():
        waits = service.string("depends_on", title, "condition") if service.kind == "map" else None
        if other != title and waits == "service_healthy" and service.string("depends_on", title, "required") != "false":
            return True
    labels = _first(chain, "labels")
    listed = [item.value for item in labels.items] if labels and labels.kind == "list" else []
    return (labels is not None and labels.string("autoheal") == "true") or "autoheal=true" in listed


def _probe(health: Node) -> Probe | None:
    """How long compose waits: failures within `start_period` do not count (compose-spec, healthcheck)."""
    if health.string("disable") == "true" or health.get("test") is None:
        return None
    delay = duration(health.string("start_period") or "0s")
    period = duration(health.string("interval") or _INTERVAL)
    failures = count(health.string("retries") or _RETRIES)
    if delay is None or period is None or failures is None:
        return None
    return Probe("healthcheck", delay + max(1, period) * max(1, failures), max(1, period))
