from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.around.edit import given as given_launch
from vllm_doctor.launch.files import read_launches


def give(text: str, file: str, name: str, value: str) -> str:
    """The text after the edit of its first launch."""
    return given_launch(read_launches(dedent(text), file)[0], name, value).text


def changed(text: str, file: str, name: str, value: str = "") -> tuple[list[str], list[str]]:
    """The lines that went and that came."""
    old, new = dedent(text).splitlines(), give(text, file, name, value).splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("command", "fixed"),
    [
        ("docker run --gpus all vllm/vllm-openai -tp 2", "docker run --gpus all --ipc=host vllm/vllm-openai -tp 2"),
        (
            "sudo podman run \\\n  -p 80:80 \\\n  vllm/vllm-openai \\\n  --model m",
            "sudo podman run \\\n  -p 80:80 \\\n  --ipc=host \\\n  vllm/vllm-openai \\\n  --model m",
        ),
        ("ssh h 'docker run vllm/vllm-openai --model m'", "ssh h 'docker run --ipc=host vllm/vllm-openai --model m'"),
    ],
)
def test_docker_run_gets_an_option_before_the_image(command: str, fixed: str) -> None:
    assert give(command, "a.sh", "ipc", "host") == fixed


COMPOSE = """\
    services:
      web: {image: web}   # stays
      vllm:
        image: vllm/vllm-openai:v0.11.0  # pinned
        command: --model m -tp 2
    """


def test_a_service_gets_a_key_below_its_image() -> None:
    assert changed(COMPOSE, "compose.yaml", "ipc", "host") == ([], ["    ipc: host"])
    assert give(COMPOSE.replace("\n", "\r\n"), "compose.yaml", "ipc", "host").count("\r\n") == 6


ANCHORS = """\
    x-base: &base
      image: vllm/vllm-openai:v0.11.0
    services:
      one:
        <<: *base
        command: --model m -tp 2
      two:
        <<: *base
        ipc: private
        command: --model n -tp 2
    """


def test_what_several_services_share_stays() -> None:
    old, new = dedent(ANCHORS).splitlines(), give(ANCHORS, "compose.yaml", "ipc", "host").splitlines()
    assert [line for line in new if line not in old] == ["    ipc: host"]
    assert new.index("    ipc: host") == old.index("    command: --model m -tp 2") + 1


POD = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: chat}
    spec:
      VOLUMES
      containers:
      - name: server
        image: vllm/vllm-openai:v0.11.0
        args: [--model, m, -tp, "2"]   # two
        MOUNTS
      - {name: sidecar, image: side:1}
    """


def pod(volumes: str = "hostNetwork: true", mounts: str = "resources: {}") -> str:
    return POD.replace("VOLUMES", volumes).replace("MOUNTS", mounts)


def test_a_pod_gets_a_volume_and_the_container_its_mount() -> None:
    gone, come = changed(pod(), "pod.yaml", "shm")
    assert gone == []
    assert come == [
        "  volumes:",
        "    - name: dshm",
        "      emptyDir:",
        "        medium: Memory",
        "    volumeMounts:",
        "      - name: dshm",
        "        mountPath: /dev/shm",
    ]


def test_volumes_that_are_there_get_one_more() -> None:
    text = pod(
        "volumes:\n      - name: dshm\n        persistentVolumeClaim: {claimName: x}".replace("\n", "\n    "),
        "volumeMounts:\n    - name: dshm\n      mountPath: /models".replace("\n", "\n        "),
    )
    gone, come = changed(text, "pod.yaml", "shm")
    assert gone == []
    assert [line.strip() for line in come] == [
        "- name: dshm-1",
        "emptyDir:",
        "medium: Memory",
        "- name: dshm-1",
        "mountPath: /dev/shm",
    ]


LIVE = "livenessProbe: {httpGet: {path: /health, port: http}, initialDelaySeconds: 60}"


def test_a_startup_probe_looks_as_liveness_does() -> None:
    gone, come = changed(pod(mounts=LIVE), "pod.yaml", "startupProbe", "68")
    assert gone == []
    assert come == [
        "    startupProbe:",
        "      httpGet:",
        "        path: /health",
        "        port: http",
        "      periodSeconds: 10",
        "      failureThreshold: 68",
    ]


def test_the_startup_probe_that_is_there_may_fail_more_often() -> None:
    there = "startupProbe: {tcpSocket: {port: 8000}, failureThreshold: 6}   # short"
    _, come = changed(pod(mounts=there), "pod.yaml", "startupProbe", "68")
    assert come == ["    startupProbe: {tcpSocket: {port: 8000}, failureThreshold: 68}   # short"]
    _, come = changed(pod(mounts="startupProbe: {tcpSocket: {port: 8000}}"), "pod.yaml", "startupProbe", "68")
    assert come == ["    startupProbe: {tcpSocket: {port: 8000}, failureThreshold: 68}"]


HEALTH = """\
    services:
      vllm:
        image: vllm/vllm-openai:v0.11.0
        command: --model m
        healthcheck:
          test: [CMD, curl, localhost]
          PERIOD
      web: {image: web, depends_on: {vllm: {condition: service_healthy}}}
    """


def test_a_healthcheck_gets_a_start_period() -> None:
    text = HEALTH.replace("PERIOD", "start_period: 20s  # short")
    assert changed(text, "compose.yaml", "start_period", "680s")[1] == ["      start_period: 680s  # short"]
    text = HEALTH.replace("PERIOD", "retries: 5")
    assert changed(text, "compose.yaml", "start_period", "680s") == ([], ["      start_period: 680s"])


def test_a_check_with_headers_is_left_to_its_owner() -> None:
    headers = LIVE.replace("port: http", "port: http, httpHeaders: [{name: a, value: b}]")
    with pytest.raises(LaunchError):
        give(pod(mounts=headers), "pod.yaml", "startupProbe", "68")


def test_service_links_are_turned_off_in_the_pod_s_spec() -> None:
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: vllm}\nspec: {ports: []}\n"
    gone, come = changed(dedent(pod()) + service, "all.yaml", "enableServiceLinks", "false")
    assert (gone, come) == ([], ["  enableServiceLinks: false"])


def test_a_quadlet_gets_an_argument_of_podman() -> None:
    unit = "[Container]\nImage=vllm/vllm-openai:v0.11.0\nExec=--model m \\\n  -tp 2\n"
    assert changed(unit, "vllm.container", "ipc", "host") == ([], ["PodmanArgs=--ipc=host"])


@pytest.mark.parametrize(
    ("text", "file", "name"),
    [
        ("vllm serve m -tp 2", "a.sh", "ipc"),
        ("docker exec s vllm serve m", "a.sh", "ipc"),
        ("docker run vllm/vllm-openai --model m", "a.sh", "shm"),
        (COMPOSE, "compose.yaml", "shm"),
        (pod("volumes: [{name: a, emptyDir: {}}]"), "pod.yaml", "shm"),
        (pod(), "pod.yaml", "ipc"),
    ],
)
def test_where_there_is_no_way_nothing_is_changed(text: str, file: str, name: str) -> None:
    with pytest.raises(LaunchError):
        give(text, file, name, "host")


@given(
    indent=st.integers(1, 6),
    newline=st.sampled_from(["\n", "\r\n"]),
    image=st.sampled_from(["vllm/vllm-openai:v0.11.0", "'vllm/vllm-openai:v0.11.0'  # pinned", '"vllm/vllm-openai"']),
    rest=st.permutations(["command: --model m -tp 2", "restart: always", "# a remark", 'labels: ["a", "b"]']),
    ended=st.booleans(),
)
def test_every_other_byte_of_a_file_stays(indent: int, newline: str, image: str, rest: list[str], ended: bool) -> None:
    lines = ["services:", f"{' ' * indent}vllm:", *(f"{' ' * 2 * indent}{line}" for line in [*rest, f"image: {image}"])]
    text = newline.join(lines) + (newline if ended else "")
    new = given_launch(read_launches(text, "compose.yaml")[0], "ipc", "host").text
    line = f"{' ' * 2 * indent}ipc: host"
    assert new == (text + line + newline if ended else text + newline + line)
