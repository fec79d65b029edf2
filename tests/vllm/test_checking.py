"""What a release refuses: each expectation was seen with its own parser (tools/flag_table/oracle.py)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor import vllm

TAKEN = [
    ("0.4.1", "--model m --max-model-len 4096 -tp 2"),
    ("0.24.0", "m --max_model_len 32k --gpu-memory-utilization=0.9"),
    ("0.24.0", "m --max-model-len auto"),
    ("0.24.0", "m --max-model-l 4096"),
    ("0.24.0", "m -tp=2 -O3"),
    ("0.24.0", "m -O 3 --no-enable-prefix-caching"),
    ("0.24.0", "--max-model-len 4096 m"),
    ("0.24.0", "--model m --port 1"),
    ("0.24.0", "m --hf-overrides.rope_parameters.factor 2"),
    ("0.24.0", "m --compilation-config.cudagraph_mode=NONE"),
    ("0.24.0", "m --config any.yaml"),
    ("0.24.0", "--config any.yaml"),
    ("0.24.0", "--help --no-such-flag"),
    ("0.24.0", "m --served-model-name a b c"),
    ("0.24.0", "m --seed -1"),
    ("0.8.3", "m --enable-reasoning --reasoning-parser deepseek_r1"),
    ("0.8.3", "m --disable-log-requests --swap-space 4"),
    ("0.6.0", "m --limit-mm-per-prompt image=2"),
    ("0.8.3", "m --lora-modules a=/b"),
]
REFUSED = [
    ("0.24.0", "m --enable-reasoning", "unknown-option", 1),
    ("0.24.0", "m -tp2", "unknown-option", 1),
    ("0.24.0", "m --swap-space 4", "unknown-option", 1),
    ("0.24.0", "m --max-model-length 4096", "unknown-option", 1),
    ("0.24.0", "m --max 4096", "ambiguous-option", 1),
    ("0.24.0", "m --max-model-len", "missing-value", 1),
    ("0.24.0", "m --max-model-len --port 1", "missing-value", 1),
    ("0.24.0", "m --served-model-name", "missing-value", 1),
    ("0.24.0", "m --max-model-len 4k5", "invalid-value", 2),
    ("0.24.0", "m --max-model-len 1.5K", "invalid-value", 2),
    ("0.8.3", "m --max-model-len 32k", "invalid-value", 2),
    ("0.24.0", "m --gpu-memory-utilization 90%", "invalid-value", 2),
    ("0.24.0", "m --kv-cache-dtype fp9", "invalid-choice", 2),
    ("0.24.0", "m --kv-cache-dtype=fp9", "invalid-choice", 1),
    ("0.24.0", "m --enforce-eager=true", "needless-value", 1),
    ("0.24.0", "m --enforce-eager true", "stray-word", 2),
    ("0.24.0", "m other", "stray-word", 1),
    ("0.24.0", "m --model other", "stray-word", 0),
    ("0.24.0", "--served-model-name a m", "refused", 0),
    ("0.24.0", "m --config", "missing-value", 1),
    ("0.24.0", "m --config a.json", "invalid-value", 1),
    ("0.24.0", "m --config a.yaml --config b.yaml", "refused", 3),
    ("0.8.3", "--model m", "refused", 0),
    ("0.7.3", "--port 1", "missing-model", 2),
    ("0.5.0", "--model m --max_model_len 4096", "unknown-option", 2),
    ("0.8.3", "m --hf-overrides.a 1", "unknown-option", 1),
    ("0.8.3", "m --lora-modules a=b=c", "invalid-value", 2),
    ("0.11.1", "m -Ox", "invalid-value", 1),
    ("0.9.2", "m -Ox", "invalid-value", 1),
]


def faults(release: str, words: str) -> list[str]:
    return [error.fault for error in vllm.check(words.split(), release)]


@pytest.mark.parametrize(("release", "words"), TAKEN)
def test_taken(release: str, words: str) -> None:
    assert vllm.check(words.split(), release) == ()


@pytest.mark.parametrize(("release", "words", "fault", "index"), REFUSED)
def test_refused(release: str, words: str, fault: str, index: int) -> None:
    errors = vllm.check(words.split(), release)
    assert [(error.fault, error.index) for error in errors] == [(fault, index)]


def test_every_error_is_told_in_the_order_of_the_words() -> None:
    errors = vllm.check(["m", "--prot", "1", "--max-model-len", "x", "--dtype", "int3"], "0.24.0")
    assert [error.fault for error in errors] == ["unknown-option", "invalid-value", "invalid-choice"]
    assert errors[0].nearest[0] == "--port"
    assert "bfloat16" in errors[2].valid


def test_an_unknown_option_tells_where_it_is_known() -> None:
    (error,) = vllm.check(["m", "--enable-reasoning"], "0.24.0")
    assert error.elsewhere is not None
    assert error.elsewhere.last == "0.9.2"
    assert error.nearest[0] == "--reasoning-parser"


def test_json_values() -> None:
    def one(flag: str, value: str, release: str = "0.24.0") -> list[str]:
        return [error.fault for error in vllm.check(["m", flag, value], release)]

    assert one("--compilation-config", '{"cudagraph_mode": "NONE"}') == []
    assert one("--compilation-config", '{"cudagraph_mode": "NONE"') == ["invalid-value"]
    assert one("--compilation-config", '{"levl": 3}') == ["unknown-key"]
    assert one("--compilation-config", "[]") == ["invalid-value"]
    assert one("--compilation-config", "3", "0.8.3") == []
    assert one("--compilation-config", "{'level': 3}", "0.8.3") == []
    assert one("--hf-overrides", "{a: 1}") == ["invalid-value"]
    assert one("--kv-transfer-config", '{"kv_port": "x"}') == ["invalid-value"]


def test_an_unknown_key_tells_those_that_there_are() -> None:
    (error,) = vllm.check(["m", "--compilation-config.levl=3"], "0.24.0")
    assert (error.fault, error.index) == ("unknown-key", 1)
    assert "mode" in error.valid


@pytest.mark.parametrize(
    "words",
    [
        "$MODEL --port $PORT",
        "m --port=${PORT:-8000}",
        "m $EXTRA",
        "m --kv-cache-dtype $KV",
        "m --$FLAG 1",
        "$ARGS m",
        "m $ARGS 5",
        "$@",
        "m --{{ flag }}=1",
        "m --compilation-config ${CC}",
        "m --hf-overrides.a $X",
        "m --max-model-len '$(cat len)'",
        "m --compilation-config.mode $MODE",
    ],
)
def test_words_with_variables_are_never_errors(words: str) -> None:
    import shlex

    assert vllm.check(shlex.split(words), "0.24.0") == ()


def test_an_unknown_option_with_a_variable_for_its_value_is_unknown() -> None:
    assert faults("0.24.0", "m --no-such=$X") == ["unknown-option"]
    assert faults("0.24.0", "m --no-such $X") == ["unknown-option"]


def test_a_newer_or_unreadable_release_refuses_nothing() -> None:
    assert vllm.check(["m", "--no-such-flag"], "0.99.0") == ()
    assert vllm.check(["m", "--no-such-flag"], "latest") == ()


def test_the_module_takes_its_model_as_an_option() -> None:
    assert vllm.check(["--model", "m", "--port", "1"], "0.8.3", "api_server") == ()
    assert [error.fault for error in vllm.check(["m"], "0.8.3", "api_server")] == ["stray-word"]
    assert [error.fault for error in vllm.check(["--config", "a.yaml"], "0.8.3", "api_server")] == ["refused"]


WORDS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            [
                "--",
                "-",
                "--config",
                "--model",
                "a.yaml",
                "-O",
                "-O.",
                "--a.b",
                "-1.5",
                "--port",
                "{",
                "--hf-overrides",
            ]
        ),
        st.builds("--{}={}".format, st.text(max_size=8), st.text(max_size=8)),
        st.builds("--hf-overrides.{} ".format, st.text(max_size=8)),
    ),
    max_size=7,
)


@given(WORDS, st.sampled_from(["0.4.1", "0.5.1", "0.8.3", "0.9.0", "0.12.0", "0.33.0"]), st.booleans())
def test_any_words_give_an_answer(words: list[str], release: str, serve: bool) -> None:
    errors = vllm.check(words, release, "vllm serve" if serve else "api_server")
    assert all(0 <= error.index <= len(words) for error in errors)
    assert all(error.message for error in errors)


def test_a_very_deep_dotted_key_does_not_break_it() -> None:
    deep = "--compilation-config.mode" + ".a" * 5000
    assert [error.fault for error in vllm.check(["m", f"{deep}=1"], "0.24.0")] == ["invalid-value"]
