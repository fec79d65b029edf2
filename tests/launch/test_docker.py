from __future__ import annotations

import pytest

from vllm_doctor.launch.docker import entry_program
from vllm_doctor.launch.parser import parse_shell
from vllm_doctor.launch.types import Launch


def only(text: str) -> Launch:
    (launch,) = parse_shell(text)
    return launch


@pytest.mark.parametrize(
    "engine", ["docker", "podman", "nerdctl", "sudo docker", "docker container", "/usr/bin/docker"]
)
def test_what_stands_after_the_image_is_vllms(engine: str) -> None:
    launch = only(
        f"{engine} run -itd --rm --gpus all --ipc=host -p 8000:8000 -p9000:9000 --shm-size 16g -e A=1 --env B='x y' "
        "--env=C=3 -eD=4 -e HF_TOKEN --env-file .env -v $(pwd)/x:/x --name v vllm/vllm-openai:v0.9.1 --model m --a 1 &"
    )
    assert (launch.program, launch.argv, launch.kind) == ("api_server", ("--model", "m", "--a", "1"), "docker")
    assert launch.program_source == "image-entrypoint"
    assert launch.image == "vllm/vllm-openai:v0.9.1"
    env = {variable.name: variable.value for variable in launch.env}
    assert env == {"A": "1", "B": "x y", "C": "3", "D": "4", "HF_TOKEN": None}
    for name, value in {
        "gpus": "all", "ipc": "host", "port": "8000:8000,9000:9000", "shm-size": "16g", "env-file": ".env", "rm": "",
    }.items():  # fmt: skip
        assert launch.container[name] == value


@pytest.mark.parametrize(
    ("image", "program"),
    [
        ("vllm/vllm-openai:v0.2.7", "api_server"),
        ("vllm/vllm-openai:v0.11.0", "api_server"),
        ("vllm/vllm-openai:v0.11.1", "vllm serve"),
        ("vllm/vllm-openai:v0.24.0", "vllm serve"),
        ("vllm/vllm-openai:latest", "vllm serve"),
        ("vllm/vllm-openai", "vllm serve"),
        ("docker.io/vllm/vllm-openai:nightly", "vllm serve"),
        ("registry:5000/vllm/vllm-openai:v0.10.2@sha256:0", "api_server"),
        ("rocm/vllm:latest", None),
        ("nginx", None),
    ],
)
def test_the_entry_point_of_an_image_changed_after_0_11_0(image: str, program: str | None) -> None:
    assert entry_program(image) == program


@pytest.mark.parametrize(
    "text",
    [
        "docker run --entrypoint vllm vllm/vllm-openai:v0.9.0 serve m --a 1",
        "docker run --entrypoint=/usr/bin/vllm img serve m --a 1",
        "docker run --entrypoint python3 img -m vllm.entrypoints.cli.main serve m --a 1",
        "docker run --entrypoint '' img vllm serve m --a 1",
        "docker run --entrypoint bash img -c 'vllm serve m --a 1'",
        "docker run rocm/vllm:x vllm serve m --a 1",
        "docker run rocm/vllm:x bash -c 'export Q=1; exec vllm serve m --a 1'",
        "docker run -e Q=1 img env Z=2 vllm serve m --a 1",
        "docker exec -it -e Q=1 box bash -c 'vllm serve m --a 1'",
    ],
)
def test_a_program_that_the_command_names(text: str) -> None:
    launch = only(text)
    assert (launch.program, launch.argv, launch.kind) == ("vllm serve", ("m", "--a", "1"), "docker")
    assert launch.argv_effective is None
    assert launch.program_source == "file"


@pytest.mark.parametrize(
    ("after", "effective"),
    [
        ("vllm serve m --a 1", ("vllm", "serve", "m", "--a", "1")),
        ("serve m --a 1", ("serve", "m", "--a", "1")),
    ],
)
def test_a_program_repeated_after_an_image_that_starts_it(after: str, effective: tuple[str, ...]) -> None:
    launch = only(f"docker run vllm/vllm-openai:v0.20.0 {after}")
    assert launch.argv == ("m", "--a", "1")
    assert launch.argv_effective == effective


def test_the_environment_of_the_shell_does_not_reach_the_container() -> None:
    launch = only("export A=1\nB=2 docker run -e C=3 vllm/vllm-openai --model m")
    assert [(variable.name, variable.how) for variable in launch.env] == [("C", "docker")]


def test_a_typographic_dash_does_not_hide_the_image() -> None:
    launch = only("docker run --gpus all \u2014name x vllm/vllm-openai:v0.2.4 --model m")
    assert (launch.image, launch.argv) == ("vllm/vllm-openai:v0.2.4", ("--model", "m"))


def test_other_images_need_an_option_after_them() -> None:
    assert only("docker run registry.example.com/my-vllm:1 --model m").argv == ("--model", "m")
    assert parse_shell("docker run registry.example.com/my-vllm:1") == ()
    assert parse_shell("docker run nginx --model m") == ()


def test_two_launches_in_the_script_of_one_container() -> None:
    one, two = parse_shell("docker run img bash -c 'vllm serve a & vllm serve b'")
    assert (one.argv, two.argv) == (("a",), ("b",))


def test_options_in_the_variable_of_an_image_with_a_start_script() -> None:
    text = "docker run -e \"VLLM_ARGS=--model m \\\n  --a 'b c'\" vllm/vllm-tpu:x"
    launch = only(text)
    assert launch.argv == ("--model", "m", "--a", "b c")
    assert launch.words[1].span.of(text) == "m"
