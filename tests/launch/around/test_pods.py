from __future__ import annotations

import pytest

from tests.launch.around.reading import around, part
from vllm_doctor.launch.around.types import Probe

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: chat}
spec:
  SPEC
  containers:
    - name: server
      image: vllm/vllm-openai:v0.11.0
      args: [--model, m, -tp, "2"]
      BOX
"""


def pod(box: str = "resources: {}", spec: str = "hostNetwork: true") -> str:
    return POD.replace("SPEC", spec).replace("BOX", box)


def probed(box: str) -> Probe | None:
    return around(pod(box), "pod.yaml").probe


@pytest.mark.parametrize(
    ("resources", "gpus"),
    [
        ("limits: {nvidia.com/gpu: 4}", "4"),
        ('requests: {amd.com/gpu: "8"}', "8"),
        ("limits: {nvidia.com/mig-3g.40gb: 1, memory: 20Gi}", "1"),
        ("limits: {nvidia.com/gpu: 1, nvidia.com/mig-1g.10gb: 1}", None),
        ("limits: {nvidia.com/gpu.shared: 2}", None),
        ("limits: {cpu: 4}", None),
    ],
)
def test_gpus_are_a_resource(resources: str, gpus: str | None) -> None:
    assert around(pod(f"resources: {{{resources}}}"), "pod.yaml").gpus == gpus


def test_the_amount_is_where_a_finding_points() -> None:
    assert part(pod('resources: {limits: {nvidia.com/gpu: "4"}}'), "pod.yaml", "gpus") == '"4"'


@pytest.mark.parametrize(
    ("box", "spec", "shm"),
    [
        ("resources: {}", "hostNetwork: true", False),
        ("volumeMounts: [{name: shm, mountPath: /dev/shm}]", "hostNetwork: true", True),
        ("volumeMounts: [{name: shm, mountPath: /dev/shm/}]", "hostNetwork: true", True),
        ("resources: {}", "hostIPC: true", True),
        ('volumeMounts: [{name: x, mountPath: "{{ .Values.path }}"}]', "hostNetwork: true", None),
    ],
)
def test_shared_memory_is_a_volume(box: str, spec: str, shm: bool | None) -> None:
    assert around(pod(box, spec), "pod.yaml").shm is shm


def test_a_patch_and_a_template_do_not_show_all_of_a_pod() -> None:
    patch = """\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: chat}
        spec: {template: {spec: {containers: [{name: server, image: vllm/vllm-openai:v0.11.0, args: [--model, m]}]}}}
        """
    assert around(patch, "patch.yaml").shm is None
    assert around(pod(spec="{{- toYaml .Values.volumes | nindent 2 }}"), "pod.yaml").shm is None


def test_a_startup_probe_goes_before_liveness() -> None:
    live = "livenessProbe: {httpGet: {path: /health, port: 8000}, initialDelaySeconds: 60}"
    assert probed(live) == Probe("liveness", 90, 10)
    start = "\n      startupProbe: {tcpSocket: {port: 8000}, periodSeconds: 5, failureThreshold: 100}"
    assert probed(live + start) == Probe("startup", 500, 5)


@pytest.mark.parametrize(
    "box",
    [
        "readinessProbe: {httpGet: {path: /health, port: 8000}}",
        "livenessProbe: {exec: {command: [cat, /tmp/ok]}}",
        'livenessProbe: {httpGet: {path: /health, port: 8000}, failureThreshold: "{{ .Values.failures }}"}',
    ],
)
def test_a_check_that_is_not_known_to_end_a_start_is_none(box: str) -> None:
    assert probed(box) is None


@pytest.mark.parametrize(
    ("kind", "rest", "nodes"),
    [
        ("Deployment", "replicas: 3, selector: {}", 1),
        ("StatefulSet", "replicas: 2, selector: {}", None),
        ("StatefulSet", "selector: {}", 1),
        ("RayCluster", "x: 1", None),
        ("InferenceService", "x: 1", 1),
        ("InferenceService", "workerSpec: {}", None),
    ],
)
def test_the_nodes_of_one_model(kind: str, rest: str, nodes: int | None) -> None:
    text = f"""\
        apiVersion: apps/v1
        kind: {kind}
        spec:
          {rest.replace(", ", chr(10) + " " * 10)}
          template: {{spec: {{containers: [{{name: s, image: vllm/vllm-openai:v0.11.0, args: [--model, m]}}]}}}}
        """
    assert around(text, "a.yaml").nodes == nodes


def test_a_leader_and_its_workers_are_one_deployment() -> None:
    text = """\
        apiVersion: leaderworkerset.x-k8s.io/v1
        kind: LeaderWorkerSet
        spec:
          leaderWorkerTemplate:
            size: 3
            leaderTemplate:
              spec: {containers: [{name: l, image: vllm/vllm-openai:v0.11.0, args: [--model, m]}]}
        """
    assert around(text, "lws.yaml").nodes == 3
