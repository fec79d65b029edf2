"""The config.json that is not there."""

from __future__ import annotations

import pytest

from tests.facts.given import given
from tests.facts.memory_events import record
from vllm_doctor.facts.collect import of_event


@pytest.mark.parametrize(
    ("path", "local"),
    [("/models/m", True), ("./m", True), ("~/m", True), ("org/m", False), ("gpt2", False), ("a/b/c", True)],
)
def test_a_folder_is_told_from_a_repo_by_its_spelling(path: str, local: bool) -> None:
    assert given(config_file__path=path).get("config_file.local") is local


def test_the_launchs_model_where_no_message_names_it() -> None:
    assert given(model__name="/m").get("config_file.path") == "/m"
    assert given(model__name="m-Q4_K_M.gguf").get("config_file.is_gguf") is True


def test_a_file_that_is_no_json() -> None:
    text = "It looks like the config file at '/m/config.json' is not a valid JSON file."
    assert any(fact.name == "config_file.broken" for fact in of_event(record(text)))
    other = "It looks like the config file at '/m/m.gguf' is not a valid JSON file."
    assert not any(fact.name == "config_file.broken" for fact in of_event(record(other)))
