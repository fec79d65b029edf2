"""What a pod of Kubernetes says around its containers: resources, volumes, probes, the services beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.around.numbers import count, unresolved
from vllm_doctor.launch.around.services import services
from vllm_doctor.launch.around.types import Probe, Surroundings
from vllm_doctor.launch.yamlfile.tree import lineage
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from vllm_doctor.launch.around.services import Service
    from vllm_doctor.launch.yamlfile.tree import Node

_SELECTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
_WHOLE = frozenset({"Pod", "Job", "CronJob", "LeaderWorkerSet", *_SELECTING})
_ALONE = frozenset({"InferenceService", "Rollout", "Service"})
"""Kinds of KServe, Argo and Knative whose pods work by themselves."""
_GPU = pattern(r"(?:nvidia\.com/(?:gpu|mig-[\w.]+)|amd\.com/gpu|gpu\.intel\.com/(?:i915|xe)|habana\.ai/gaudi)")
_SHM = "/dev/shm"  # noqa: S108
_ANSWERING = ("httpGet", "tcpSocket", "grpc")


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod's spec (which begins at `start`, behind its key) and the object that it belongs to."""

    spec: Node
    owner: Node
    text: str
    start: int

    @property
    def whole(self) -> bool:
        """Whether the file shows all of the pod: no patch of another file's, no kind that an operator completes."""
        kind = self.owner.string("kind") or ""
        return kind in _WHOLE and (kind not in _SELECTING or self.owner.get("spec", "selector") is not None)

    @property
    def written_out(self) -> bool:
        """Whether no template may add to the spec."""
        return "{{" not in self.text[self.start : self.spec.end]

    @property
    def nodes(self) -> int | None:
        """Pods that work together on one model."""
        kind = self.owner.string("kind")
        if kind == "LeaderWorkerSet":
            return count(self.owner.string("spec", "leaderWorkerTemplate", "size") or "1")
        several = self.owner.string("spec", "parallelism" if kind == "Job" else "replicas") or "1"
        if kind in ("StatefulSet", "Job"):
            return 1 if several == "1" else None
        return 1 if self.whole or (kind in _ALONE and "workerSpec" not in self.text) else None

    @property
    def namespace(self) -> str | None:
        """As written; None where it is not."""
        return self.owner.string("metadata", "namespace")


def pod_of(lead: tuple[Node, ...], text: str) -> Pod | None:
    """The pod of a container, of which `lead` are the nodes that lead to it: …, the spec, its list of containers."""
    owner = next((node for node in reversed(lead[:-1]) if node.string("apiVersion") and node.string("kind")), None)
    if owner is None or len(lead) < 3:
        return None
    spec, above = lead[-2], lead[-3]
    start = next((key.end for key, value in above.pairs if value is spec), spec.start)
    return Pod(spec, owner, text, start)


def around_containers(text: str, documents: list[Node]) -> dict[int, Surroundings]:
    """The surroundings of every container of a file, by the identity of its node."""
    beside = services(documents)
    made: dict[int, Surroundings] = {}
    for path, node, lead in lineage(documents):
        if node.kind != "map" or len(path) < 3 or path[-2] != "containers" or not path[-1].isdigit():
            continue
        pod = pod_of(lead, text)
        if pod:
            made[id(node)] = _around(pod, node, beside)
    return made


def _around(pod: Pod, box: Node, beside: list[Service]) -> Surroundings:
    resource, amount = _gpus(box)
    links = pod.spec.string("enableServiceLinks")
    seen = [one for one in beside if one.namespace == pod.namespace] if links is None else []
    probe, at = _probe(box)
    known = pod.whole and pod.written_out and box.get("image") is not None
    places = {"spec": pod.spec, "box": box, "gpus": amount, "probe": at, "image": box.get("image")}
    made = Surroundings(
        holder="pod",
        gpus=amount.value if amount else None,
        asked_by=resource,
        nodes=pod.nodes,
        probe=probe,
        services=tuple(one.name for one in seen) if pod.whole else (),
        places={name: Span(node.start, node.end) for name, node in places.items() if node}
        | {f"service:{one.name}": one.place for one in seen},
    )
    if not known:
        return made
    return replace(made, shm=_shm(pod, box), mounts=_mounts(box), more_variables=box.get("envFrom") is not None)


def _gpus(box: Node) -> tuple[str | None, Node | None]:
    """The resource that is a GPU, and how many; None where there are several kinds."""
    for amount in ("limits", "requests"):
        named = box.get("resources", amount)
        found = [pair for name, pair in (named.entries() if named else {}).items() if _GPU.fullmatch(name)]
        if found:
            (key, value), *more = found
            return (None, None) if more or value.kind != "scalar" else (key.value, value)
    return None, None


def _mounts(box: Node) -> tuple[str, ...] | None:
    listed = box.get("volumeMounts")
    paths = [item.string("mountPath") or "" for item in listed.items] if listed else []
    return None if any(unresolved(path) for path in paths) else tuple(paths)


def _shm(pod: Pod, box: Node) -> bool | None:
    if (host := pod.spec.string("hostIPC")) is not None:
        return True if host == "true" else None
    mounts = _mounts(box)
    return None if mounts is None else any(path.rstrip("/") == _SHM for path in mounts)


def _probe(box: Node) -> tuple[Probe | None, Node | None]:
    """The check that may end a start: the startup probe, for liveness waits until it has passed."""
    for kind in ("startup", "liveness"):
        node = box.get(f"{kind}Probe")
        if node is None:
            continue
        numbers = [
            count(node.string(name) or default)
            for name, default in (("initialDelaySeconds", "0"), ("periodSeconds", "10"), ("failureThreshold", "3"))
        ]
        delay, period, failures = numbers
        if delay is None or period is None or failures is None or not any(node.get(way) for way in _ANSWERING):
            return None, None
        return Probe(kind, delay + (period or 10) * (failures or 3), period or 10), node
    return None, None
