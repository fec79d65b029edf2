"""Arguments with those of a config file, as the parser of each release puts them in."""

from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.types import Launch
from vllm_doctor.launch.yamlfile.config_release import with_config

KEYS = "port: 1\nenforce-eager: true\nenable-prefix-caching: false\nhf-overrides: {a: 1}\nmiddleware: [a, b]\n"


def launch(folder: Path, command: str) -> Launch:
    """The launch of a script that lies beside a config file."""
    (folder / "c.yaml").write_text(KEYS)
    (one,) = read_launches(command, str(folder / "a.sh"))
    return one


@pytest.mark.parametrize(
    ("release", "keys"),
    [
        ("0.6.0", "--port 1 --enforce-eager True --enable-prefix-caching False --hf-overrides {'a':_1} --middleware ['a',_'b']"),
        ("0.8.5.post1", "--port 1 --enforce-eager --hf-overrides {'a':_1} --middleware ['a',_'b']"),
        ("0.11.0", "--port 1 --enforce-eager --hf-overrides {'a':_1} --middleware a b"),
        ("0.16.0", '--port 1 --enforce-eager --hf-overrides {"a":_1} --middleware a b'),
        (None, '--port 1 --enforce-eager --hf-overrides {"a":_1} --middleware a b'),
    ],
)  # fmt: skip
def test_the_words_of_each_release(tmp_path: Path, release: str | None, keys: str) -> None:
    words = tuple(word.replace("_", " ") for word in keys.split())
    made = with_config(launch(tmp_path, "vllm serve m --x 2 --config c.yaml --y 3"), release)
    assert made is not None
    assert made == (
        (*words, "m", *"--x 2 --y 3".split()) if release == "0.6.0" else ("m", *words, *"--x 2 --y 3".split())
    )


def test_the_api_server(tmp_path: Path) -> None:
    one = launch(tmp_path, "python -m vllm.entrypoints.openai.api_server --model m --config c.yaml")
    new, old = with_config(one, "0.32.0"), with_config(one, "0.9.0")
    assert new is not None
    assert old is not None
    assert new[:4] == ("--port", "1", "--enforce-eager", "--no-enable-prefix-caching")
    assert new[-2:] == ("--model", "m")
    assert old[:3] == ("--model", "--port", "1")
    assert old[-1] == "m"


@pytest.mark.parametrize(
    "command", ["vllm serve m --config=c.yaml", "vllm serve m --config other.yaml", "vllm serve m"]
)
def test_a_file_that_is_not_read(tmp_path: Path, command: str) -> None:
    assert with_config(launch(tmp_path, command), None) is None


def test_before_there_was_such_an_option(tmp_path: Path) -> None:
    assert with_config(launch(tmp_path, "vllm serve m --config c.yaml"), "0.5.5") is None
