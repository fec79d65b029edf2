from __future__ import annotations

import pytest

from tests.launch.around.reading import around

UNIT = "[Container]\nImage=vllm/vllm-openai:v0.11.0\nExec=--model m -tp 2\n"


@pytest.mark.parametrize(
    ("line", "shm"),
    [
        ("Network=host", False),
        ("ShmSize=16g", True),
        ("PodmanArgs=--ipc=host", True),
        ("Volume=/dev/shm:/dev/shm", True),
        ("Volume=%h/.cache:/root/.cache:z", False),
        ("Pod=chat.pod", None),
    ],
)
def test_shared_memory_of_a_unit(line: str, shm: bool | None) -> None:
    assert around(UNIT + line + "\n", "vllm.container").shm is shm


def test_devices_are_the_gpus() -> None:
    two = UNIT + "AddDevice=nvidia.com/gpu=0\nAddDevice=nvidia.com/gpu=1\n"
    assert around(two, "vllm.container").gpus == "device=0,1"
    assert around(UNIT + "AddDevice=nvidia.com/gpu=all\n", "vllm.container").gpus is None


def test_variables_may_come_from_elsewhere() -> None:
    assert around(UNIT + "EnvironmentFile=vllm.env\n", "vllm.container").more_variables
    assert not around(UNIT, "vllm.container").more_variables
