from __future__ import annotations

import pytest

from vllm_doctor.engine.migration.origin import origin, pinned_in, release_named
from vllm_doctor.errors import InputError
from vllm_doctor.repo.pins import Pin

from .moved import launches, move

COMPOSE = "services:\n  a:\n    image: {}\n    command: --model org/m\n"


def test_the_users_word_counts_most_then_the_image() -> None:
    (launch,) = launches(COMPOSE.format("vllm/vllm-openai:v0.8.3"), "compose.yaml")
    assert (origin(launch, "0.9.2", "0.33.0").release, origin(launch, "0.9.2", "0.33.0").source) == ("0.9.2", "given")
    found = origin(launch, None, "0.33.0")
    assert (found.release, found.releases, found.source) == ("0.8.3", ("0.8.3",), "image")


def test_options_and_variables_tell_the_releases() -> None:
    (launch,) = launches("VLLM_USE_V1=0 vllm serve org/m --disable-log-requests --task embed")
    found = origin(launch, None, "0.33.0")
    assert (found.releases[0], found.releases[-1], found.release) == ("0.6.5", "0.11.0", "0.11.0")
    assert found.source == "options"
    assert origin(launch, None, "0.4.2").release == "0.6.5"


def test_a_flag_that_no_release_knows_tells_nothing() -> None:
    (launch,) = launches("vllm serve org/m --no-such-flag --swap-space 4")
    assert origin(launch, None, "0.33.0").release == "0.17.1"


def test_what_the_project_asks_for() -> None:
    (launch,) = launches("vllm serve org/m --swap-space 4")
    exact = origin(launch, None, "0.33.0", Pin("==0.8.5", "requirements.txt"))
    assert (exact.release, exact.source) == ("0.8.5", "requirements.txt")
    some = origin(launch, None, "0.33.0", Pin(">=0.14,<0.20", "pyproject.toml"))
    assert (some.releases[0], some.release, some.source) == ("0.14.0", "0.17.1", "pyproject.toml")


def test_a_release_by_name() -> None:
    assert [release_named(text, "--to") for text in ("v0.33.0", "0.8", "0.10.1+cpu")] == ["0.33.0", "0.8.0", "0.10.1"]
    for wrong in ("0.34.0", "latest", "", "1.0", "0.8.99"):
        with pytest.raises(InputError, match="no release of vLLM"):
            release_named(wrong, "--to")


def test_what_the_text_itself_installs() -> None:
    text = "FROM python:3.12\nRUN pip install 'vllm[audio]==0.8.5'\nCMD vllm serve org/m --swap-space 4\n"
    assert pinned_in(text, "Dockerfile") == Pin("==0.8.5", "Dockerfile:2")
    assert pinned_in("pip install vllm==0.8.5 vllm==0.9.2", "") is None
    assert pinned_in("pip install my-vllm==0.8.5 vllm==0.8.5+cpu", "") is None
    made = move(text, "0.33.0", file="Dockerfile")
    assert (made.launches[0].vllm_version, made.launches[0].version_source) == ("0.8.5", "Dockerfile:2")
    assert made.fixed == text.replace(" --swap-space 4", "")
    assert made.notes == ("Dockerfile:2: vllm==0.8.5: make it 0.33.0 too",)
