"""A model that an option takes for its value."""

import pytest

from vllm_doctor import vllm
from vllm_doctor.facts.option_swallowed import of_swallowed
from vllm_doctor.launch.options import options
from vllm_doctor.launch.parser import parse_command_line


def _swallowed(command: str, *releases: str) -> dict[str, object]:
    launch = parse_command_line(command)
    assert launch is not None
    found = [
        fact
        for one in options(launch, lambda flag: vllm.arity(flag, None))
        for fact in of_swallowed(one, launch, releases)
    ]
    return {fact.name.removeprefix("option."): fact.value for fact in found}


def test_the_default_model_is_served_instead() -> None:
    found = _swallowed("vllm serve --port 1 --served-model-name chat org/model", "0.9.2")
    assert found == {"swallowed": "org/model", "served_instead": vllm.default("--model", "0.9.2")}


@pytest.mark.parametrize(
    ("command", "releases"),
    [
        ("vllm serve org/model --served-model-name chat org/model", ["0.9.2"]),
        ("vllm serve --served-model-name chat other", ["0.9.2"]),
        ("vllm serve --served-model-name org/model", ["0.9.2"]),
        ("vllm serve --served-model-name chat org/model --model x", ["0.11.1"]),
        ("vllm serve --served-model-name chat org/model --config x.yaml", ["0.9.2"]),
        ("vllm serve --served-model-name chat org/model", ["0.8.2"]),  # refused: the model is required
        ("vllm serve --served-model-name chat org/model", ["0.17.0"]),  # refused with its own words
        ("vllm serve --served-model-name chat org/model", ["0.16.0", "0.17.0"]),
        ("vllm serve --served-model-name chat org/model", []),
        ("python -m vllm.entrypoints.openai.api_server --served-model-name chat org/model", ["0.9.2"]),
    ],
)
def test_what_is_refused_or_meant_is_not_swallowed(command: str, releases: list[str]) -> None:
    assert _swallowed(command, *releases) == {}
