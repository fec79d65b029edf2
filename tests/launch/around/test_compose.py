from __future__ import annotations

from pathlib import Path

import pytest

from tests.launch.around.reading import around, part
from vllm_doctor.launch.around.types import Probe

SERVICE = """\
services:
  vllm:
    image: vllm/vllm-openai:v0.11.0
    command: --model m -tp 2
    MORE
"""
HEALTH = "healthcheck: {test: [CMD, curl, localhost], interval: 10s, retries: 5, start_period: 1m}"
WEB = "\n  web: {image: web, depends_on: {vllm: {condition: service_healthy}}}"


def service(more: str) -> str:
    return SERVICE.replace("MORE", more)


@pytest.mark.parametrize(
    ("more", "shm"),
    [
        ("restart: always", False),
        ("ipc: host", True),
        ("ipc: ${IPC}", None),
        ("shm_size: 16gb", True),
        ("shm_size: ${SHM:-16gb}", True),
        ("volumes: [/dev/shm:/dev/shm]", True),
        ("volumes: [{type: tmpfs, target: /dev/shm}]", True),
        ("tmpfs: /dev/shm:size=8g", True),
        ("volumes: ['${HOME}/.cache:/root/.cache']", False),
        ("volumes: ['${VOLUME}']", None),
        ("extends: {file: ../elsewhere.yaml, service: base}", None),
    ],
)
def test_shared_memory_of_a_service(more: str, shm: bool | None) -> None:
    assert around(service(more), "compose.yaml").shm is shm


def test_a_file_that_only_overrides_another_does_not_show_all_of_it() -> None:
    text = "services:\n  vllm:\n    command: vllm serve m -tp 2\n"
    assert around(text, "compose.yaml").shm is None
    assert around(service("restart: always"), "compose.override.yaml").shm is None


def test_what_an_anchor_merges_in_counts() -> None:
    text = """\
        x-base: &base
          ipc: host
        services:
          vllm:
            <<: *base
            image: vllm/vllm-openai:v0.11.0
            command: --model m -tp 2
        """
    assert around(text, "compose.yaml").shm is True


def test_what_is_extended_counts(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("services:\n  base:\n    ipc: host\n    volumes: [/a:/root/.cache]\n", "utf-8")
    found = around(service("extends: {file: base.yaml, service: base}"), str(tmp_path / "compose.yaml"))
    assert (found.shm, found.mounts) == (True, ("/root/.cache",))


def test_devices_are_the_gpus() -> None:
    text = service("deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]}}}")
    assert (around(text, "compose.yaml").gpus, around(text, "compose.yaml").asked_by) == ("2", "count")
    assert part(text, "compose.yaml", "gpus").startswith("[{driver")
    ids = service('deploy: {resources: {reservations: {devices: [{device_ids: ["0", "3"]}]}}}')
    assert (around(ids, "compose.yaml").gpus, around(ids, "compose.yaml").asked_by) == ("device=0,3", "device_ids")


def test_a_healthcheck_counts_where_another_service_waits_for_it() -> None:
    assert around(service(HEALTH), "compose.yaml").probe is None
    assert around(service(HEALTH) + WEB, "compose.yaml").probe == Probe("healthcheck", 110, 10)
    assert around(service(f"{HEALTH}\n    labels: [autoheal=true]"), "compose.yaml").probe is not None
    assert around(service("healthcheck: {disable: true}") + WEB, "compose.yaml").probe is None


def test_files_of_variables_and_builds_are_told() -> None:
    assert around(service("env_file: .env"), "compose.yaml").more_variables
    assert around(service("build: ."), "compose.yaml").built
