from __future__ import annotations

import pytest

from tests.launch.around.reading import around, around_all

IMAGE = "vllm/vllm-openai:v0.11.0 --model m -tp 2"


@pytest.mark.parametrize(
    ("options", "shm"),
    [
        ("", False),
        ("--ipc=host", True),
        ("--ipc private", False),
        ("--ipc=$IPC", None),
        ("--shm-size 16g", True),
        ("--shm-size=$SIZE", True),
        ("-v /dev/shm:/dev/shm", True),
        ("--tmpfs /dev/shm:size=8g", True),
        ("--mount type=tmpfs,target=/dev/shm", True),
        ("-v ~/.cache/huggingface:/root/.cache/huggingface", False),
        ("-v $VOLUME", None),
        ("--volumes-from other", None),
        ("--pod chat", None),
    ],
)
def test_shared_memory_of_docker_run(options: str, shm: bool | None) -> None:
    assert around(f"docker run --gpus all {options} {IMAGE}", "a.sh").shm is shm


def test_variables_may_come_from_elsewhere() -> None:
    assert around(f"docker run --env-file .env {IMAGE}", "a.sh").more_variables
    assert not around(f"docker run -e HF_TOKEN {IMAGE}", "a.sh").more_variables


def test_an_exec_runs_in_a_container_of_which_nothing_is_known() -> None:
    assert around_all("docker exec server vllm serve m -tp 2", "a.sh") == [None]


def test_two_servers_of_one_container_share_its_gpus() -> None:
    text = "docker run --gpus 4 vllm/vllm-openai:v0.11.0 bash -c 'vllm serve a -tp 2 & vllm serve b -tp 2'"
    assert [found.alone for found in around_all(f"docker run --entrypoint bash {text[11:]}", "a.sh") if found] != [True]


def test_a_plain_command_has_no_surroundings() -> None:
    assert around_all("vllm serve m -tp 2", "a.sh") == [None]
