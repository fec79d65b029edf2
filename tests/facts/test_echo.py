import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.facts import echo
from vllm_doctor.log import read_log


def _args(line: str) -> tuple[str, dict[str, object]] | None:
    (event,) = read_log([line.encode()], "x").attempts[0].events
    return echo.arguments(event)


def test_a_namespace_gives_every_argument() -> None:
    line = (
        "INFO 04-07 08:11:44 [api_server.py:978] args: Namespace(subparser='serve', model_tag='org/m', port=8000, "
        "config_format=<ConfigFormat.MISTRAL: 'mistral'>, served_model_name=['a', 'b'], hf_overrides={'x': 1}, quantization=None)"
    )
    assert _args(line) == (
        "Namespace",
        {
            "subparser": "serve",
            "model_tag": "org/m",
            "port": 8000,
            "config_format": "mistral",
            "served_model_name": ["a", "b"],
            "hf_overrides": {"x": 1},
            "quantization": None,
        },
    )


def test_non_default_args() -> None:
    line = "(APIServer pid=4359) INFO 11-22 10:37:35 [api_utils.py:273] non-default args: {'model_tag': '/models/m', 'port': 8672, 'gpu_memory_utilization': 0.13}"
    assert _args(line) == (
        "non-default args",
        {"model_tag": "/models/m", "port": 8672, "gpu_memory_utilization": 0.13},
    )


@pytest.mark.parametrize(
    "head",
    [
        "Initializing an LLM engine with config: ",
        "Initializing an LLM engine (v0.6.3) with config: ",
        "Initializing a V1 LLM engine (v0.24.0) with config: ",
    ],
)
def test_the_config_line(head: str) -> None:
    found = _args(
        f"INFO 04-07 08:11:44 llm_engine.py:70] {head}model='org/m', max_seq_len=4096, dtype=torch.float16, quantization=None, seed=0"
    )
    assert found == (
        "config",
        {"model": "org/m", "max_model_len": 4096, "dtype": "float16", "quantization": None},
    )


def test_engine_args_of_a_program_that_embeds_vllm() -> None:
    found = _args(
        "INFO 04-07 08:11:44 [engine.py:26] Engine args: AsyncEngineArgs(model='org/m', quantization=None, task='auto')"
    )
    assert found == ("Namespace", {"model": "org/m", "quantization": None, "task": "auto"})


def test_what_is_given_wins_over_the_config_line() -> None:
    from vllm_doctor.facts.collect import of_events

    text = (
        "INFO 04-07 08:11:44 [a.py:1] args: Namespace(model_tag='org/m', dtype='half')\n"
        "INFO 04-07 08:11:45 [b.py:1] Initializing a V1 LLM engine (v0.8.3) with config: model='org/m', dtype=torch.float16, max_seq_len=4096\n"
    )
    facts = of_events(read_log([text.encode()], "x").attempts[0].events)
    assert facts["args.dtype"] == "half"
    assert facts["args.max_model_len"] == 4096


@pytest.mark.parametrize(
    "hostile",
    [
        "__import__('os').system('x')",
        "(" * 500,
        "[" * 5000 + "]" * 5000,
        "{'a': " * 300,
        "'unclosed",
        "<A: <B: <C: 1>>>",
    ],
)
def test_hostile_values_stay_text(hostile: str) -> None:
    pairs = echo.pairs(f"good=1, bad={hostile}", "=")
    assert pairs["good"] == 1
    assert not callable(pairs.get("bad"))


@given(st.text(max_size=300))
def test_any_text_splits_to_its_parts(text: str) -> None:
    parts = list(echo.split(text))
    assert text.startswith(",".join(parts))
