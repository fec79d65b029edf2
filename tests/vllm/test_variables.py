from __future__ import annotations

from vllm_doctor import vllm


def test_a_variable_that_came_and_went() -> None:
    found = vllm.variable("VLLM_ATTENTION_BACKEND", "0.8.3")
    assert found is not None
    assert (found.first, found.last, found.ignored_from) == ("0.4.2", "0.14.1", "0.15.0")
    assert vllm.variable("VLLM_ATTENTION_BACKEND", "0.33.0") is None
    assert vllm.ignored_since("VLLM_ATTENTION_BACKEND", "0.33.0") == "0.15.0"
    history = vllm.variable_history("VLLM_ATTENTION_BACKEND")
    assert history is not None
    assert history.renamed == "--attention-backend"


def test_default_type_and_choices_are_the_releases_own() -> None:
    found = vllm.variable("VLLM_WORKER_MULTIPROC_METHOD", "0.24.0")
    assert found is not None
    assert found.default == "'fork'"
    assert set(found.choices) == {"fork", "spawn"}


def test_a_variable_read_outside_envs_py_names_its_reader() -> None:
    found = vllm.variable("VLLM_USE_MODELSCOPE", "0.4.1")
    assert found is not None
    assert found.file == "vllm/config.py"


def test_only_vllms_own_variables_are_called_ignored() -> None:
    # read by other libraries whether vLLM's own code reads them or not
    assert vllm.ignored_since("HF_TOKEN", "0.33.0") is None
    assert vllm.ignored_since("VLLM_OF_SOME_PLUGIN", "0.33.0") is None
    assert vllm.ignored_since("VLLM_LOGGING_LEVEL", "0.33.0") is None
    assert vllm.ignored_since("VLLM_USE_V1", "what") is None


def test_names_of_a_release() -> None:
    assert "VLLM_API_KEY" in vllm.variables("0.33.0")
    assert vllm.variables("what") == ()
    assert vllm.variable_history("NO_SUCH") is None
