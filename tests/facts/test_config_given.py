"""What vLLM takes over of a config file."""

from pathlib import Path

import pytest

from vllm_doctor import vllm
from vllm_doctor.facts.argument_errors import errors_of
from vllm_doctor.facts.config_given import of_config_file
from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.options import options

CONFIG = "model: org/m\nmax-model-len: 4096\n"


def _facts(folder: Path, command: str, config: str, *releases: str) -> dict[str, object]:
    (folder / "serve.yaml").write_text(config)
    (launch,) = read_launches(command, str(folder / "start.sh"))
    found = [
        fact
        for one in options(launch, lambda flag: vllm.arity(flag, None))
        for fact in of_config_file(one, launch, releases)
    ]
    return {fact.name.removeprefix("config_given."): fact.value for fact in found}


def test_a_glued_file_is_never_read(tmp_path: Path) -> None:
    command = "vllm serve m --config=serve.yaml"
    assert _facts(tmp_path, command, CONFIG, "0.20.0") == {"file": "serve.yaml", "ignored": "file"}
    assert "ignored" not in _facts(tmp_path, command, CONFIG, "0.5.5")


def test_a_plain_file_is_taken_over(tmp_path: Path) -> None:
    assert _facts(tmp_path, "vllm serve --config serve.yaml", CONFIG, "0.20.0") == {"file": "serve.yaml"}


@pytest.mark.parametrize(
    ("key", "release", "off"),
    [
        ("enable-prefix-caching: false", "0.20.0", True),
        ("enable_prefix_caching: no", "0.20.0", True),
        ("enable-prefix-caching: true", "0.20.0", False),
        ("no-enable-prefix-caching: true", "0.20.0", False),
        ("enforce-eager: false", "0.20.0", False),  # off is the default
        ("enable-chunked-prefill: false", "0.8.3", False),  # StoreBoolean takes a word
    ],
)
def test_false_switches_nothing_off(tmp_path: Path, key: str, release: str, off: bool) -> None:
    found = _facts(tmp_path, "vllm serve --config serve.yaml", CONFIG + key + "\n", release)
    assert (found.get("ignored") == "off-keys") is off
    if off:
        name = key.partition(":")[0]
        assert (found["off_keys"], found["off_written"]) == (name, f"no-{name}: true")


def test_the_modules_parser_switches_off_since_it_has_the_options_itself(tmp_path: Path) -> None:
    command = "python -m vllm.entrypoints.openai.api_server --config serve.yaml"
    config = CONFIG + "enable-prefix-caching: false\n"
    assert "ignored" not in _facts(tmp_path, command, config, "0.33.0")
    assert _facts(tmp_path, command, config, "0.20.0")["ignored"] == "off-keys"


def test_false_in_the_config_file_itself(tmp_path: Path) -> None:
    text = CONFIG + "tensor-parallel-size: 2\nenable-prefix-caching: false\nno-enable-chunked-prefill: true\n"
    (launch,) = read_launches(text, "vllm.yaml")
    found = [
        fact.value
        for one in options(launch, lambda flag: vllm.arity(flag, None))
        for fact in of_config_file(one, launch, ["0.20.0"])
    ]
    assert found == ["off-keys", "enable-prefix-caching", "no-enable-prefix-caching: true"]


def test_refused_keys_are_named(tmp_path: Path) -> None:
    config = CONFIG + "max-model-length: 8\ndtype: fp16\n"
    found = _facts(tmp_path, "vllm serve org/m --port 1 --config serve.yaml", config, "0.20.0")
    assert found["refused_keys"] == "max-model-length, dtype"
    assert (found["option.flag"], found["option.error"]) == ("--max-model-length", "unknown-option")
    assert not any(name.startswith("mend.") for name in found)
    assert "refused_keys" not in _facts(tmp_path, "vllm serve m --config=serve.yaml", config, "0.20.0")


def test_what_the_command_line_gets_wrong_is_not_the_files(tmp_path: Path) -> None:
    found = _facts(tmp_path, "vllm serve m --config serve.yaml --dtype fp16", CONFIG, "0.20.0")
    assert "refused_keys" not in found


@pytest.mark.parametrize("release", ["0.7.3", "0.8.3", "0.9.2", "0.11.0", "0.20.0"])
def test_a_files_model_is_no_model_option(tmp_path: Path, release: str) -> None:
    assert "refused_keys" not in _facts(tmp_path, "vllm serve --port 1 --config serve.yaml", CONFIG, release)
    (launch,) = read_launches(CONFIG, "vllm.yaml")
    assert not errors_of(launch, [release])
