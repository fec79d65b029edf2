"""Variables whose value is read as the contrary of what it says."""

import pytest

from vllm_doctor import vllm
from vllm_doctor.vllm import switches
from vllm_doctor.vllm.switches import misread


@pytest.mark.parametrize(
    ("name", "value", "release", "meant"),
    [
        ("VLLM_USE_MODELSCOPE", "1", "0.4.1", "True"),
        ("VLLM_USE_MODELSCOPE", "yes", "0.27.1", "True"),
        ("VLLM_USE_MODELSCOPE", "true", "0.9.2", None),
        ("VLLM_USE_MODELSCOPE", "0", "0.9.2", None),
        ("VLLM_USE_MODELSCOPE", "1", "0.28.0", None),
        ("VLLM_DO_NOT_TRACK", "True", "0.20.0", "1"),
        ("VLLM_DO_NOT_TRACK", "True", "0.4.1", None),
        ("VLLM_KEEP_ALIVE_ON_ENGINE_DEATH", "0", "0.9.2", ""),
        ("VLLM_KEEP_ALIVE_ON_ENGINE_DEATH", "0", "0.11.1", None),
        ("VLLM_KEEP_ALIVE_ON_ENGINE_DEATH", "1", "0.9.2", None),
        ("VLLM_USE_V1", "true", "0.9.2", None),
    ],
)
def test_misread(name: str, value: str, release: str, meant: str | None) -> None:
    assert misread(name, value, release) == meant


def test_every_switch_is_a_variable_of_the_releases_that_it_is_told_for() -> None:
    told = {name: (first, last) for name, (_, first, last) in switches._STRICT.items()} | switches._LAX
    for name, ends in told.items():
        assert all(vllm.variable(name, release) for release in ends), name
